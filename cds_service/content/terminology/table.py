"""The code table, `_codes/terminology.csv`: which code may feed which findings."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cds_service.clinical.fact import Strength
from cds_service.clinical.side import Side

TABLE = "terminology.csv"
COLUMNS = (
    "finding_id",
    "system",
    "code",
    "display",
    "match",
    "role",
    "strength",
    "sets",
    "edition",
    "status",
    "minus",
    "confirmed_by",
    "note",
)
NOTHING = "-"
SNOMED = "snomed"
DESCENDANTS = "descendants"
PREFIX = "prefix"
INITIAL = "initial"
CONTEXT = "context"
READER = "reader"


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of the table.

    `group` names the rows that belong together (column `finding_id`), `sets` what the row feeds.
    `edition` says which edition of SNOMED CT knows the code, `status` that it is an older form
    still found in records, `minus` which codes a `descendants` row leaves out with all below them.
    """

    system: str
    code: str
    display: str
    match: str
    strength: str
    sets: tuple[str, ...]
    group: str = ""
    role: str = "value"
    edition: str = ""
    status: str = ""
    minus: tuple[str, ...] = ()
    confirmed_by: str = ""
    line: int = 0

    def expands(self, readers: frozenset[str]) -> bool:
        """Whether the row stands for all its descendants, and these feed anything."""
        return self.match == DESCENDANTS and not union((self,), readers).empty


@dataclass(frozen=True, slots=True)
class Fed:
    """What rows of one code feed together; `findings` holds findings, orders, mimics, readers."""

    findings: dict[str, Strength]
    qualifiers: frozenset[str]
    sites: frozenset[str]

    @property
    def empty(self) -> bool:
        """Whether the code says nothing at all."""
        return not (self.findings or self.qualifiers or self.sites)


def union(rows: Iterable[CodeRow], readers: frozenset[str]) -> Fed:
    """A code on several rows feeds the union; a `-` or context row removes nothing (ruling 61).

    `readers` are those that the rules use; others are not read.
    """
    findings: dict[str, Strength] = {}
    qualifiers, sites = set(), set()
    for row in rows:
        for token in row.sets:
            kind, _, name = token.partition(":")
            if token == NOTHING:
                continue
            if kind == "qualifier":
                qualifiers.add(name)
            elif kind == "site":
                sites.add(name.removesuffix("_left").removesuffix("_right"))
            elif kind == READER and name not in readers:
                continue
            elif row.strength != CONTEXT or kind == READER:
                strong = row.strength == "strong" or findings.get(token) is Strength.STRONG
                findings[token] = Strength.STRONG if strong else Strength.WEAK
    return Fed(findings, frozenset(qualifiers), frozenset(sites))


def missing_columns(path: Path) -> tuple[str, ...]:
    """Columns that the header of the file lacks."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        head = next(csv.reader(file), [])
    return tuple(column for column in COLUMNS if column not in head)


def read_rows(path: Path) -> tuple[CodeRow, ...]:
    """All rows; a cell that a short row lacks is read as empty, for the check to name it."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        table = csv.DictReader(file, restval="")
        return tuple(
            CodeRow(
                system=row["system"],
                code=row["code"],
                display=row["display"],
                match=row["match"],
                strength=row["strength"],
                sets=tuple(row["sets"].split()),
                group=row["finding_id"],
                role=row["role"],
                edition=row["edition"],
                status=row["status"],
                minus=tuple(row["minus"].split()),
                confirmed_by=row["confirmed_by"],
                line=table.line_num,
            )
            for row in table
        )


def read_sides(path: Path) -> dict[str, Side]:
    """ICD-10-CM codes below prefix rows whose description names a side."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return {row["code"]: Side(row["side"]) for row in csv.DictReader(file)}
