"""FHIR reads and searches over the record of one sample patient.

Enough of R4 search for prefetch templates: token and date parameters, `_id`, `_sort`, `_count` and
pages. What it does not know it ignores, as lenient servers do.
"""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from cds_service.commands.conformance.samples import SamplePatient
from cds_service.ehr.answer import Json

_TOKENS = {
    "category": "category",
    "clinical-status": "clinicalStatus",
    "code": "code",
    "intent": "intent",
    "status": "status",
    "type": "type",
    "verification-status": "verificationStatus",
}
_DATES = (
    "effectiveDateTime",
    "performedDateTime",
    "authoredOn",
    "recordedDate",
    "issued",
    "occurrenceDateTime",
    "onsetDateTime",
)
_OFFSET = "_offset"


def lookup(patient: SamplePatient, query: str, base: str, page: int = 0) -> Json | None:
    """The resource or searchset of a relative query, None where a server says 404.

    `page` limits every page to so many entries, as busy servers do.
    """
    path, _, parameters = query.partition("?")
    kind, _, identifier = path.strip("/").partition("/")
    if identifier:
        found = [r for r in patient.of_type(kind) if r.get("id") == identifier]
        return found[0] if found else None
    asked = parse_qsl(parameters)
    matches = [r for r in patient.of_type(kind) if _matches(r, patient.patient_id, asked)]
    given = dict(asked)
    if given.get("_sort") in ("-date", "-_lastUpdated"):
        matches.sort(key=moment, reverse=True)
    count = min(int(given.get("_count", "1000")), page or 1000)
    offset = int(given.get(_OFFSET, "0"))
    total = len(matches)
    bundle = searchset(matches[offset : offset + count], base, total)
    links = [{"relation": "self", "url": f"{base}/{query}"}]
    if offset + count < total:
        following = [(n, v) for n, v in asked if n != _OFFSET] + [(_OFFSET, str(offset + count))]
        links.append({"relation": "next", "url": f"{base}/{kind}?{urlencode(following)}"})
    return bundle | {"link": links}


def searchset(resources: list[Json], base: str, total: int | None = None) -> Json:
    """A searchset with these matches."""
    bundle: Json = {"resourceType": "Bundle", "type": "searchset"}
    bundle["total"] = len(resources) if total is None else total
    if resources:
        bundle["entry"] = [
            {
                "fullUrl": f"{base}/{r.get('resourceType')}/{r.get('id')}",
                "resource": r,
                "search": {"mode": "match"},
            }
            for r in resources
        ]
    return bundle


def moment(resource: Json) -> str:
    """When it was, as text that sorts."""
    period = resource.get("effectivePeriod") or resource.get("performedPeriod")
    period = period or resource.get("period")
    started = period.get("start", "") if isinstance(period, dict) else ""
    return next((str(resource[name]) for name in _DATES if name in resource), str(started))


def _matches(resource: Json, patient_id: str, asked: list[tuple[str, str]]) -> bool:
    for name, value in asked:
        if name in ("patient", "subject"):
            kept = value.rpartition("/")[2] == patient_id
        elif name == "_id":
            kept = resource.get("id") in value.split(",")
        elif name in _TOKENS:
            kept = any(_has(resource.get(_TOKENS[name]), token) for token in value.split(","))
        elif name == "date":
            kept = _within(moment(resource), value)
        else:
            kept = True
        if not kept:
            return False
    return True


def _has(value: Any, token: str) -> bool:
    system, bar, code = token.rpartition("|")
    if isinstance(value, list):
        return any(_has(item, token) for item in value)
    if isinstance(value, str):
        return value == code
    if not isinstance(value, dict):
        return False
    if "coding" in value:
        return _has(value["coding"], token)
    return value.get("code") == code and (not bar or value.get("system") == system)


def _within(when: str, value: str) -> bool:
    prefix, day = (value[:2], value[2:]) if value[:2].isalpha() else ("eq", value)
    held = when[: len(day)]
    return {
        "ge": held >= day,
        "gt": held > day,
        "le": held <= day,
        "lt": held < day,
    }.get(prefix, held == day)
