"""The targets of one local code, checked: finding, answer, side, unit and assay."""

import difflib
import math
from collections.abc import Iterator, Mapping
from typing import TypeVar

from cds_service.clinical.fact import Status
from cds_service.clinical.side import Side
from cds_service.content.codes import OWN
from cds_service.content.library import Library
from cds_service.content.models.codes import plain_unit
from cds_service.content.site.concept_map import PROPERTIES, Attribute, Element, Target
from cds_service.content.site.translations import Answer, Translation, own_key

D_DIMER = "ddimer"
_D_DIMER_READER = "reader:d_dimer"
_D_DIMER_UNITS = "dvt"
_SAME = ("equal", "equivalent")
_DEPENDS = ("answer", "method")
_PRODUCTS = ("status", "side", "unit", "value", "basis", "exclusion")
_SIDES = {side.value: side for side in Side if side is not Side.UNSPECIFIED}
_STATUSES = {status.value: status for status in Status}
_BASES = ("FEU", "DDU")
_EXCLUSIONS = ("licensed", "not-licensed")

Word = TypeVar("Word")


class _Slip(Exception):  # noqa: N818 - a sentence on its way to the list of problems
    """What is wrong with one target, and the remedy."""


class TargetReader:
    """Reads targets with the findings and units of the content."""

    def __init__(self, library: Library) -> None:
        self._findings = library.findings.finding
        self._units = library.units
        self._dimer_units = library.topics[_D_DIMER_UNITS].units
        self.own_address = library.codes.address(OWN)

    def read(self, source: str, element: Element) -> tuple[tuple[Translation, ...], list[str]]:
        """The translations of one code, and a sentence for each slip."""
        if not element.target:
            return (), ["no target; write the finding it means, or remove the row"]
        found: list[Translation] = []
        slips: list[str] = []
        for number, target in enumerate(element.target, start=1):
            try:
                found.append(_another_case(self._translation(source, target), found))
            except _Slip as slip:
                slips.append(f"target {number}: {slip}")
        return tuple(found), slips

    def _translation(self, source: str, target: Target) -> Translation:
        finding = self._finding(target)
        _check_equivalence(target)
        depends = _attributes("dependsOn", target.depends_on, _DEPENDS)
        products = _attributes("product", target.product, _PRODUCTS)
        answer, method = (
            Answer(depends[name].said.system, depends[name].said.code) if name in depends else None
            for name in _DEPENDS
        )
        words = {name: attribute.said.code for name, attribute in products.items()}
        says = _one_of(words, "status", _STATUSES)
        value = self._value(finding, words)
        if answer is not None and (says is None) == (value is None):
            raise _Slip("an answer needs either product status or product value; write one")
        if answer is None and value is not None:
            raise _Slip("value is what an answer stands for; add dependsOn answer, or remove it")
        return Translation(
            system=source,
            finding=_D_DIMER_READER if finding == D_DIMER else finding,
            key=own_key(finding),
            marks=tuple(_marks(finding, words)),
            side=_one_of(words, "side", _SIDES) or Side.UNSPECIFIED,
            answer=answer,
            method=method,
            says=says,
            value=value,
            unit=self._unit(finding, words.get("unit", "")),
        )

    def _finding(self, target: Target) -> str:
        finding = target.code.strip()
        if finding in self._findings:
            return finding
        near = difflib.get_close_matches(finding, self._findings, n=1)
        hint = f"did you mean {near[0]}?" if near else "see cards/_codes/findings.toml"
        raise _Slip(f"{finding or 'no code'} is not a finding; {hint}")

    def _value(self, finding: str, words: dict[str, str]) -> float | None:
        if "value" not in words:
            return None
        if finding not in self._units:
            raise _Slip(f"{finding} is not a measurement; write product status instead of value")
        try:
            value = float(words["value"])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise _Slip(f"value {words['value']} is not a number; write one, for example 4")
        return value

    def _unit(self, finding: str, unit: str) -> str:
        """The unit of a bare number, one that the service converts."""
        if not unit:
            return ""
        if finding == D_DIMER:
            known = tuple(self._dimer_units)
        elif finding in self._units:
            known = tuple(self._units[finding].factors)
        else:
            raise _Slip(f"no unit is read for {finding}; remove the unit")
        if plain_unit(unit) not in known:
            raise _Slip(f"unit {unit} is not known for {finding}; use one of {', '.join(known)}")
        return unit


def _marks(finding: str, words: dict[str, str]) -> Iterator[str]:
    """What a D-dimer assay's code says besides its result."""
    for name, allowed in (("basis", _BASES), ("exclusion", _EXCLUSIONS)):
        word = words.get(name)
        if word is None:
            continue
        if finding != D_DIMER:
            raise _Slip(f"{name} belongs to {D_DIMER} only; remove it")
        if word not in allowed:
            raise _Slip(f"{name} {word or 'missing'} is not known; use {' or '.join(allowed)}")
        yield own_key(f"{D_DIMER}-{word.lower()}")


def _check_equivalence(target: Target) -> None:
    word = target.equivalence or target.relationship
    if word not in _SAME:
        raise _Slip(
            f"{word or 'no equivalence'} is refused, because a finding may stand only for what is "
            "exactly the same; write equivalent, or remove the row"
        )


def _attributes(
    member: str, attributes: list[Attribute], allowed: tuple[str, ...]
) -> dict[str, Attribute]:
    found: dict[str, Attribute] = {}
    for attribute in attributes:
        name = attribute.name
        if name not in allowed:
            raise _Slip(
                f"{member} {name or 'without property'} is not known; use {PROPERTIES}"
                f"{' or '.join(allowed)}"
            )
        if not attribute.said.code:
            raise _Slip(f"{member} {name} has no value; write it")
        if name in found:
            raise _Slip(f"{member} {name} stands twice; write one target for each")
        found[name] = attribute
    return found


def _one_of(words: dict[str, str], name: str, allowed: Mapping[str, Word]) -> Word | None:
    word = words.get(name)
    if word is None:
        return None
    if word not in allowed:
        raise _Slip(f"{name} {word} is not known; use {', '.join(allowed)}")
    return allowed[word]


def _another_case(translation: Translation, others: list[Translation]) -> Translation:
    """The translation itself, unless another one already speaks of the same case."""
    for other in others:
        same = (translation.finding, translation.answer, translation.method) == (
            other.finding,
            other.answer,
            other.method,
        )
        opposite = translation.side.one_sided and other.side is translation.side.other
        if same and not opposite:
            raise _Slip("says the same case twice; keep one target per answer and side")
    return translation
