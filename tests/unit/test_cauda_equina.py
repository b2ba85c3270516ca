"""Cauda equina: what is new, what is old, and what counts as acted on (rulings 2, 4, 5, 16, 38)."""

from typing import Any

import pytest

from tests.spec.fhir_json import (
    HL7,
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    resource,
    searchset,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, numbered, shown, states
from tests.unit.red_flag_record import grade

TOPIC = "cauda_equina"
SUSPECTED, LATE = "cauda-equina-suspected", "cauda-equina-late"
LONGSTANDING, ACTED = "cauda-equina-longstanding", "cauda-equina-acted"
ASK, SAFETY_NET = "cauda-equina-ask", "cauda-equina-safety-net"
LEG = snomed("61685007", "Lower limb structure")
BACK_PAIN = condition(concept(icd("M54.50", "")), recordedDate=day_ago(1))


def noted(finding: str, *, value: bool = True, when: str | None = None, **more: Any) -> Json:
    """An examination finding or answer."""
    return observation(
        "exam",
        concept(own(finding)),
        effectiveDateTime=when or ago(hours=2),
        valueBoolean=value,
        **more,
    )


def problem(
    code: str, *, onset: str | None = None, recorded: str | None = None, **more: Any
) -> Json:
    """A problem by ICD-10-CM code."""
    return condition(
        concept(icd(code, "")),
        onsetDateTime=onset,
        recordedDate=recorded or day_ago(0),
        **more,
    )


def state(*resources: Json) -> str | None:
    """The state of the topic, None when it does not open."""
    return states(advice(*resources)).get(TOPIC)


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(noted("saddle_sensory_change"), id="our own saddle code"),
        pytest.param(
            condition(
                concept(snomed("449813001", "Numbness of saddle area")), recordedDate=day_ago(0)
            ),
            id="saddle numbness code",
        ),
        pytest.param(noted("anal_tone_reduced"), id="reduced anal tone"),
    ],
)
def test_saddle_change_and_anal_tone_need_no_pain(entry: Json) -> None:
    """Ruling 2: saddle numbness without coded pain is an emergency, not silence."""
    advised = advice(entry)
    assert shown(advised)[0] == SUSPECTED
    assert advised.cards[0].indicator == "critical"


@pytest.mark.parametrize(
    "finding", ["bladder_dysfunction", "bowel_dysfunction", "sexual_dysfunction"]
)
def test_bladder_bowel_and_sexual_change_need_a_pain_or_leg_finding(finding: str) -> None:
    """Ruling 2: alone they are silent, with back pain an emergency."""
    assert state(noted(finding)) is None
    assert state(noted(finding), BACK_PAIN) == SUSPECTED


@pytest.mark.parametrize(
    "finding", ["bladder_dysfunction", "bowel_dysfunction", "sexual_dysfunction"]
)
def test_another_sign_of_the_table_is_company_enough(finding: str) -> None:
    """Ruling 2: only "alone" do they need a pain or leg finding."""
    older = observation(
        "survey",
        concept(own("saddle_sensory_change")),
        effectivePeriod={"start": day_ago(60), "end": ago(hours=2)},
        valueBoolean=True,
    )
    assert state(older) == LATE
    assert state(older, noted(finding)) == SUSPECTED


@pytest.mark.parametrize("code", ["R20.0", "R15.0", "R15.1", "R15.2", "R39.14"])
def test_general_codes_never_open(code: str) -> None:
    """Ruling 5: numbness of the skin and minor bowel or bladder codes are context."""
    assert state(problem(code), BACK_PAIN) is None


@pytest.mark.parametrize(
    ("onset", "expected"),
    [
        pytest.param(day_ago(1), SUSPECTED, id="1 day"),
        pytest.param(day_ago(14), SUSPECTED, id="14 days"),
        pytest.param(day_ago(15), LATE, id="15 days"),
        pytest.param(day_ago(90), LATE, id="90 days"),
        pytest.param(day_ago(91), LONGSTANDING, id="91 days"),
    ],
)
@pytest.mark.parametrize("code", ["R33.9", "R32", "R15.9"])
def test_the_onset_of_a_continence_change_decides(code: str, onset: str, expected: str) -> None:
    """Ruling 5: up to 14 days suspected, up to 90 days late, older long-standing."""
    assert state(problem(code, onset=onset), BACK_PAIN) == expected


def test_recording_an_old_incontinence_again_is_not_new() -> None:
    """Ruling 5: the earliest record of the same finding dates it."""
    again, first = problem("R32"), problem("R32", recorded=day_ago(400))
    assert state(again, BACK_PAIN) == SUSPECTED
    assert state(again, first, BACK_PAIN) == LONGSTANDING


