"""What a code means: which findings it feeds, which side and site it names.

Within one system the longest matching code wins; a code on several rows feeds the union of their
findings (ruling 61). Codes of the project's own system are finding ids.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cds_service.clinical.fact import Strength
from cds_service.clinical.side import Side

OWN = "own"
_SIDE_WORDS = (
    (Side.BOTH, re.compile(r"\b(bilateral|both)\b", re.IGNORECASE)),
    (Side.LEFT, re.compile(r"\bleft\b", re.IGNORECASE)),
    (Side.RIGHT, re.compile(r"\bright\b", re.IGNORECASE)),
)
_QUALIFIER_SIDES = {
    "left": Side.LEFT,
    "left_unilateral": Side.LEFT,
    "right": Side.RIGHT,
    "right_unilateral": Side.RIGHT,
    "bilateral": Side.BOTH,
}
_MOST_CODES_REMEMBERED = 65_536
_ICD_CATEGORY = 3
_ABSENCE = "absence_"
_INITIAL = "initial"
_SEVENTH = 7


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code says; `findings` pairs finding ids with the strength of the row."""

    key: str
    findings: tuple[tuple[str, Strength], ...] = ()
    qualifiers: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    side: Side = Side.UNSPECIFIED

    @property
    def ids(self) -> frozenset[str]:
        """The finding ids alone."""
        return frozenset(finding for finding, _ in self.findings)

    @property
    def denied(self) -> frozenset[str]:
        """Findings that the code itself says are absent (`absence_pregnant`)."""
        absences = (name for name in self.qualifiers if name.startswith(_ABSENCE))
        return frozenset(name.removeprefix(_ABSENCE) for name in absences)


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of `cards/_codes/terminology.csv`."""

    system: str
    code: str
    display: str
    match: str
    strength: str
    sets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Systems:
    """Code systems: short name by address, and those whose codes are written with a dot."""

    names: Mapping[str, str]
    dotted: frozenset[str]


class CodeBook:
    """All value sets, compiled for look-up by system address and code."""

    def __init__(
        self,
        rows: Iterable[CodeRow],
        systems: Systems,
        sides: Mapping[str, Side],
        own: frozenset[str],
        readers: frozenset[str],
    ) -> None:
        self._systems = systems.names
        self._dotted = systems.dotted
        self._sides = sides
        self._own = own
        self._readers = readers
        self._exact: dict[tuple[str, str], list[CodeRow]] = defaultdict(list)
        self._prefix: dict[tuple[str, str], list[CodeRow]] = defaultdict(list)
        for row in rows:
            self._exact[row.system, row.code].append(row)
            if row.match in ("prefix", _INITIAL):
                self._prefix[row.system, row.code].append(row)
        self.meaning = lru_cache(_MOST_CODES_REMEMBERED)(self._meaning)
        self.key = lru_cache(_MOST_CODES_REMEMBERED)(self._key)

    def _meaning(self, system: str, code: str) -> Meaning | None:
        """The meaning of a coding, None when its system or code is not ours."""
        name = self._systems.get(system.strip())
        if name is None or not code:
            return None
        code = code.strip()
        if name == OWN:
            return self._own_meaning(code)
        if name in self._dotted:
            code = _with_dot(code)
        rows = self._rows(name, code)
        if not rows:
            return None
        findings, qualifiers, sites = _union(rows, self._readers)
        if not (findings or qualifiers or sites):
            return None
        side = self._side(name, code, rows)
        return Meaning(f"{name}|{code}", findings, qualifiers, sites, side)

    def _own_meaning(self, code: str) -> Meaning | None:
        if code not in self._own:
            return None
        return Meaning(f"{OWN}|{code}", ((code, Strength.STRONG),))

    def _rows(self, system: str, code: str) -> list[CodeRow]:
        rows = self._exact.get((system, code))
        length = len(code) - 1
        while not rows and length >= _ICD_CATEGORY:
            found = self._prefix.get((system, code[:length].rstrip(".")), [])
            rows = [row for row in found if row.match != _INITIAL or _initial(code)]
            length -= 1
        return rows or []

    def _side(self, system: str, code: str, rows: list[CodeRow]) -> Side:
        if system == "icd10cm":
            for spelled in (code, _without_seventh(code)):
                if spelled in self._sides:
                    return self._sides[spelled]
        for row in rows:
            if row.code == code:
                for side, words in _SIDE_WORDS:
                    if words.search(row.display):
                        return side
        return Side.UNSPECIFIED

    def lists(self, system: str, code: str) -> bool:
        """Whether the tables hold this code at all, also where it feeds nothing."""
        name = self.system(system)
        return name is not None and bool(self._rows(name, code.strip()))

    def known(self, system: str) -> bool:
        """Whether an address is one of ours."""
        return system.strip() in self._systems

    def address(self, name: str) -> str:
        """The first address of a system."""
        return next(address for address, known in self._systems.items() if known == name)

    def _key(self, address: str, code: str) -> tuple[str, str]:
        """System and code as all spellings of one coding share them; local systems stay whole."""
        name = self.system(address) or address.strip()
        return name, _with_dot(code.strip()) if name in self._dotted else code.strip()

    def system(self, address: str) -> str | None:
        """The short name of a system address."""
        return self._systems.get(address.strip())


def _union(
    rows: list[CodeRow], readers: frozenset[str]
) -> tuple[tuple[tuple[str, Strength], ...], frozenset[str], frozenset[str]]:
    findings: dict[str, Strength] = {}
    qualifiers, sites = set(), set()
    for row in rows:
        for token in row.sets:
            kind, _, name = token.partition(":")
            if kind == "qualifier":
                qualifiers.add(name)
            elif kind == "site":
                sites.add(name.removesuffix("_left").removesuffix("_right"))
            elif kind == "reader" and name not in readers:
                continue
            elif row.strength != "context" or kind == "reader":
                strong = row.strength == "strong" or findings.get(token) is Strength.STRONG
                findings[token] = Strength.STRONG if strong else Strength.WEAK
    return tuple(findings.items()), frozenset(qualifiers), frozenset(sites)


def _initial(code: str) -> bool:
    """Whether an ICD-10-CM injury code tells the first treatment, or no 7th character at all.

    The others tell healing, malunion or sequelae: the injury is not new (ruling 39).
    """
    return len(code) <= _SEVENTH or code[_SEVENTH] in "ABC"


def _without_seventh(code: str) -> str:
    """The code that the 7th character was added to, without its placeholder."""
    return code[:_SEVENTH].rstrip("X")


def _with_dot(code: str) -> str:
    """`m79605` and `I801` as the tables write them."""
    code = code.upper()
    if len(code) > _ICD_CATEGORY and "." not in code:
        return f"{code[:_ICD_CATEGORY]}.{code[_ICD_CATEGORY:]}"
    return code


def qualified_side(qualifiers: frozenset[str]) -> Side:
    """The side named by laterality qualifiers."""
    sides = {_QUALIFIER_SIDES[name] for name in qualifiers if name in _QUALIFIER_SIDES}
    if len(sides) > 1:
        return Side.BOTH
    return sides.pop() if sides else Side.UNSPECIFIED


def read_rows(path: Path) -> tuple[CodeRow, ...]:
    """The rows that feed anything; `-` rows only win over shorter prefixes."""
    with path.open(newline="", encoding="utf-8") as file:
        return tuple(
            CodeRow(
                system=row["system"],
                code=row["code"],
                display=row["display"],
                match=row["match"],
                strength=row["strength"],
                sets=tuple(name for name in row["sets"].split() if name != "-"),
            )
            for row in csv.DictReader(file)
        )


def read_sides(path: Path) -> dict[str, Side]:
    """ICD-10-CM codes below prefix rows whose description names a side."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["code"]: Side(row["side"]) for row in csv.DictReader(file)}
