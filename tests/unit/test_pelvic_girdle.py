"""Pelvic girdle: rows of table PGP, who opens it (rulings 23, 25, 53), and what withholds it."""

from itertools import product
from typing import Any

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Person, Statement, Status
from cds_service.clinical.finding import Unknown
from cds_service.clinical.side import Side
from cds_service.clinical.topics import pelvic_girdle
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
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago as told_ago
from tests.spec.moments import birth_date, day_ago
from tests.unit.record import (
    AS_OF,
    advice,
    ago,
    day,
    found,
    library,
    measured,
    on,
    patient,
    said,
    shown,
    states,
)
from tests.unit.red_flag_record import grade, listed, problem, state_of, told

TOPIC = "pelvic_girdle"
L, R, B = Side.LEFT, Side.RIGHT, Side.BOTH
P, A, U = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
P4 = "sij_thigh_thrust"
OTHERS = (
    "sij_faber",
    "sij_gaenslen",
    "mod_trendelenburg",
    "ldl_palpation",
    "symphysis_palpation",
    "aslr",
)
TESTS = (P4, *OTHERS)
CORE = (P4, "sij_faber", "aslr")
PAIN = said("posterior_pelvic_pain", side=L)
PREGNANT = said("reader:edd", U, when=ago(days=30), moment_value=day(-60))


def decided(*statements: Statement, **more: Any) -> Assessment | None:
    """What the table concludes of a pregnant woman, None when it does not open."""
    entries = found(PREGNANT, *statements, **more)
    conclusions = pelvic_girdle.assess(entries, library().rulebook, ())
    return conclusions[0] if conclusions else None


def row(*statements: Statement, **more: Any) -> str | None:
    """The row that decides."""
    conclusion = decided(*statements, **more)
    return conclusion.row.id if conclusion else None


def notes(*statements: Statement, **more: Any) -> set[str]:
    """The sentences that the record calls for."""
    conclusion = decided(*statements, **more)
    assert conclusion is not None
    return {note.id for note in conclusion.notes}


def results(*present: str, absent: tuple[str, ...] = (), side: Side = L) -> list[Statement]:
    """Results of tests on one side."""
    return [said(name, side=side) for name in present] + [
        said(name, A, side=side) for name in absent
    ]


# ── the rows ─────────────────────────────────────────────────────────────────


def test_nothing_recorded_asks_for_the_tests() -> None:
    """Row PGP1: all seven are asked for, the decisive ones first."""
    conclusion = decided(PAIN)
    assert conclusion is not None
    assert (conclusion.row.id, conclusion.state) == ("PGP1", "pelvic-girdle-examine")
    assert set(conclusion.missing) == set(TESTS)
    assert set(conclusion.missing[:3]) == set(CORE)


def test_p4_alone_supports() -> None:
    """Row PGP2: P4 positive whatever the others say."""
    assert row(PAIN, *results(P4)) == "PGP2"
    assert row(PAIN, *results(P4, absent=OTHERS)) == "PGP2"


@pytest.mark.parametrize("test", OTHERS)
def test_one_other_positive_is_not_enough(test: str) -> None:
    """Row PGP4: below two, at two the others support without P4."""
    assert row(PAIN, *results(test)) == "PGP4"
    second = next(other for other in OTHERS if other != test)
    assert row(PAIN, *results(test, second)) == "PGP2"
    assert row(PAIN, *results(test, second, absent=(P4,))) == "PGP2"


def test_three_others_support_too() -> None:
    """Row PGP2 above its limit."""
    assert row(PAIN, *results(*OTHERS[:3], absent=(P4,))) == "PGP2"


def test_all_seven_negative_is_negative() -> None:
    """Row PGP3-complete: nothing is left to ask for."""
    conclusion = decided(PAIN, *results(absent=TESTS))
    assert conclusion is not None
    assert (conclusion.row.id, conclusion.state) == ("PGP3-complete", "pelvic-girdle-negative")
    assert conclusion.missing == ()