def of_this_visit(*resources: Json) -> str | None:
    """The state where the search for problems was limited to the current visit."""
    bundle = searchset(numbered(*resources), "https://ehr.example.org/fhir")
    limited = "https://ehr.example.org/fhir/Condition?patient=p1&encounter=visit-1"
    bundle["link"] = [{"relation": "self", "url": limited}]
    return states(advice(conditions=bundle)).get(TOPIC)


@pytest.mark.parametrize("code", ["R32", "N39.46", "N39.498", "R15.9"])
def test_a_leak_without_onset_may_be_old_where_only_this_visit_was_read(code: str) -> None:
    """Ruling 5: nothing earlier can be known there, so it is late; the whole list shows it new."""
    assert of_this_visit(problem(code), BACK_PAIN) == LATE
    assert state(problem(code), BACK_PAIN) == SUSPECTED


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param(problem("R33.9"), id="retention"),
        pytest.param(
            condition(concept(snomed("449813001", "")), recordedDate=day_ago(0)), id="saddle"
        ),
        pytest.param(noted("anal_tone_reduced"), id="anal tone"),
        pytest.param(problem("R32", onset=day_ago(2)), id="leak with its onset"),
    ],
)
def test_other_signs_stay_suspected_where_only_this_visit_was_read(entry: Json) -> None:
    """Ruling 5: retention, saddle change and anal tone, and what says when it began."""
    assert of_this_visit(entry, BACK_PAIN) == SUSPECTED
    assert of_this_visit(entry, problem("R32"), BACK_PAIN) == SUSPECTED


def test_a_large_residual_stays_suspected_where_only_this_visit_was_read() -> None:
    """Ruling 5: a measured residual volume is of today."""
    volume = observation(
        "exam",
        concept(own("pvr_ml")),
        effectiveDateTime=ago(hours=2),
        valueQuantity=quantity(400, "mL", "mL"),
    )
    assert of_this_visit(volume, problem("R32"), BACK_PAIN) == SUSPECTED


def test_worsening_makes_an_old_problem_an_emergency() -> None:
    """An old incontinence that gets worse is recent."""
    old = problem("R32", onset=day_ago(400))
    assert state(old, BACK_PAIN, noted("worsening_14d")) == SUSPECTED


WORSENING = concept(snomed("230993007", "Worsening"))
LONG_SADDLE = {
    "effectivePeriod": {"start": day_ago(60), "end": ago(hours=2)},
    "effectiveDateTime": None,
    "valueBoolean": None,
}


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"valueCodeableConcept": WORSENING}, id="as value"),
        pytest.param({"valueBoolean": True, "interpretation": [WORSENING]}, id="interpretation"),
        pytest.param(
            {
                "valueBoolean": True,
                "interpretation": [concept(coding(f"{HL7}/v3-ObservationInterpretation", "W"))],
            },
            id="HL7's own code",
        ),
    ],
)
def test_worsening_is_read_where_it_stands(said: Json) -> None:
    """Ruling 28: as value or interpretation of a finding; without it 60 days are late."""
    code = concept(own("saddle_sensory_change"))
    old = observation("exam", code, **LONG_SADDLE | {"valueBoolean": True})
    worse = observation("exam", code, **LONG_SADDLE | said)
    assert state(old) == LATE
    assert state(worse) == SUSPECTED


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        pytest.param([(4, 10), (3, 1)], SUSPECTED, id="fell within 14 days"),
        pytest.param([(3, 10), (4, 1)], LATE, id="rose"),
        pytest.param([(4, 1)], LATE, id="one grade"),
        pytest.param([(4, 20), (3, 1)], LATE, id="first grade of 20 days ago"),
    ],
)
def test_falling_power_is_worsening(grades: list[tuple[float, float]], expected: str) -> None:
    """Ruling 28: two graded values of one finding that fall at most 14 days apart."""
    old = problem("R15.9", onset=day_ago(60))
    power = [grade(value, days=days) for value, days in grades]
    assert state(old, BACK_PAIN, *power) == expected


def test_an_old_saddle_change_is_late_never_longstanding() -> None:
    """Only bladder and bowel have a long-standing explanation."""
    old = noted("saddle_sensory_change", when=day_ago(1)) | {
        "effectivePeriod": {"start": day_ago(200), "end": day_ago(1)}
    }
    del old["effectiveDateTime"]
    assert state(old) == LATE


@pytest.mark.parametrize(
    ("milliliters", "expected"),
    [(199.9, None), (200, SUSPECTED), (450, SUSPECTED)],
)
def test_a_residual_volume_from_200_ml_is_a_trigger(
    milliliters: float, expected: str | None
) -> None:
    """PVR of 200 mL or more without an old explanation; less changes nothing."""
    volume = observation(
        "exam",
        concept(own("pvr_ml")),
        effectiveDateTime=ago(hours=2),
        valueQuantity=quantity(milliliters, "mL", "mL"),
    )
    assert state(volume) == expected
    assert state(volume, problem("N40.1", onset=day_ago(400))) is None


