"""Loads a site's cache of expansions, once, at start-up; whatever is wrong in it is told then.

`legpain-cds terminology refresh` writes it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from cds_service.content.library import Library
from cds_service.content.terminology.expansions import CACHE, FORMAT, Expansions
from cds_service.content.terminology.members import members_of, rows_by_code
from cds_service.content.terminology.table import SNOMED, CodeRow
from cds_service.errors import SiteError

_AGAIN = "run legpain-cds terminology refresh, or remove the file"


def load_expansions(site: Path | None, library: Library) -> Expansions | None:
    """The checked cache of a site, None where the site has none.

    Raises SiteError with one sentence per problem.
    """
    if site is None or not (site / CACHE).is_file():
        return None
    try:
        found = msgspec.json.decode((site / CACHE).read_bytes(), type=Expansions)
        problems = _problems(found, library)
    except OSError as error:
        problems = [f"cannot be read ({error.strerror}); make it readable"]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        problems = [f"not a cache of expansions ({error})"]
    else:
        if not problems:
            return found
    raise SiteError(tuple(f"{CACHE.as_posix()}: {problem}; {_AGAIN}" for problem in problems))


def with_expansions(library: Library, found: Expansions | None) -> Library:
    """The library that knows the members too; its version names them, for they decide cards."""
    if found is None:
        return library
    below = {one.code: one.members for one in found.sets}
    told = hashlib.sha256()
    for code in sorted(below):
        told.update(repr((code, sorted(below[code].items()))).encode())
    return replace(
        library,
        version=f"{library.version}+{told.hexdigest()[:12]}",
        codes=library.codes.with_members(members_of(library.codes, below)),
        expansions=found,
        unexpanded=tuple(row for row in library.unexpanded if row.code not in below),
    )


def table_version(rows: Iterable[CodeRow]) -> str:
    """A short digest of what the questions and their answers depend on: the SNOMED CT rows."""
    told = sorted(
        (row.code, row.match, row.strength, *row.sets, *row.minus)
        for row in rows
        if row.system == SNOMED
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]


def _problems(found: Expansions, library: Library) -> list[str]:
    if found.format != FORMAT:
        return [f"format {found.format} is not {FORMAT}, the one this version reads"]
    if found.table != table_version(library.codes.rows):
        return ["it was made for another version of the code table"]
    if found.refreshed.tzinfo is None:
        return ["refreshed has no offset from UTC"]
    rows = rows_by_code(library.codes.rows)
    problems = []
    for one in found.sets:
        if one.code not in rows:
            problems.append(f"set {one.code}: no row of the code table")
        elif one.count != len(one.members) or one.code not in one.members:
            problems.append(f"set {one.code}: not the {one.count} members it announces")
        elif not all(code.isdecimal() for code in one.members):
            problems.append(f"set {one.code}: a member is no SNOMED CT code")
    return problems