def test_the_core_negative_is_negative_so_far() -> None:
    """Row PGP3: P4, FABER and ASLR negative with nothing positive; the rest is named as open."""
    conclusion = decided(PAIN, *results(absent=CORE))
    assert conclusion is not None
    assert (conclusion.row.id, conclusion.state) == ("PGP3", "pelvic-girdle-negative")
    assert set(conclusion.missing) == set(TESTS) - set(CORE)


@pytest.mark.parametrize("missing", CORE)
def test_two_of_the_core_are_not_enough(missing: str) -> None:
    """Row PGP4: each of P4, FABER and ASLR must be recorded negative; unknown is not negative."""
    rest = tuple(name for name in TESTS if name != missing)
    assert row(PAIN, *results(absent=rest)) == "PGP4"


@pytest.mark.parametrize("test", ["sij_gaenslen", "mod_trendelenburg", "ldl_palpation"])
def test_one_positive_keeps_the_core_from_closing(test: str) -> None:
    """Row PGP3 needs that nothing is positive."""
    assert row(PAIN, *results(test, absent=CORE)) == "PGP4"


def test_all_done_and_one_positive_leaves_nothing_to_do() -> None:
    """Row PGP4-none-left: otherwise, and no test left; the card offers none."""
    rest = tuple(name for name in TESTS if name != "ldl_palpation")
    conclusion = decided(PAIN, *results("ldl_palpation", absent=rest))
    assert conclusion is not None
    assert (conclusion.row.id, conclusion.state) == ("PGP4-none-left", "pelvic-girdle-continue")
    assert library().cards["pelvic-girdle-continue"].variant["none-left"].offer == ()


def expected(given: dict[str, Status]) -> str:
    """The state by the table of the clinical document, read row by row."""
    values = list(given.values())
    if values.count(U) == len(values):
        return "pelvic-girdle-examine"
    if given[P4] is P or sum(given[name] is P for name in OTHERS) >= 2:
        return "pelvic-girdle-supported"
    if all(given[name] is A for name in CORE) and P not in values:
        return "pelvic-girdle-negative"
    return "pelvic-girdle-continue"


def test_every_combination_of_results_follows_the_table() -> None:
    """All 3^7 = 2,187 combinations: the state is the document's, and missing what is unknown."""
    for values in product((P, A, U), repeat=len(TESTS)):
        given = dict(zip(TESTS, values, strict=True))
        statements = [said(name, value, side=L) for name, value in given.items() if value is not U]
        conclusion = decided(PAIN, *statements)
        assert conclusion is not None
        assert conclusion.state == expected(given)
        assert set(conclusion.missing) == {name for name in TESTS if given[name] is U}


# ── who opens the table ──────────────────────────────────────────────────────


@pytest.mark.parametrize("pain", ["posterior_pelvic_pain", "buttock_pain", "groin_pain"])
def test_each_pain_of_the_pelvis_opens_it(pain: str) -> None:
    """Ruling 53: posterior pelvic, buttock or groin pain."""
    assert row(said(pain, side=L)) == "PGP1"


@pytest.mark.parametrize("pain", ["low_back_pain", "leg_pain", "calf_pain"])
def test_other_pain_does_not_open_it(pain: str) -> None:
    """Ruling 53: back, leg and calf pain are others' business."""
    assert row(said(pain, side=L)) is None


@pytest.mark.parametrize(("days", "expected_row"), [(89, "PGP1"), (90, "PGP1"), (91, None)])
def test_pain_counts_for_ninety_days(days: int, expected_row: str | None) -> None:
    """The window of a complaint, at -1, 0 and +1 day."""
    assert row(said("groin_pain", when=day(days))) == expected_row


def test_without_pregnancy_or_birth_it_stays_shut() -> None:
    """No pregnancy and no delivery on record: the joint's table speaks."""
    entries = found(PAIN)
    assert pelvic_girdle.assess(entries, library().rulebook, ()) == ()