def test_deficits_of_both_legs_are_a_trigger() -> None:
    """Weakness left and sensory loss right is a bilateral leg deficit."""
    left = noted("motor_deficit", bodySite=body_site(LEG, "L"))
    right = noted("sensory_deficit", bodySite=body_site(LEG, "R"))
    assert state(left, right) == SUSPECTED
    assert state(left) is None


def test_a_stocking_pattern_is_no_bilateral_deficit() -> None:
    """Ruling 52: symmetric distal loss is recorded and negative."""
    both = noted("sensory_deficit", bodySite=body_site(LEG, "B"))
    assert state(both, noted("symmetrical_distal_sensory")) is None


@pytest.mark.parametrize("code", ["G82.20", "G81.94"])
def test_an_old_paralysis_makes_no_emergency(code: str) -> None:
    """Ruling 16: a known paraplegic with back pain and old bladder is not critical each visit."""
    chart = (
        problem(code, onset=day_ago(900)),
        problem("N31.9", onset=day_ago(900)),
        BACK_PAIN,
    )
    assert SUSPECTED not in shown(advice(*chart))


BEGAN = ago(hours=30)
RETENTION = problem("R33.9", onset=BEGAN, recorded=BEGAN)


def spinal_mri(**more: Any) -> Json:
    """An urgent lumbar MRI ordered ten hours ago."""
    given = {
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "authoredOn": ago(hours=10),
    } | more
    return resource("ServiceRequest", code=concept(coding(LOINC, "30679-5")), **given)


@pytest.mark.parametrize("priority", ["urgent", "asap", "stat"])
def test_an_urgent_mri_after_the_onset_is_acting(priority: str) -> None:
    """Ruling 4: a real, urgent order placed after the onset falls silent."""
    advised = advice(RETENTION, BACK_PAIN, spinal_mri(priority=priority))
    assert states(advised)[TOPIC] == ACTED
    assert SUSPECTED not in shown(advised)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"priority": "routine"}, id="routine MRI for sciatica"),
        pytest.param({"priority": ""}, id="no priority"),
        pytest.param({"authoredOn": ago(hours=40)}, id="ordered before the onset"),
        pytest.param({"authoredOn": ago(hours=73)}, id="older than 72 hours"),
        pytest.param({"authoredOn": ""}, id="undated order"),
        pytest.param({"status": "draft"}, id="our own draft"),
        pytest.param({"status": "revoked"}, id="revoked"),
        pytest.param({"status": "on-hold"}, id="on hold"),
        pytest.param({"intent": "proposal"}, id="proposal"),
    ],
)
def test_any_other_mri_is_not_acting(more: dict[str, Any]) -> None:
    """Ruling 4: routine, earlier, drafted, revoked or held orders never silence an emergency."""
    assert state(RETENTION, BACK_PAIN, spinal_mri(**more)) == SUSPECTED


def test_an_order_on_the_day_of_an_undated_hour_is_not_acting() -> None:
    """Ruling 32: only real instants are compared here."""
    same_day = problem("R33.9", onset=day_ago(0), recorded=day_ago(0))
    assert state(same_day, BACK_PAIN, spinal_mri(authoredOn=ago(hours=1))) == SUSPECTED


def test_our_own_answer_after_the_onset_is_acting() -> None:
    """Ruling 4: `emergency MRI requested` dated after the onset."""
    asked = noted("ces_mri_requested", when=ago(hours=1))
    before = noted("ces_mri_requested", when=ago(hours=40))
    assert state(RETENTION, BACK_PAIN, asked) == ACTED
    assert state(RETENTION, BACK_PAIN, before) == SUSPECTED


@pytest.mark.parametrize("verification", ["provisional", "unconfirmed", "differential"])
def test_a_suspected_syndrome_is_a_trigger_not_an_action(verification: str) -> None:
    """Ruling 4: a provisional cauda equina syndrome is critical, with or without an MRI."""
    entry = problem("G83.4", onset=day_ago(0), verification=verification)
    assert state(entry) == SUSPECTED


def test_a_confirmed_syndrome_falls_silent_only_when_referred() -> None:
    """Ruling 4: confirmed within 7 days and an urgent spinal MRI or referral."""
    confirmed = problem("G83.4", onset=ago(hours=20), recorded=ago(hours=20))
    assert state(confirmed) == SUSPECTED
    assert state(confirmed, spinal_mri()) == ACTED


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(coding(LOINC, "24968-0"), id="lumbar spine"),
        pytest.param(snomed("241645008", "MRI of spine"), id="whole spine"),
    ],
)
def test_a_finished_mri_order_of_any_spinal_region_is_acting(code: Json) -> None:
    """Ruling 4: MRI of lumbar or whole spine, active or completed."""
    order = spinal_mri() | {"code": concept(code), "status": "completed"}
    assert state(RETENTION, BACK_PAIN, order) == ACTED


