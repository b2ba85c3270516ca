"""Parts of FHIR resources in words; whatever is not as FHIR has it gives an empty text."""

from collections.abc import Iterator
from typing import Any

from cds_service.ehr.answer import Json

_WORDY = (" (qualifier value)", " (finding)", " (disorder)", " with all children optional")
_DAY = len("2026-11-23")
_DATES = (
    "effectiveDateTime",
    "effectiveInstant",
    "recordedDate",
    "performedDateTime",
    "authoredOn",
    "issued",
    "occurrenceDateTime",
    "onsetDateTime",
    "dateAsserted",
)
_PERIODS = ("effectivePeriod", "performedPeriod", "period")
_SYSTOLIC, _DIASTOLIC = "8480-6", "8462-4"
_SIDES = {"7771000": "left", "24028007": "right", "51440002": "both sides"}


def objects(value: Any) -> list[Json]:
    """The JSON objects of a list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str:
    """A string as it stands."""
    return value if isinstance(value, str) else ""


def concept(value: Any) -> str:
    """A CodeableConcept: its text, else its first display, else its first code."""
    if not isinstance(value, dict):
        return ""
    codings = objects(value.get("coding"))
    displays = (text(coding.get("display")) for coding in codings)
    codes = (text(coding.get("code")) for coding in codings)
    words = next((found for found in (text(value.get("text")), *displays, *codes) if found), "")
    for ending in _WORDY:
        words = words.removesuffix(ending)
    return words


def code(value: Any) -> str:
    """The first code of a CodeableConcept."""
    codings = objects(value.get("coding")) if isinstance(value, dict) else []
    return next((found for coding in codings if (found := text(coding.get("code")))), "")


def day(resource: Json) -> str:
    """The day a resource speaks of, as its first dated element has it."""
    periods = (resource.get(name) for name in _PERIODS)
    ends = (p.get("end") or p.get("start") for p in periods if isinstance(p, dict))
    found = (text(value) for value in (*(resource.get(name) for name in _DATES), *ends))
    return next((value[:_DAY] for value in found if value), "")


def side(resource: Json) -> str:
    """Left, right or both, where the body site says so by code."""
    sites = resource.get("bodySite")
    listed = objects(sites) if isinstance(sites, list) else objects([sites])
    codes = (text(c.get("code")) for site in listed for c in objects(site.get("coding")))
    return next((_SIDES[found] for found in codes if found in _SIDES), "")


def value(resource: Json) -> str:
    """The result of an Observation or of one of its components."""
    own = "".join(_values(resource))
    held = {code(part.get("code")): part for part in objects(resource.get("component"))}
    if held.keys() == {_SYSTOLIC, _DIASTOLIC}:
        upper, lower = ("".join(_values(held[one])) for one in (_SYSTOLIC, _DIASTOLIC))
        return f"{upper.partition(' ')[0]}/{lower}"
    parts = (
        f"{concept(part.get('code'))} {found}"
        for part in objects(resource.get("component"))
        if (found := "".join(_values(part)))
    )
    return "; ".join(found for found in (own, *parts) if found)


def _values(holder: Json) -> Iterator[str]:
    quantity = holder.get("valueQuantity")
    if isinstance(quantity, dict):
        sign = text(quantity.get("comparator"))
        unit = text(quantity.get("unit")) or text(quantity.get("code"))
        yield f"{sign}{_number(quantity.get('value'))} {unit}".strip()
    elif isinstance(holder.get("valueBoolean"), bool):
        yield "yes" if holder["valueBoolean"] else "no"
    elif found := _worded(holder):
        yield found
    elif isinstance(holder.get("valueInteger"), int):
        yield str(holder["valueInteger"])
    elif found := concept(holder.get("dataAbsentReason")):
        yield f"no result ({found})"


def _worded(holder: Json) -> str:
    own = (text(holder.get("valueString")), text(holder.get("valueDateTime")))
    return next(filter(None, (concept(holder.get("valueCodeableConcept")), *own)), "")


def _number(number: Any) -> str:
    known = isinstance(number, int | float) and not isinstance(number, bool)
    return f"{number:,.10g}" if known else ""