def test_pain_that_was_denied_opens_nothing() -> None:
    """Recorded absent."""
    assert row(said("groin_pain", A)) is None


def born(years: int, *, month: int = 4) -> Person:
    """Somebody who turned so many years old this spring, or will in a later month."""
    when = AS_OF.date().replace(year=AS_OF.year - years, month=month, day=17)
    return Person(birth=on(when), male=False, deceased=False)


@pytest.mark.parametrize(("years", "opens"), [(15, False), (16, True), (17, True)])
def test_the_table_is_for_adults(years: int, *, opens: bool) -> None:
    """Rows of G2: below, at and above 16 years; the table keeps the limit itself (ruling 53)."""
    assert (row(PAIN, person=born(years)) is not None) is opens


def test_sixteen_counts_from_the_birthday() -> None:
    """Turning 16 next month is 15."""
    assert row(PAIN, person=born(16, month=12)) is None


def test_an_unknown_age_counts_as_adult_and_is_said() -> None:
    """Ruling 44: age not recorded."""
    nobody = Person(birth=None, male=False, deceased=False)
    assert row(PAIN, person=nobody) == "PGP1"
    assert "age-not-recorded" in notes(PAIN, person=nobody)


# ── pregnancy and birth on record ────────────────────────────────────────────

GROIN = told("groin_pain", side="L", onset=20)


def opened(*resources: Json, **more: Any) -> bool:
    """Whether a chart with groin pain opens the table."""
    return state_of(TOPIC, advice(GROIN, *resources, **more)) is not None


def due(days: int) -> Json:
    """An expected date of delivery so many days ahead."""
    return observation(
        "survey",
        concept(coding(LOINC, "11778-8")),
        effectiveDateTime=day_ago(20),
        valueDateTime=day_ago(-days),
    )


def birth(days: int) -> Json:
    """A delivery so many days ago."""
    return procedure(concept(snomed("177184002", "Normal delivery procedure")), day_ago(days))


STATUS = observation(
    "survey",
    concept(coding(LOINC, "82810-3")),
    effectiveDateTime=day_ago(20),
    valueCodeableConcept=concept(snomed("77386006", "Pregnant")),
)


@pytest.mark.parametrize(("days", "opens"), [(-15, False), (-14, True), (60, True), (300, True)])
def test_a_due_date_is_pregnancy(days: int, *, opens: bool) -> None:
    """Ruling 25: from 14 days past to 300 ahead."""
    assert opened(due(days)) is opens


@pytest.mark.parametrize(("days", "opens"), [(0, True), (729, True), (730, True), (731, False)])
def test_a_delivery_counts_for_two_years(days: int, *, opens: bool) -> None:
    """Ruling 53: within 24 months of delivery, at -1, 0 and +1 day."""
    assert opened(birth(days)) is opens


@pytest.mark.parametrize(("days", "opens"), [(729, True), (730, True), (731, False)])
def test_the_date_of_birth_counts_not_its_last_record(days: int, *, opens: bool) -> None:
    """Ruling 25: an old delivery written down again is an old delivery."""
    outcome = condition(
        concept(icd("Z37.0", "Single live birth")),
        onsetDateTime=day_ago(days),
        recordedDate=day_ago(3),
    )
    assert opened(outcome) is opens


def test_a_later_not_pregnant_closes_it() -> None:
    """Ruling 25: the newer answer ends an undated pregnancy."""
    later = STATUS | {
        "effectiveDateTime": day_ago(2),
        "valueCodeableConcept": concept(snomed("60001007", "Not pregnant")),
    }
    assert opened(STATUS)
    assert not opened(STATUS, later)


def test_a_stray_entry_in_a_male_chart_is_not_used() -> None:
    """Ruling 25: one undated entry is not enough in a man's chart, a due date is."""
    man = patient(gender="male")
    assert not opened(STATUS, patient=man)
    assert opened(due(60), patient=man)


