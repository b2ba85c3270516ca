"""What a published value set includes and excludes: the code table in the words of FHIR."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from cds_service.clinical.fact import Strength
from cds_service.content.codes import OWN
from cds_service.content.library import Library
from cds_service.content.terminology.check import GLOBAL_PATIENT_SET
from cds_service.content.terminology.table import (
    DESCENDANTS,
    INITIAL,
    PREFIX,
    SNOMED,
    CodeRow,
    Fed,
    union,
)

Json: TypeAlias = dict[str, Any]
Key: TypeAlias = tuple[str, str]

# Systems whose terms allow displays to be passed on with any code.
_DISPLAYED = frozenset({"icd10cm", "loinc", "rxnorm"})
_US_EDITION = "http://snomed.info/sct/731000124108"
# The first treatment of an injury: a 7th character A, B or C, or none (ruling 39).
_FIRST_TREATMENT = r"[^.]{3}(\.[^.]{1,3}|\.[^.]{3}[ABC])?"


@dataclass(frozen=True, slots=True)
class ValueSetKey:
    """What the codes feed, as the table writes it, and how strongly."""

    token: str
    strength: Strength

    @property
    def id(self) -> str:
        """The logical id, which allows neither colons nor underscores."""
        weak = "-weak" if self.strength is Strength.WEAK else ""
        return self.token.replace(":", "-").replace("_", "-") + weak


class Composer:
    """Reads the rows of the code table as includes and excludes."""

    def __init__(self, library: Library) -> None:
        self._codes = library.codes
        self._findings = tuple(library.findings.finding)
        self._rows: dict[Key, list[CodeRow]] = defaultdict(list)
        for row in library.codes.rows:
            self._rows[row.system, row.code].append(row)
        readers = library.codes.reads.readers
        self._fed = {key: dict(_tokens(union(rows, readers))) for key, rows in self._rows.items()}

    def value_sets(self) -> Iterator[ValueSetKey]:
        """Every finding in the order of the CodeSystem, then all else that codes feed."""
        fed = {pair for fed in self._fed.values() for pair in fed.items()}
        tokens = (*self._findings, *sorted({token for token, _ in fed} - set(self._findings)))
        for token in tokens:
            for strength in Strength:
                own = token in self._findings and strength is Strength.STRONG
                if own or (token, strength) in fed:
                    yield ValueSetKey(token, strength)

    def compose(self, key: ValueSetKey) -> tuple[Json, tuple[str, ...]]:
        """`ValueSet.compose`, and the systems its codes are from."""
        feeding = {
            place: rows
            for place, rows in self._rows.items()
            if self._fed[place].get(key.token) is key.strength
        }
        systems = tuple(dict.fromkeys(system for system, _ in sorted(feeding)))
        include = [part for name in systems for part in self._include(name, feeding)]
        if key.token in self._findings and key.strength is Strength.STRONG:
            own = {"system": self._codes.address(OWN), "concept": [{"code": key.token}]}
            include.insert(0, own)
        exclude = [part for name in systems for part in self._exclude(name, feeding)]
        compose: Json = {"inactive": True, "include": include}
        if exclude:
            compose["exclude"] = exclude
        return compose, systems

    def _include(self, system: str, feeding: dict[Key, list[CodeRow]]) -> Iterator[Json]:
        """Enumerated codes, those of the US extension apart; then one filter for each root."""
        roots = _roots(system, feeding)
        single = [
            rows[0]
            for (name, code), rows in sorted(feeding.items())
            if name == system and code not in roots
        ]
        address = self._codes.address(system)
        for edition in ("", _US_EDITION):
            concepts = [_concept(row) for row in single if (row.edition == "us") is bool(edition)]
            if concepts:
                version = {"version": edition} if edition else {}
                yield {"system": address} | version | {"concept": concepts}
        for code, match in roots.items():
            yield {"system": address, "filter": _filters(code, match)}

    def _exclude(self, system: str, feeding: dict[Key, list[CodeRow]]) -> Iterator[Json]:
        """What has a row of its own below a root, or is left out by one, and does not belong."""
        roots = _roots(system, feeding)
        if not roots:
            return
        address = self._codes.address(system)
        minus = {m for (_, code) in feeding if code in roots for m in self._minus(code)}
        singles, subtrees = [], sorted(minus) if system == SNOMED else []
        for (name, code), rows in sorted(self._rows.items()):
            if name != system or (name, code) in feeding or code in minus:
                continue
            if not self._below(rows, roots):
                continue
            if rows[0].match in (PREFIX, INITIAL):
                subtrees.append(code)
            else:
                singles.append(_concept(rows[0]))
        if singles:
            yield {"system": address, "concept": singles}
        for code in subtrees:
            yield {"system": address, "filter": _filters(code, DESCENDANTS)}

    def _minus(self, code: str) -> Iterator[str]:
        for row in self._rows.get((SNOMED, code), ()):
            yield from row.minus

    def _below(self, rows: list[CodeRow], roots: dict[str, str]) -> bool:
        """Whether rows of one code lie below a root, or in SNOMED CT may: same group of rows."""
        if rows[0].system != SNOMED:
            return any(rows[0].code.startswith(root) for root in roots)
        groups = {row.group for root in roots for row in self._rows[SNOMED, root]}
        return any(row.group in groups for row in rows)


def _roots(system: str, feeding: dict[Key, list[CodeRow]]) -> dict[str, str]:
    """Codes that stand for what lies below them, with the way they match."""
    return {
        code: row.match
        for (name, code), rows in sorted(feeding.items())
        for row in rows
        if name == system and row.match in (DESCENDANTS, PREFIX, INITIAL)
    }


def _tokens(fed: Fed) -> Iterable[tuple[str, Strength]]:
    yield from fed.findings.items()
    for kind, names in (("qualifier", fed.qualifiers), ("site", fed.sites)):
        yield from ((f"{kind}:{name}", Strength.STRONG) for name in names)


def _filters(code: str, match: str) -> list[Json]:
    filters = [{"property": "concept", "op": "is-a", "value": code}]
    if match == INITIAL:
        filters.append({"property": "code", "op": "regex", "value": _FIRST_TREATMENT})
    return filters


def _concept(row: CodeRow) -> Json:
    """The code, with its display where the terms of its system allow it."""
    free = row.system in _DISPLAYED or GLOBAL_PATIENT_SET in row.confirmed_by
    return {"code": row.code} | ({"display": row.display} if free else {})
