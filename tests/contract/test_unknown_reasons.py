"""Why a finding is unknown: told with the item in the card's detail and in the explanation."""

from typing import Any

import pytest

from cds_service.hooks.explain import explain
from cds_service.pipeline import Advice
from tests.spec.fhir_json import Json, body_site, concept, observation, own, quantity, snomed
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, library
from tests.unit.red_flag_record import crp, problem, temperature

LEG = snomed("61685007", "Lower limb structure")
FAILED = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "transient"}],
}
MASKED = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason"}]}


def exam(finding: str, when: str | None = None, **value: object) -> Json:
    """An entry of the left leg, an hour ago unless told otherwise; present without a value."""
    return observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=when or ago(hours=1),
        bodySite=body_site(LEG, "L"),
        **(value or {"valueBoolean": True}),
    )


def told(advised: Advice, topic: str, finding: str) -> tuple[Json, str]:
    """What explanation and detail say of one unknown finding of the topic's card."""
    (assessment,) = (a for a in explain(advised, library())["assessments"] if a["topic"] == topic)
    (entry,) = (f for f in assessment["findings"] if f["id"] == finding)
    (card,) = (card for card in advised.cards if card.topic == topic)
    display = library().display(finding)
    (line,) = (x for x in card.detail.splitlines() if x.startswith(f"- {display}: "))
    return entry, line


WORDS = {
    "not-recorded": "not recorded",
    "outside-window": "too old to count, last recorded ",
    "conflicting": "recorded both present and absent",
    "not-readable": "without a result that can be read",
    "unit-not-readable": "its unit or size cannot be trusted",
    "no-limit": "the laboratory gave no limit",
    "longstanding": "as long-standing",
    "query-failed": "could not be read",
    "not-asked": "not supplied to this check",
}
SCIATICA = (exam("radicular_pain"), exam("low_back_pain"), exam("reflex_reduced"))
FEVERISH = (problem("M54.50", onset=9), temperature(38.6))
CALF = (exam("calf_pain"),)
CHEST = (exam("calf_swelling"), exam("dyspnea_new"))


@pytest.mark.parametrize(
    ("topic", "finding", "chart", "keys", "reason"),
    [
        pytest.param("radiculopathy", "slr", SCIATICA, {}, "not-recorded", id="no"),
        pytest.param(
            "radiculopathy",
            "slr",
            (*SCIATICA, exam("slr", day_ago(150))),
            {},
            "outside-window",
            id="old",
        ),
        pytest.param(
            "radiculopathy",
            "slr",
            (*SCIATICA, exam("slr"), exam("slr", valueBoolean=False)),
            {},
            "conflicting",
            id="both",
        ),
        pytest.param(
            "radiculopathy",
            "slr",
            (*SCIATICA, exam("slr", dataAbsentReason=MASKED)),
            {},
            "not-readable",
            id="no value",
        ),
        pytest.param(
            "dvt",
            "calf_swelling_3cm",
            (*CALF, exam("calf_circumference", valueQuantity=quantity(2, "spans", None))),
            {},
            "unit-not-readable",
            id="odd unit",
        ),
        pytest.param(
            "spinal_infection",
            "crp_raised",
            (*FEVERISH, crp(80, high=None)),
            {},
            "no-limit",
            id="no limit",
        ),
        pytest.param(
            "spinal_infection",
            "motor_deficit",
            (*FEVERISH, exam("motor_longstanding_stable"), exam("motor_deficit")),
            {},
            "longstanding",
            id="long-standing",
        ),
        pytest.param(
            "radiculopathy",
            "slr",
            SCIATICA,
            {"exam": FAILED},
            "query-failed",
            id="query failed",
        ),
        pytest.param(
            "pulmonary_embolism",
            "reader:vital_spo2",
            CHEST,
            {"vitals": 7},
            "not-asked",
            id="query not asked",
        ),
    ],
)
def test_each_reason_is_told(
    topic: str, finding: str, chart: tuple[Json, ...], keys: Any, reason: str
) -> None:
    """Not recorded is one reason of nine; the others say what to look at again."""
    entry, line = told(advice(*chart, **keys), topic, finding)
    assert entry["status"] == "unknown"
    assert entry.get("reason") == reason
    assert WORDS[reason] in line


def test_an_item_that_only_the_other_leg_has_is_not_recorded_here() -> None:
    """A test of the well leg leaves the painful one unexamined."""
    other = observation(
        "exam",
        concept(own("slr")),
        effectiveDateTime=ago(hours=1),
        bodySite=body_site(LEG, "R"),
        valueBoolean=True,
    )
    entry, _ = told(advice(*SCIATICA, other), "radiculopathy", "slr")
    assert entry["reason"] == "not-recorded"
    assert "evidence" not in entry


def test_a_finding_tells_its_date_side_and_sources() -> None:
    """What decided is told with when, on which side and from which entry."""
    advised = advice(*SCIATICA)
    (assessment,) = (
        a for a in explain(advised, library())["assessments"] if a["topic"] == "radiculopathy"
    )
    (entry,) = (f for f in assessment["findings"] if f["id"] == "reflex_reduced")
    assert entry["side"] == "left"
    assert entry["date"] == ago(hours=1).replace("Z", "+00:00")
    assert entry["evidence"] == ["Observation/r2"]
