"""Leg weakness: rows M1 to M6 (rulings 2, 15, 16, 17 and 56)."""

import pytest

from tests.spec.fhir_json import (
    RXNORM,
    Json,
    body_site,
    coding,
    concept,
    observation,
    own,
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.spec.signs import LOWER_LIMB
from tests.unit.record import advice, shown
from tests.unit.red_flag_record import concluded, grade, listed, problem, told

TOPIC = "leg_weakness"
ACUTE, ESTABLISHED = "leg-weakness-acute", "leg-weakness-established"
UNGRADED, BLOCKED = "leg-weakness-ungraded", "leg-weakness-after-injection"
NOTED, ELSEWHERE = "leg-weakness-noted", "leg-weakness-in-cauda-equina"
KNEE = snomed("72696002", "Knee region structure")


def state(*resources: Json) -> str | None:
    """The state of the topic, None when it does not open."""
    return concluded(TOPIC, *resources)


def weak(*, side: str = "L", onset: int | None = None, days: float = 0.1) -> Json:
    """A weak leg, ungraded."""
    return told("motor_deficit", side=side, onset=onset, days=days)


def block(hours: float) -> Json:
    """A joint injection so many hours ago."""
    return procedure(concept(own("sij_injection_48h")), ago(hours=hours))


def laminectomy(hours: float) -> Json:
    """A spinal operation so many hours ago."""
    return procedure(concept(snomed("260647003", "Total laminectomy")), ago(hours=hours))


def seen(hours: float, *, value: float | None = None) -> Json:
    """Weakness recorded so many hours ago, graded or not."""
    return grade(value, days=hours / 24) if value is not None else weak(days=hours / 24)


APIXABAN = resource(
    "MedicationRequest",
    status="active",
    intent="order",
    medicationCodeableConcept=concept(coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet")),
    authoredOn=day_ago(60),
)


@pytest.mark.parametrize("power", [0, 1, 2, 3])
def test_severe_new_weakness_is_an_emergency_without_any_pain(power: int) -> None:
    """Ruling 2 and row 4: MRC 3 or less of unknown or recent onset opens without coded pain."""
    advised = advice(grade(power))
    assert shown(advised) == [ACUTE]
    assert advised.cards[0].indicator == "critical"


@pytest.mark.parametrize(("final", "expected"), [(None, ACUTE), (5, ACUTE)])
def test_a_preliminary_grade_counts_for_the_emergency(final: float | None, expected: str) -> None:
    """Ruling 27: a preliminary grade of 2 is reported, also where full power was noted before."""
    before = [grade(final, days=2)] if final is not None else []
    assert state(grade(2, status="preliminary"), *before) == expected


def test_preliminary_full_power_does_not_hide_a_final_grade() -> None:
    """Ruling 27: what is preliminary is no absence."""
    assert state(grade(5, status="preliminary"), grade(2, days=1)) == ACUTE


@pytest.mark.parametrize(("power", "expected"), [(3, ACUTE), (3.5, NOTED), (4, NOTED), (5, None)])
def test_power_above_three_is_not_severe(power: float, expected: str | None) -> None:
    """Rows 2 and 6: MRC 4 stable counts in the root examination; 5 is no deficit."""
    assert state(grade(power)) == expected


@pytest.mark.parametrize(("onset", "expected"), [(13, ACUTE), (14, ACUTE), (15, ESTABLISHED)])
def test_weakness_is_acute_for_fourteen_days(onset: int, expected: str) -> None:
    """Rows 4 and 5: the onset decides."""
    assert state(weak(onset=onset), grade(2)) == expected


def test_an_established_weakness_is_a_warning() -> None:
    """Row 5."""
    advised = advice(weak(onset=40), grade(3))
    assert shown(advised) == [ESTABLISHED]
    assert advised.cards[0].indicator == "warning"


def test_an_established_weakness_holds_the_joint_tests() -> None:
    """The deferral matrix: weakness first, root findings stay."""
    buttock = told("buttock_pain", side="L", onset=40)
    advised = advice(buttock, told("leg_pain", side="L", onset=40), weak(onset=40), grade(3))
    assert shown(advised) == [ESTABLISHED, "radiculopathy-supported"]
    assert "Deferred because leg weakness comes first" in advised.cards[0].detail


def test_weakness_on_the_other_leg_counts() -> None:
    """Row 2: the side is not matched; weakness may be painless or mis-sided."""
    pain = told("leg_pain", side="R", onset=12)
    assert state(pain, grade(2, side="L")) == ACUTE


@pytest.mark.parametrize(("days", "expected"), [(29, ESTABLISHED), (30, ESTABLISHED), (31, None)])
def test_a_grade_counts_for_thirty_days(days: int, expected: str | None) -> None:
    """Power is read for 30 days."""
    assert state(grade(2, days=days)) == expected


@pytest.mark.parametrize(("earlier", "now"), [(4, 3), (5, 4), (4, 3.0), (3, 2)])
def test_a_falling_grade_is_progressive(earlier: float, now: float) -> None:
    """Row 4: one grade lower within 90 days is progressive, whatever the onset and the grade."""
    assert state(grade(earlier, days=80), grade(now), weak(onset=85)) == ACUTE


@pytest.mark.parametrize(("days", "expected"), [(89, ACUTE), (90, ACUTE), (91, NOTED)])
def test_grades_are_compared_over_ninety_days(days: int, expected: str) -> None:
    """Row 4: an older grade no longer compares."""
    assert state(grade(5, days=days), grade(4), weak(onset=95)) == expected


@pytest.mark.parametrize(("earlier", "now"), [(4, 4), (3.5, 4), (4, 3.5)])
def test_a_steady_or_rising_grade_is_not_progressive(earlier: float, now: float) -> None:
    """Less than one grade lower is no fall."""
    assert state(grade(earlier, days=80), grade(now), weak(onset=85)) == NOTED


def test_grades_of_different_muscles_are_not_compared() -> None:
    """The fall must be of one muscle, as far as code and site tell."""
    knee = observation(
        "exam",
        concept(own("mrc")),
        effectiveDateTime=ago(days=20),
        bodySite=body_site(KNEE, "L"),
        valueQuantity=quantity(5, None, "{score}"),
    )
    assert state(knee, grade(4), weak(onset=40)) == NOTED
    assert state(knee, grade(4), grade(5, days=20), weak(onset=40)) == ACUTE


def test_the_weakest_grade_of_an_examination_counts() -> None:
    """Several grades of one instant are several muscles."""
    assert state(grade(5), grade(2)) == ACUTE


@pytest.mark.parametrize(
    "worse",
    [
        told("motor_progressive", side="L"),
        weak(onset=60) | {"interpretation": [concept(coding("", "W"))]},
    ],
    ids=["coded", "interpretation"],
)
def test_weakness_recorded_as_worse_is_an_emergency(worse: Json) -> None:
    """Row 4 and ruling 28: progressive by its code or by an entry that says worse."""
    assert state(weak(onset=60), grade(4)) == NOTED
    assert state(weak(onset=60), grade(4), worse) == ACUTE


@pytest.mark.parametrize("code", ["M21.371", "M21.372", "M21.379"])
@pytest.mark.parametrize(("onset", "expected"), [(2, ACUTE), (14, ACUTE), (15, ESTABLISHED)])
def test_a_foot_drop_code_is_severe(code: str, onset: int, expected: str) -> None:
    """Ruling 16: a foot-drop code says MRC 3 or less by itself."""
    assert state(problem(code, onset=onset)) == expected


@pytest.mark.parametrize("code", ["6077001", "27253007"])
def test_a_foot_drop_by_its_snomed_code_is_severe(code: str) -> None:
    """Ruling 16: the SNOMED CT codes say the same."""
    advised = advice(listed(code))
    assert shown(advised) == [ACUTE]
    assert "foot-drop code" in advised.cards[0].detail


def test_a_measured_grade_overrules_the_foot_drop_code() -> None:
    """Somebody graded it: MRC 4 is MRC 4."""
    graded = advice(problem("M21.372", onset=2), grade(4))
    assert ACUTE not in shown(graded)


@pytest.mark.parametrize(
    ("onset", "expected"),
    [(None, UNGRADED), (2, UNGRADED), (14, UNGRADED), (15, NOTED)],
)
def test_ungraded_weakness_is_to_be_graded_today(onset: int | None, expected: str) -> None:
    """Rulings 16 and 56: recent weakness without a grade is a warning."""
    assert state(weak(onset=onset)) == expected


def test_the_card_of_an_ungraded_weakness() -> None:
    """Ruling 56: warning, with this summary."""
    card = advice(weak()).cards[0]
    assert card.id == UNGRADED
    assert card.indicator == "warning"
    assert card.summary == (
        "Leg weakness recorded without a grade: grade it today; "
        "MRC 3 or less, or worsening, needs same-day spinal review."
    )


@pytest.mark.parametrize(("recorded", "expected"), [(90, ESTABLISHED), (91, NOTED)])
def test_an_older_record_of_the_family_makes_it_long_standing(recorded: int, expected: str) -> None:
    """Ruling 16: a problem of the family recorded more than 90 days ago: no re-record noise."""
    again, first = problem("M21.372"), problem("M21.372", recorded=recorded)
    assert state(again) == ACUTE
    assert state(again, first) == expected


def test_a_long_standing_deficit_is_no_emergency() -> None:
    """Row 6: documented as long-standing and stable, whatever the grade."""
    old = told("motor_longstanding_stable", side="L")
    assert state(grade(2), weak(), old) == NOTED
    assert shown(advice(grade(2), weak(), old)) == []


def test_a_long_standing_deficit_that_gets_worse_is_one() -> None:
    """Row 4: progressive comes first, and the card says that it was old."""
    old = told("motor_longstanding_stable", side="L")
    advised = advice(grade(2), weak(), old, told("motor_progressive", side="L"))
    assert shown(advised) == [ACUTE]
    assert "documented as long-standing" in advised.cards[0].detail


@pytest.mark.parametrize("code", ["G81.92", "G82.20", "G83.12"])
@pytest.mark.parametrize(("onset", "expected"), [(91, NOTED), (2000, NOTED), (10, UNGRADED)])
def test_paralysis_codes_are_long_standing_unless_new(code: str, onset: int, expected: str) -> None:
    """Ruling 16: G81, G82 and G83.1 are long-standing unless they began within 90 days."""
    entry = problem(code, onset=onset)
    assert state(entry) == expected
    assert "cauda-equina-suspected" not in shown(advice(entry, problem("R32", onset=2000)))


def test_the_sequel_of_a_stroke_explains_a_weak_leg() -> None:
    """Ruling 16: I69.x is long-standing weakness."""
    stroke = problem("I69.352", onset=800, recorded=800)
    assert state(grade(2), weak()) == ACUTE
    assert state(grade(2), weak(), stroke) == NOTED


@pytest.mark.parametrize("code", ["R53.1", "M62.81", "R29.898"])
def test_general_weakness_codes_need_a_leg(code: str) -> None:
    """Ruling 15: weak rows count with a leg as body site, ungraded."""
    assert state(problem(code)) is None
    assert state(problem(code, bodySite=[concept(LOWER_LIMB)])) == UNGRADED


def test_recovered_power_ends_the_episode() -> None:
    """Weakness after power was recorded normal is a new episode."""
    before, normal = weak(days=60), grade(5, days=40)
    assert state(before, grade(2)) == ESTABLISHED
    assert state(before, told("motor_deficit", value=False, side="L", days=40), grade(2)) == ACUTE
    assert state(before, normal, weak(), grade(2)) == ACUTE


def test_cauda_equina_comes_first() -> None:
    """Row 1: handled there."""
    both = [grade(2, side="L"), grade(2, side="R")]
    advised = advice(*both)
    assert shown(advised) == ["cauda-equina-suspected"]
    assert state(*both) == ELSEWHERE


@pytest.mark.parametrize("power", [None, 2, 4])
def test_a_block_explains_the_weakness_after_it(power: float | None) -> None:
    """Row 3: a joint block within 48 h, one leg, not progressive."""
    advised = advice(block(3), seen(1, value=power))
    assert shown(advised) == [BLOCKED]
    assert advised.cards[0].indicator == "info"


@pytest.mark.parametrize(
    ("given", "recorded", "expected"),
    [
        (37, 1, BLOCKED),
        (38, 1, ACUTE),
        (47, 12, BLOCKED),
        (47, 10, ACUTE),
        (48, 12.1, BLOCKED),
        (49, 14, ACUTE),
    ],
)
def test_a_block_wears_off(given: float, recorded: float, expected: str) -> None:
    """Ruling 17: weakness still recorded more than 36 h after the block is not explained by it.

    Beyond 48 h the block is not looked at, and MRC 2 is judged as such.
    """
    assert state(block(given), seen(recorded, value=2)) == expected


def test_weakness_that_outlasts_a_block_is_an_emergency_whatever_its_grade() -> None:
    """Ruling 17: it goes to row 4, graded or not."""
    assert state(block(47), seen(2)) == ACUTE
    assert state(block(47), seen(2, value=4)) == ACUTE
    assert state(block(49), seen(2, value=4)) == NOTED


def test_dates_without_times_explain_nothing_they_cannot_prove() -> None:
    """A block of yesterday and weakness of today may lie more than 36 h apart."""
    yesterday = procedure(concept(own("sij_injection_48h")), day_ago(1))
    today = procedure(concept(own("sij_injection_48h")), day_ago(0))
    assert state(yesterday, seen(1)) == ACUTE
    assert state(today, seen(1)) == BLOCKED


def test_an_anticoagulant_takes_the_explanation_away() -> None:
    """Ruling 17: an epidural hematoma is not written off as a block."""
    assert state(block(3), seen(1, value=4)) == BLOCKED
    assert state(block(3), seen(1, value=4), APIXABAN) == ACUTE


@pytest.mark.parametrize("power", [None, 1, 4])
def test_a_spinal_procedure_never_explains_the_weakness(power: float | None) -> None:
    """Ruling 17: after a neuraxial procedure it goes to row 4."""
    assert state(laminectomy(30), seen(1, value=power)) == ACUTE
    assert state(block(3), laminectomy(30), seen(1, value=power)) == ACUTE


def test_weakness_of_both_legs_is_never_explained() -> None:
    """Ruling 17: a block weakens one leg; an emergency MRI already ordered changes nothing."""
    ordered = told("ces_mri_requested", days=0.01)
    both = told("motor_deficit", side="B", days=0.05)
    assert state(block(3), both, ordered) == ACUTE
    left, right = weak(side="L", days=0.05), weak(side="R", days=0.05)
    advised = advice(block(3), left, right, ordered)
    assert state(block(3), left, right, ordered) == ACUTE
    assert "The other leg is weak too" in advised.cards[0].detail


def test_a_progressive_weakness_is_never_explained() -> None:
    """Row 3: not progressive."""
    assert state(block(3), seen(1), told("motor_progressive", side="L")) == ACUTE


@pytest.mark.parametrize(("onset", "expected"), [(1, ESTABLISHED), (0, BLOCKED)])
def test_weakness_that_was_there_before_has_nothing_to_do_with_the_block(
    onset: int, expected: str
) -> None:
    """A block explains only what came after it."""
    began = weak(onset=onset + 15) if onset else weak(onset=0)
    assert state(block(3), began, grade(3)) == expected


def test_an_old_weakness_is_not_the_block_either() -> None:
    """A long-standing deficit stays what it is."""
    old = told("motor_longstanding_stable", side="L")
    assert state(laminectomy(30), weak(), old) == NOTED


def test_an_undated_weakness_is_taken_as_after_the_block() -> None:
    """Nobody knows when it began, so the block is weighed."""
    undated = problem("M21.372", recorded=None, visit=True)
    advised = advice(block(3), undated, encounter="visit-1")
    assert shown(advised) == [BLOCKED]


@pytest.mark.parametrize("named", [weak(side="R"), grade(2, side="R")], ids=["told", "graded"])
@pytest.mark.parametrize("unsided", [told("motor_deficit", days=1), told("motor_progressive")])
def test_the_leg_that_is_named_is_told(named: Json, unsided: Json) -> None:
    """What names no leg fits either, so the leg with entries of its own is meant."""
    (card,) = (card for card in advice(named, unsided).cards if card.topic == TOPIC)
    assert card.placed
    assert "right" in card.detail
    assert card.placed.assessment.findings[0].side != "left"


def test_the_more_urgent_leg_is_shown() -> None:
    """Two weak legs: the acute one speaks; weakness of the other is named."""
    stable = told("motor_longstanding_stable", side="R")
    advised = advice(grade(2, side="L"), grade(2, side="R"), stable)
    assert shown(advised) == [ACUTE]
    assert "left leg" in advised.cards[0].summary


def test_the_card_shows_muscle_grade_and_questions() -> None:
    """The reasons carry the grade with its date; what is not recorded is to be asked."""
    graded, answered = advice(grade(2)).cards[0], advice(grade(3, days=1), weak()).cards[0]
    assert graded.id == answered.id == ACUTE
    assert "reduced power (left 2)" in graded.detail
    assert "power grade (MRC) (left 3)" in answered.detail
    assert "saddle sensory change: not recorded" in graded.detail
    assert "Ask what is not known above" in graded.detail


def test_answered_questions_are_not_asked_again() -> None:
    """With saddle, bladder, bowel and sexual function recorded, nothing is left to ask."""
    answers = [
        told(name, value=False)
        for name in (
            "saddle_sensory_change",
            "bladder_dysfunction",
            "bowel_dysfunction",
            "sexual_dysfunction",
        )
    ]
    detail = advice(grade(2), *answers).cards[0].detail
    assert "**Not known**" not in detail
    assert "Ask what is not known above" not in detail


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("18946005", id="epidural anesthesia"),
        pytest.param("277762005", id="lumbar puncture"),
    ],
)
def test_a_needle_near_the_cord_never_explains_the_weakness(code: str) -> None:
    """Ruling 17: epidural, spinal and other neuraxial procedures lead to row 4."""
    needle = procedure(concept(snomed(code, "")), ago(hours=30))
    assert state(needle, seen(1, value=4)) == ACUTE
    assert state(block(3), needle, seen(1, value=4)) == ACUTE


def test_the_anticoagulant_stands_among_the_reasons() -> None:
    """Ruling 17: the epidural 30 hours ago on apixaban: the card names the drug."""
    needle = procedure(concept(snomed("18946005", "Epidural anesthesia")), ago(hours=30))
    found = advice(needle, seen(1, value=1), APIXABAN).cards[0]
    assert found.id == ACUTE
    assert "anticoagulant: “apixaban 5 MG Oral Tablet”" in found.detail


def test_the_anticoagulant_goes_with_the_weakness_to_cauda_equina() -> None:
    """Ruling 17, row 1: the card that takes the weakness over names the drug as well."""
    advised = advice(grade(2, side="L"), grade(2, side="R"), APIXABAN)
    assert shown(advised) == ["cauda-equina-suspected"]
    assert "anticoagulant: “apixaban 5 MG Oral Tablet”" in advised.cards[0].detail


def test_the_card_says_since_when_beside_the_grade() -> None:
    """Power graded today, the foot drop dated by its diagnosis: both are reasons."""
    detail = advice(problem("M21.372", onset=3, recorded=1), grade(2)).cards[0].detail
    assert "reduced power (left 2) · left · 20 Nov 2026" in detail
    assert "reduced power · left · since 17 Nov 2026" in detail