def test_bony_pelvic_pain_counts_here() -> None:
    """Ruling 23: 203508001 is posterior pelvic pain in pregnancy and after birth only."""
    bony = listed("203508001")
    for alone, expecting in ((advice(bony), False), (advice(bony, due(60)), True)):
        assert (state_of(TOPIC, alone) == "pelvic-girdle-examine") is expecting
    assert state_of(TOPIC, advice(listed("203508001", recordedDate=day_ago(91)), due(60))) is None
    resolved = listed("203508001", clinical="resolved")
    assert state_of(TOPIC, advice(resolved, due(60))) is None


def test_another_weak_code_does_not_count_here() -> None:
    """Ruling 23: only that code; spinal instability of any level (WHO M53.2) stays weak."""
    who = coding("http://hl7.org/fhir/sid/icd-10", "M53.2")
    instability = condition(concept(who), recordedDate=day_ago(1))
    assert state_of(TOPIC, advice(instability, due(60))) is None


# ── groin pain alone ─────────────────────────────────────────────────────────


def test_groin_pain_alone_opens_nothing_else() -> None:
    """Ruling 53: the gate stays shut for every other table, pregnant or not."""
    assert states(advice(GROIN)) == {"gate": "gate-silent", "dvt": "silent-no-trigger"}
    expecting = states(advice(GROIN, due(60)))
    assert expecting == {
        "gate": "gate-silent",
        "dvt": "silent-no-trigger",
        TOPIC: "pelvic-girdle-examine",
    }


def test_back_pain_beside_groin_pain_keeps_the_support_tables_shut() -> None:
    """Rulings 53 and G3: low back pain only, yet the girdle speaks."""
    found_states = states(advice(told("low_back_pain", onset=9), GROIN, due(60)))
    assert found_states["gate"] == "low-back-pain-only"
    assert found_states[TOPIC] == "pelvic-girdle-examine"
    assert "sij" not in found_states


def test_a_pregnant_child_stays_with_the_child_table() -> None:
    """Row G2: below 16 the girdle is silent, also where groin pain passed no gate."""
    child = patient(birthDate=birth_date(15))
    assert state_of(TOPIC, advice(GROIN, due(60), patient=child)) is None


def test_a_deceased_patient_gets_nothing() -> None:
    """Row G0."""
    gone = patient(deceasedBoolean=True)
    assert states(advice(GROIN, due(60), patient=gone)) == {"gate": "silent-deceased"}


# ── sides ────────────────────────────────────────────────────────────────────


def test_left_and_right_are_never_added() -> None:
    """Ruling 52: one positive left and one right are not two."""
    one_each = [*results("sij_faber"), *results("ldl_palpation", side=R)]
    assert row(PAIN, *one_each) == "PGP4"
    assert row(PAIN, *results("sij_faber", "ldl_palpation")) == "PGP2"


def test_a_test_without_side_counts_for_the_painful_side() -> None:
    """The symphysis is palpated in the middle; unsided matches either side."""
    assert row(PAIN, said("symphysis_palpation"), *results("sij_faber")) == "PGP2"
    assert row(PAIN, said("symphysis_palpation", side=B), *results("sij_faber")) == "PGP2"


def test_a_positive_test_of_the_other_side_is_named_not_counted() -> None:
    """Ruling 52: P4 of the right does not support the left."""
    assert row(PAIN, *results(P4, side=R)) == "PGP1"
    assert "other-side-tests" in notes(PAIN, *results(P4, side=R))


@pytest.mark.parametrize(
    ("left", "right", "side", "row_"),
    [
        ((P4,), (), L, "PGP2"),
        ((), (P4,), R, "PGP2"),
        (("ldl_palpation",), (), L, "PGP4"),
    ],
)
def test_both_sides_hurt(
    left: tuple[str, ...], right: tuple[str, ...], side: Side, row_: str
) -> None:
    """Each side by itself; the one that says more is shown and the other named."""
    pain = said("posterior_pelvic_pain", side=B)
    given = (pain, *results(*left), *results(*right, side=R))
    conclusion = decided(*given)
    assert conclusion is not None
    assert (conclusion.side, conclusion.row.id) == (side, row_)
    assert "other-side" in notes(*given)


