"""What a code means: which findings it feeds, which side and site it names.

Within one system the longest matching code wins; a code on several rows feeds the union of their
findings (ruling 61). Codes of the project's own system are finding ids.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from cds_service.clinical.fact import Strength
from cds_service.clinical.side import Side
from cds_service.content.terminology.table import INITIAL, PREFIX, CodeRow, union

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
_KIND = re.compile(r" \((disorder|event|finding|procedure|situation)\)$")
_MOST_CODES_REMEMBERED = 65_536
_ICD_CATEGORY = 3
_ABSENCE = "absence_"
_SEVENTH = 7


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one code says; `findings` pairs finding ids with the strength of the row.

    Of the findings in `kind_of` the code is only one kind: that it is absent denies none of them.
    """

    key: str
    findings: tuple[tuple[str, Strength], ...] = ()
    qualifiers: frozenset[str] = frozenset()
    sites: frozenset[str] = frozenset()
    side: Side = Side.UNSPECIFIED
    kind_of: frozenset[str] = frozenset()

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
class Member:
    """A code that a terminology server lists below rows of the table; the display is its own."""

    rows: tuple[CodeRow, ...]
    display: str


@dataclass(frozen=True, slots=True)
class Systems:
    """Code systems: short name by address, and those whose codes are written with a dot."""

    names: Mapping[str, str]
    dotted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reads:
    """What the findings file says of codes.

    `own` are the codes of the project's own system, `readers` those that the rules use;
    `denied_by` names the keys that deny a finding of which all other codes are only kinds.
    """

    own: frozenset[str] = frozenset()
    readers: frozenset[str] = frozenset()
    denied_by: Mapping[str, frozenset[str]] = field(default_factory=dict)


class CodeBook:
    """All value sets, compiled for look-up by system address and code."""

    def __init__(
        self,
        rows: Iterable[CodeRow],
        systems: Systems,
        sides: Mapping[str, Side],
        reads: Reads,
        members: Mapping[tuple[str, str], Member] | None = None,
    ) -> None:
        self.rows = tuple(rows)
        self.reads = reads
        self._given = systems, sides
        self._systems = systems.names
        self._dotted = systems.dotted
        self._sides = sides
        self._members = members or {}
        self._exact: dict[tuple[str, str], list[CodeRow]] = defaultdict(list)
        self._prefix: dict[tuple[str, str], list[CodeRow]] = defaultdict(list)
        for row in self.rows:
            self._exact[row.system, row.code].append(row)
            if row.match in (PREFIX, INITIAL):
                self._prefix[row.system, row.code].append(row)
        self.meaning = lru_cache(_MOST_CODES_REMEMBERED)(self._meaning)
        self.key = lru_cache(_MOST_CODES_REMEMBERED)(self._key)

    def with_members(self, members: Mapping[tuple[str, str], Member]) -> "CodeBook":
        """The same tables, with the codes that a terminology server lists below their rows."""
        return CodeBook(self.rows, *self._given, self.reads, members)

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
        fed = union(rows, self.reads.readers)
        if fed.empty:
            return None
        return Meaning(
            key=f"{name}|{code}",
            findings=tuple(fed.findings.items()),
            qualifiers=fed.qualifiers,
            sites=fed.sites,
            side=self._side(name, code, rows),
            kind_of=self._kind_of(name, code, frozenset(fed.findings)),
        )

    def _kind_of(self, system: str, code: str, fed: frozenset[str]) -> frozenset[str]:
        """A code that only a server lists is a kind of all it feeds: no calf pain, yet leg pain."""
        if (system, code) not in self._exact and (system, code) in self._members:
            return fed
        denied_by, key = self.reads.denied_by, f"{system}|{code}"
        return frozenset(name for name in fed & denied_by.keys() if key not in denied_by[name])

    def _own_meaning(self, code: str) -> Meaning | None:
        if code not in self.reads.own:
            return None
        return Meaning(f"{OWN}|{code}", ((code, Strength.STRONG),))

    def _rows(self, system: str, code: str) -> list[CodeRow]:
        rows = self._exact.get((system, code))
        length = len(code) - 1
        while not rows and length >= _ICD_CATEGORY:
            found = self._prefix.get((system, code[:length].rstrip(".")), [])
            rows = [row for row in found if row.match != INITIAL or _initial(code)]
            length -= 1
        member = self._members.get((system, code))
        return rows or (list(member.rows) if member else [])

    def _side(self, system: str, code: str, rows: list[CodeRow]) -> Side:
        if system == "icd10cm":
            for spelled in (code, _without_seventh(code)):
                if spelled in self._sides:
                    return self._sides[spelled]
        shown = [row.display for row in rows if row.code == code]
        member = self._members.get((system, code))
        for display in shown or ([member.display] if member else []):
            for side, words in _SIDE_WORDS:
                if words.search(display):
                    return side
        return Side.UNSPECIFIED

    def lists(self, system: str, code: str) -> bool:
        """Whether the tables hold this code at all, also where it feeds nothing."""
        name = self.system(system)
        return name is not None and bool(self._rows(name, code.strip()))

    def spelled(self, findings: frozenset[str]) -> tuple[str, ...]:
        """The codes that may name any of these findings, as far as the tables spell them out."""
        rows = [row for row in self.rows if findings & set(row.sets)]
        below = (
            code
            for row in rows
            if row.match in (PREFIX, INITIAL)
            for code in self._sides
            if row.system in self._dotted and code.startswith(row.code)
        )
        return tuple(dict.fromkeys((*(row.code for row in rows), *below, *sorted(findings))))

    def wording(self, key: str) -> str:
        """What the code of a meaning says in words, without SNOMED CT's mark of its kind."""
        system, _, code = key.partition("|")
        member, rows = self._members.get((system, code)), self._rows(system, code)
        listed = (system, code) in self._exact
        said = member.display if member and not listed else rows[0].display if rows else ""
        return _KIND.sub("", said)

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
