"""A vignette as the body of a patient-view hook call."""

from collections.abc import Iterator
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from tests.spec.chart import SERVER, Vignette, chart, patient
from tests.spec.fhir_json import ENCOUNTER, PRACTITIONER, Json, searchset
from tests.spec.variety import Variety

_KEYS = {
    "Condition": "conditions",
    "FamilyMemberHistory": "procedures",  # no query of ours asks for it; any key may bring it
    "Encounter": "encounters",
    "Procedure": "procedures",
    "MedicationRequest": "medications",
    "DiagnosticReport": "reports",
    "ServiceRequest": "orders",
}
_OBSERVATION_KEYS = {
    "vital-signs": "vitals",
    "laboratory": "labs",
    "exam": "exam",
    "survey": "surveys",
}
_UNSPLIT = "observations"


def hook_request(vignette: Vignette) -> Json:
    """Write the request an EHR sends when a clinician opens this chart."""
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid5(NAMESPACE_URL, vignette.id)),
        "context": {
            "userId": PRACTITIONER,
            "patientId": vignette.id,
            "encounterId": ENCOUNTER,
        },
        "prefetch": prefetch(vignette),
    }


def prefetch(vignette: Vignette) -> Json:
    """Deliver every prefetch key; a few charts do not split their Observations."""
    variety = Variety(vignette.id)
    unsplit = variety.choose(_UNSPLIT, (True, *[False] * 9))
    delivered: dict[str, list[Json]] = {key: [] for key in _keys(unsplit=unsplit)}
    for found in chart(vignette):
        delivered[_key(found, unsplit=unsplit)].append(found)
    answers = {key: _answer(key, found, variety) for key, found in delivered.items()}
    return {"patient": patient(vignette), **answers}


def _keys(*, unsplit: bool) -> Iterator[str]:
    yield from dict.fromkeys(_KEYS.values())
    yield from (_UNSPLIT,) if unsplit else _OBSERVATION_KEYS.values()


def _key(found: Json, *, unsplit: bool) -> str:
    kind = str(found["resourceType"])
    if kind != "Observation":
        return _KEYS[kind]
    return _UNSPLIT if unsplit else _OBSERVATION_KEYS[_category(found)]


def _category(observation: Json) -> str:
    (category,) = cast("list[dict[str, list[dict[str, str]]]]", observation["category"])
    return category["coding"][0]["code"]


def _answer(key: str, found: list[Json], variety: Variety) -> Json | None:
    """What was found, or nothing: some servers say that with null, others with an empty Bundle."""
    if not found and variety.choose(f"empty {key}", (True, False)):
        return None
    return searchset(found, SERVER)