def test_both_sides_alike_are_named_when_they_were_tested() -> None:
    """Two results are two findings, even where they lead to the same row."""
    pain = said("posterior_pelvic_pain", side=B)
    conclusion = decided(pain, *results(P4), *results(P4, side=R))
    assert conclusion is not None
    assert (conclusion.side, conclusion.row.id) == (L, "PGP2")
    assert "other-side" in {note.id for note in conclusion.notes}


def test_both_sides_without_tests_are_told_as_one() -> None:
    """Nothing recorded on either side: one question for both."""
    conclusion = decided(said("buttock_pain", side=L), said("buttock_pain", side=R))
    assert conclusion is not None
    assert (conclusion.side, conclusion.row.id) == (B, "PGP1")
    assert "other-side" not in {note.id for note in conclusion.notes}


def test_pain_without_side_is_assessed_where_it_was_tested() -> None:
    """The tested side; without tests the side is said to be missing."""
    unsided = said("groin_pain")
    conclusion = decided(unsided, *results(P4, side=R))
    assert conclusion is not None
    assert conclusion.side is R
    assert "side-not-recorded" not in notes(unsided, *results(P4, side=R))
    assert "side-not-recorded" in notes(unsided)


# ── windows, doubts, contradictions ──────────────────────────────────────────


@pytest.mark.parametrize(("days", "expected_row"), [(89, "PGP2"), (90, "PGP2"), (91, "PGP1")])
def test_a_test_counts_for_ninety_days(days: int, expected_row: str) -> None:
    """Examination tests at -1, 0 and +1 day; an older one is named with its date."""
    tested = said(P4, when=day(days), side=L)
    assert row(PAIN, tested) == expected_row
    assert ("old-tests" in notes(PAIN, tested)) is (expected_row == "PGP1")


def test_a_contradiction_is_unknown_and_named() -> None:
    """Ruling 27: positive and negative at one instant is neither, and not "none recorded"."""
    both = [*results(P4), *results(absent=(P4,))]
    assert row(PAIN, *both) == "PGP4"
    assert "conflicting-test" in notes(PAIN, *both)


@pytest.mark.parametrize(
    "doubtful",
    [
        said(P4, side=L, preliminary=True),
        said(P4, side=L, suspected=True),
        said(P4, side=L, issued_only=True),
    ],
    ids=["preliminary", "suspected", "issued only"],
)
def test_a_doubtful_test_is_unknown(doubtful: Statement) -> None:
    """Ruling 27: preliminary, provisional or undated observation decides no test."""
    assert row(PAIN, doubtful) == "PGP1"


def test_the_newer_result_counts() -> None:
    """P4 negative last month, positive today."""
    older = said(P4, A, when=ago(days=30), side=L)
    assert row(PAIN, older, *results(P4)) == "PGP2"


# ── the scored leg raise ─────────────────────────────────────────────────────


def score(value: float, when: float = 0) -> Statement:
    """An active straight-leg raise scored so many days ago."""
    return measured("aslr", value, when=ago(days=when), side=L, source=f"Observation/{value}")


@pytest.mark.parametrize(("value", "row_"), [(0, "PGP4"), (0.9, "PGP4"), (1, "PGP2"), (10, "PGP2")])
def test_a_score_from_one_on_is_positive(value: float, row_: str) -> None:
    """Mens 2012: the cut lies between 0 and 1; beside FABER it makes two."""
    assert row(PAIN, *results("sij_faber"), score(value)) == row_