def referral(code: str, **more: Any) -> Json:
    """An urgent referral of ten hours ago."""
    return spinal_mri(**more) | {"code": concept(snomed(code, ""))}


@pytest.mark.parametrize("code", ["308482002", "308481009", "183545006", "306104004"])
def test_an_urgent_referral_acts_on_a_confirmed_syndrome(code: str) -> None:
    """Ruling 4: it acts on nothing that is only suspected, and a routine one acts on nothing."""
    confirmed = problem("G83.4", onset=ago(hours=20), recorded=ago(hours=20))
    assert state(confirmed, referral(code)) == ACTED
    assert state(confirmed, referral(code, priority="routine")) == SUSPECTED
    assert state(RETENTION, BACK_PAIN, referral(code)) == SUSPECTED


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("442118009", ACTED, id="lumbar decompression"),
        pytest.param("18946005", SUSPECTED, id="epidural"),
        pytest.param("277762005", SUSPECTED, id="lumbar puncture"),
    ],
)
def test_an_operation_acts_on_a_confirmed_syndrome_and_a_needle_does_not(
    code: str, expected: str
) -> None:
    """Ruling 4: a spinal procedure after the onset."""
    confirmed = problem("G83.4", onset=ago(hours=20), recorded=ago(hours=20))
    operation = procedure(concept(snomed(code, "")), ago(hours=3))
    assert state(confirmed, operation) == expected


def test_a_confirmed_syndrome_of_more_than_a_week_is_not_thereby_acted_on() -> None:
    """Ruling 4: the onset of a confirmed syndrome is at most 7 days old."""
    for days, expected in ((7, ACTED), (8, SUSPECTED)):
        confirmed = problem("G83.4", onset=ago(days=days), recorded=ago(hours=1))
        assert state(confirmed, referral("308482002")) == expected


def test_acting_withholds_routine_cards_only() -> None:
    """Ruling 54: while the pathway runs, urgent cards still show."""
    swelling = noted("calf_swelling", bodySite=body_site(LEG, "L"))
    buttock = noted("buttock_pain", bodySite=body_site(snomed("46862004", "Buttock"), "L"))
    advised = advice(RETENTION, BACK_PAIN, spinal_mri(), swelling, buttock)
    assert states(advised)[TOPIC] == ACTED
    assert "dvt-undetermined" in shown(advised)
    assert "sij-examine" not in shown(advised)


def sciatica(side: str, *, onset: str | None = None, recorded: str | None = None) -> Json:
    """One-sided sciatica."""
    return problem({"R": "M54.31", "L": "M54.32"}[side], onset=onset, recorded=recorded)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        pytest.param({}, ASK, id="nothing asked"),
        pytest.param({"saddle_sensory_change": False}, ASK, id="one asked"),
        pytest.param(
            {"saddle_sensory_change": False, "bladder_dysfunction": False}, ASK, id="two asked"
        ),
        pytest.param(
            {
                "saddle_sensory_change": False,
                "bladder_dysfunction": False,
                "bowel_dysfunction": False,
            },
            SAFETY_NET,
            id="all three recorded absent",
        ),
    ],
)
def test_root_pain_of_both_legs_asks_until_all_three_are_absent(
    answers: dict[str, bool], expected: str
) -> None:
    """Rows 5 and 6: absence of a record never reassures."""
    recorded = [noted(finding, value=value) for finding, value in answers.items()]
    assert state(sciatica("L"), sciatica("R"), *recorded) == expected


def test_two_sides_recorded_far_apart_are_not_bilateral() -> None:
    """Ruling 38: two one-sided entries at most 14 days apart."""
    assert state(sciatica("L"), sciatica("R", recorded=day_ago(14))) == ASK
    assert state(sciatica("L"), sciatica("R", recorded=day_ago(16))) is None


def test_bilateral_root_pain_recorded_for_years_is_not_new() -> None:
    """Ruling 38: the earliest record decides; beyond 90 days it asks only when worsening."""
    chronic = (
        sciatica("L"),
        sciatica("R"),
        sciatica("L", recorded=day_ago(500)),
        sciatica("R", recorded=day_ago(500)),
    )
    assert state(*chronic) is None
    assert state(*chronic, noted("worsening_14d")) == ASK


def test_one_sided_root_pain_opens_nothing_here() -> None:
    """Row 7: silent; the radiculopathy card lists the questions."""
    assert state(sciatica("L")) is None
