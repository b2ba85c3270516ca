"""Which row speaks for a code that only a terminology server lists.

The rules are those of the table itself, read down the hierarchy instead of along the code. A code
with a row of its own keeps that row's meaning. Among the rows above a code the nearest speaks, as
the longest code does in ICD; several that do not lie below one another speak together. What a row
leaves out (`minus`) it does not speak for, nor do rows below it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from cds_service.content.codes import CodeBook, Member
from cds_service.content.terminology.table import DESCENDANTS, SNOMED, CodeRow, union

Below = Mapping[str, Mapping[str, str]]


def members_of(codes: CodeBook, below: Below) -> dict[tuple[str, str], Member]:
    """Every listed code that is new and says something; `below` maps a row's code to its members.

    Members of `below` are code to display, the row's own code among them.
    """
    rows = rows_by_code(codes.rows)
    owners: dict[str, list[str]] = defaultdict(list)
    for root in sorted(below.keys() & rows.keys()):
        for code in below[root].keys() - _left_out(root, rows, below) - rows.keys():
            owners[code].append(root)
    nearer = {root: below[root].keys() & below.keys() - {root} for root in below}
    spoken: dict[tuple[str, ...], tuple[CodeRow, ...]] = {}
    found = {}
    for code, roots in owners.items():
        nearest = tuple(root for root in roots if nearer[root].isdisjoint(roots))
        if nearest not in spoken:
            speaking = tuple(row for root in nearest for row in rows[root])
            spoken[nearest] = () if union(speaking, codes.reads.readers).empty else speaking
        if spoken[nearest]:
            found[SNOMED, code] = Member(spoken[nearest], below[nearest[0]][code])
    return found


def rows_by_code(rows: Iterable[CodeRow]) -> dict[str, tuple[CodeRow, ...]]:
    """The SNOMED CT rows of each code."""
    found: dict[str, list[CodeRow]] = defaultdict(list)
    for row in rows:
        if row.system == SNOMED:
            found[row.code].append(row)
    return {code: tuple(same) for code, same in found.items()}


def _left_out(root: str, rows: Mapping[str, tuple[CodeRow, ...]], below: Below) -> set[str]:
    """What the row, or a row that it lies below, leaves out."""
    minus = {
        code
        for above, listed in below.items()
        if root in listed and above in rows
        for row in rows[above]
        if row.match == DESCENDANTS
        for code in row.minus
    }
    if root in minus:
        return set()
    return {code for left in minus & below.keys() for code in below[left]}