def test_a_score_of_nought_is_negative() -> None:
    """It is recorded: with P4 and FABER it closes the core."""
    assert row(PAIN, *results(absent=(P4, "sij_faber"))) == "PGP4"
    assert row(PAIN, *results(absent=(P4, "sij_faber")), score(0)) == "PGP3"


def test_the_later_of_answer_and_score_counts() -> None:
    """Whichever was recorded last."""
    faber, answer = results("sij_faber"), said("aslr", A, when=ago(days=5), side=L)
    assert row(PAIN, *faber, answer, score(4, when=2)) == "PGP2"
    assert row(PAIN, *faber, answer, score(4, when=9)) == "PGP4"
    assert row(PAIN, *faber, said("aslr", when=ago(days=5), side=L), score(0, when=2)) == "PGP4"


def test_answer_and_score_at_one_time_must_agree() -> None:
    """Ruling 27: else it is unknown, and named as contradictory."""
    faber, answered = results("sij_faber"), said("aslr", side=L)
    assert row(PAIN, *faber, answered, score(3)) == "PGP2"
    assert row(PAIN, *faber, answered, score(0)) == "PGP4"
    assert "conflicting-test" in notes(PAIN, *faber, answered, score(0))
    assert "conflicting-test" not in notes(PAIN, *faber, answered, score(3))


def test_a_contradiction_is_settled_by_a_later_score() -> None:
    """Two answers of last week contradict each other, a score of today decides."""
    both = [said("aslr", value, when=ago(days=7), side=L) for value in (P, A)]
    assert row(PAIN, *results("sij_faber"), *both, score(2)) == "PGP2"
    assert row(PAIN, *results("sij_faber"), *both, score(2, when=9)) == "PGP4"


@pytest.mark.parametrize(("days", "row_"), [(89, "PGP2"), (90, "PGP2"), (91, "PGP4")])
def test_a_score_counts_for_ninety_days(days: int, row_: str) -> None:
    """As the other tests, at -1, 0 and +1 day."""
    assert row(PAIN, *results("sij_faber"), score(2, when=days)) == row_


@pytest.mark.parametrize(
    ("value", "unit", "state"),
    [
        (2, "{score}", "pelvic-girdle-supported"),
        (2, None, "pelvic-girdle-supported"),
        (2, "1", "pelvic-girdle-supported"),
        (10, "{score}", "pelvic-girdle-supported"),
        (11, "{score}", "pelvic-girdle-continue"),
        (-1, "{score}", "pelvic-girdle-continue"),
        (2, "cm", "pelvic-girdle-continue"),
    ],
)
def test_a_score_needs_its_scale(value: float, unit: str | None, state: str) -> None:
    """Ruling 6: 0 to 10 without a unit or as a score; anything else is unknown."""
    raised = observation(
        "exam",
        concept(own("aslr")),
        effectiveDateTime=told_ago(hours=2),
        valueQuantity=quantity(value, None, unit),
    )
    given = (GROIN, due(60), told("sij_faber", side="L"), raised)
    assert state_of(TOPIC, advice(*given)) == state


# ── a prosthesis, and the sentences ──────────────────────────────────────────


def test_tests_over_a_prosthesis_are_not_asked_for_but_count() -> None:
    """P4, FABER and Gaenslen load the hip; recorded results count all the same."""
    hip = said("hip_arthroplasty", when=day(900), side=L)
    conclusion = decided(PAIN, hip)
    assert conclusion is not None
    assert set(conclusion.missing) == {
        "aslr",
        "mod_trendelenburg",
        "ldl_palpation",
        "symphysis_palpation",
    }
    assert "not-suggested-prosthesis" in notes(PAIN, hip)
    assert row(PAIN, hip, *results(P4)) == "PGP2"
    done = results(absent=("aslr", "mod_trendelenburg", "ldl_palpation", "symphysis_palpation"))
    assert row(PAIN, hip, *done) == "PGP4-none-left"


