"""Entries of a record that red flags are read from, as short as a test can say them."""

from typing import Any

from cds_service.pipeline import Advice
from tests.spec.fhir_json import (
    LOINC,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.spec.signs import site
from tests.unit.record import advice, states


def told(
    finding: str,
    *,
    value: bool = True,
    side: str | None = None,
    days: float = 0.1,
    onset: int | None = None,
) -> Json:
    """An answer or examination finding; `onset` is the day it began, counted back."""
    when = ago(days=days)
    timed: Json = {"effectiveDateTime": when}
    if onset is not None:
        timed = {"effectivePeriod": {"start": day_ago(onset), "end": when}}
    return observation(
        "exam",
        concept(own(finding)),
        bodySite=site(finding, side),
        valueBoolean=value,
        **timed,
    )


def problem(code: str, *, onset: int | None = None, recorded: int | None = 0, **more: Any) -> Json:
    """A problem by ICD-10-CM code, with the days since it began and was recorded."""
    return condition(
        concept(icd(code, "")),
        onsetDateTime=None if onset is None else day_ago(onset),
        recordedDate=None if recorded is None else day_ago(recorded),
        **more,
    )


def listed(code: str, **more: Any) -> Json:
    """A problem by SNOMED CT code, recorded today."""
    return condition(concept(snomed(code, "")), **{"recordedDate": day_ago(0)} | more)


def grade(value: float, *, side: str | None = "L", days: float = 0.1, **more: Any) -> Json:
    """A power grade (MRC)."""
    return observation(
        "exam",
        concept(own("mrc")),
        effectiveDateTime=ago(days=days),
        bodySite=site("mrc", side),
        valueQuantity=quantity(value, None, "{score}"),
        **more,
    )


def temperature(value: float, unit: str | None = "Cel", *, days: float = 0, **more: Any) -> Json:
    """A body temperature."""
    return observation(
        "vital-signs",
        concept(coding(LOINC, "8310-5", "Body temperature")),
        effectiveDateTime=ago(days=days, hours=1),
        valueQuantity=quantity(value, unit, unit),
        **more,
    )


def crp(value: float, *, high: float | None = 5, days: float = 0, **more: Any) -> Json:
    """A C-reactive protein with the laboratory's upper limit, where it gave one."""
    limit = None if high is None else [{"high": {"value": high, "unit": "mg/L"}}]
    return observation(
        "laboratory",
        concept(coding(LOINC, "1988-5", "C reactive protein")),
        effectiveDateTime=ago(days=days, hours=1),
        valueQuantity=quantity(value, "mg/L", "mg/L"),
        referenceRange=limit,
        **more,
    )


def state_of(topic: str, advised: Advice) -> str | None:
    """The state of one topic, None when it does not open."""
    return states(advised).get(topic)


def concluded(topic: str, *resources: Json, **more: Any) -> str | None:
    """The state that these entries lead one topic to."""
    return state_of(topic, advice(*resources, **more))