def test_the_other_hip_changes_nothing() -> None:
    """A prosthesis of the right hip and pain on the left."""
    hip = said("hip_arthroplasty", when=day(900), side=R)
    assert "not-suggested-prosthesis" not in notes(PAIN, hip)


def noted(*resources: Json, **more: Any) -> str:
    """The text of the girdle card."""
    return next(c.detail for c in advice(*resources, **more).cards if c.id.startswith("pelvic-"))


@pytest.mark.parametrize(
    ("event", "named"),
    [
        (due(60), True),
        (birth(41), True),
        (birth(42), True),
        (birth(43), False),
        (birth(400), False),
    ],
    ids=["pregnant", "41 days", "42 days", "43 days", "400 days"],
)
def test_the_iliac_veins_are_named_in_pregnancy_and_the_puerperium(
    event: Json, *, named: bool
) -> None:
    """Row D6a: the girdle card carries the line on iliac vein thrombosis."""
    assert ("iliac veins" in noted(GROIN, event)) is named


def test_every_card_carries_the_safety_net() -> None:
    """The sentence on emergencies, whatever the row."""
    for tests in ([], results(P4), results(absent=CORE), results(absent=TESTS)):
        assert "safety-net" in notes(PAIN, *tests)


def test_what_other_tables_settled_is_told() -> None:
    """Long-standing incontinence, and a root made unlikely."""
    leaks = problem("R32", onset=400)
    hurts = told("buttock_pain", side="L", onset=20)
    assert "long-standing bladder" in noted(hurts, due(60), leaks)
    root = ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
    negative = [told(name, value=False, side="L") for name in root]
    legs = told("leg_pain", side="L", onset=20)
    assert "radiculopathy is less likely" in noted(hurts, legs, birth(200), *negative)


def test_the_card_says_why_it_speaks() -> None:
    """Pain and pregnancy are among the reasons, and a due date stands for itself."""
    conclusion = decided(PAIN, *results("sij_faber"))
    assert conclusion is not None
    assert [reason.id for reason in conclusion.findings] == [
        "posterior_pelvic_pain",
        "pregnant",
        "sij_faber",
    ]
    assert "delivery within 24 months" in noted(GROIN, birth(300))


# ── what withholds it, and what it withholds ─────────────────────────────────


def withheld(advised: Advice) -> dict[str, str | None]:
    """The cards that wait, and what makes them wait."""
    return {
        str(p.assessment.card): p.because
        for p in advised.placed
        if p.assessment.speaks and not p.shown
    }


EMERGENCY = told("saddle_sensory_change")
MRI_ASKED = told("ces_mri_requested")
PELVIS = told("posterior_pelvic_pain", side="L", onset=9)


@pytest.mark.parametrize(
    ("signs", "because"),
    [
        ([EMERGENCY], "emergency"),
        ([told("saddle_sensory_change", onset=2), MRI_ASKED], "cauda-equina-pathway"),
        ([told("bilateral_radicular_pain")], "cauda-equina-open"),
        ([told("bowel_dysfunction", onset=40)], "cauda-equina-open"),
        ([told("fever")], "red-flag-open"),
        ([told("major_trauma")], "red-flag-open"),
        ([problem("Z85.3", recorded=2000)], "red-flag-open"),
        ([problem("S32.10XA", recorded=20)], "fracture-known"),
    ],
    ids=["emergency", "mri", "both legs", "late bowel", "fever", "trauma", "cancer", "fracture"],
)
def test_it_waits_for_everything_that_comes_first(signs: list[Json], because: str) -> None:
    """Matrix: emergencies, cauda equina, red flags and a known fracture hold the girdle tests."""
    advised = advice(PELVIS, birth(200), *signs)
    assert withheld(advised)["pelvic-girdle-examine"] == because


def test_it_waits_for_the_leg_veins() -> None:
    """Matrix: DVT not excluded, with a card and without one."""
    swollen = told("calf_pain", side="L", onset=2)
    advised = advice(PELVIS, due(60), swollen)
    assert shown(advised) == ["dvt-pregnancy"]
    assert withheld(advised)["pelvic-girdle-examine"] == "dvt-open"
    later = advice(PELVIS, birth(200), swollen)
    assert shown(later) == ["dvt-undetermined"]
    assert withheld(later)["pelvic-girdle-examine"] == "dvt-open-quiet"


def test_weakness_does_not_withhold_it() -> None:
    """Matrix: established weakness holds only the requests for joint tests."""
    weak = (told("motor_deficit", side="L", onset=20), grade(3))
    advised = advice(PELVIS, due(60), *weak)
    assert shown(advised) == ["leg-weakness-established", "pelvic-girdle-examine"]


def test_the_joint_rests_while_the_girdle_speaks() -> None:
    """Ruling 53: in pregnancy and two years after birth no sacroiliac card."""
    for event, card in (
        (due(60), "pelvic-girdle-examine"),
        (birth(730), "pelvic-girdle-examine"),
        (birth(731), "sij-examine"),
    ):
        assert shown(advice(PELVIS, event)) == [card]


def test_a_leg_complaint_in_pregnancy_is_quiet_while_the_girdle_card_shows() -> None:
    """Ruling 9: buttock and leg pain without risk, examined by the girdle or root card."""
    hurts = told("buttock_leg_pain", side="L", onset=9)
    assert state_of("dvt", advice(hurts, due(60))) == "preg-weak"


def test_a_leg_complaint_in_pregnancy_speaks_where_the_girdle_card_is_withheld() -> None:
    """Ruling 9: "really shows": an emergency or red flag that withholds it reopens the legs."""
    hurts = told("buttock_leg_pain", side="L", onset=9)
    advised = advice(hurts, due(60), EMERGENCY)
    assert state_of("dvt", advised) == "preg-weak-examine"
    assert shown(advised) == ["cauda-equina-suspected", "dvt-weak-risk"]


def test_the_girdle_alone_keeps_the_leg_quiet() -> None:
    """Ruling 9: the girdle card suffices where the root table is settled."""
    root = [
        told(name, value=False, side="L")
        for name in ("slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
    ]
    hurts = told("buttock_leg_pain", side="L", onset=9)
    advised = advice(hurts, due(60), *root)
    assert states(advised)["radiculopathy"] == "radiculopathy-unlikely"
    assert states(advised)["dvt"] == "preg-weak"
    assert shown(advised) == ["pelvic-girdle-examine"]
    held = advice(hurts, due(60), *root, told("major_trauma"))
    assert shown(held) == ["fracture-trauma", "dvt-weak-risk"]


def test_drafts_are_complete() -> None:
    """Exercise advice and a belt are drafts, the belt only here; nothing is preselected."""
    card = next(c for c in advice(GROIN, due(60), told(P4, side="L")).cards)
    kinds = [(s.resource["resourceType"], s.resource["status"]) for s in card.suggestions]
    assert kinds == [("ServiceRequest", "draft"), ("ServiceRequest", "draft")]
    assert not any(s.recommended for s in card.suggestions)
    cards = library().cards.values()
    belts = {c.id for c in cards for s in c.suggestion if s.order == "pelvic_belt"}
    assert belts == {"pelvic-girdle-supported"}


def test_an_open_physiotherapy_order_drops_the_offer() -> None:
    """Already requested for the same family within 90 days."""
    order = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(snomed("306170007", "Referral to physiotherapy service")),
        authoredOn=day_ago(20),
    )
    card = next(c for c in advice(GROIN, due(60), told(P4, side="L"), order).cards)
    assert [s.label for s in card.suggestions] == ["Non-rigid pelvic belt"]


def test_why_a_test_is_unknown_is_told() -> None:
    """Outside its window is not the same as never recorded."""
    entries = found(PREGNANT, PAIN, said(P4, when=day(200), side=L))
    assert entries.of(P4, L).reason is Unknown.OUTSIDE_WINDOW
