"""Axial spondyloarthritis: rows of table AX, the age and length of the pain (ruling 44)."""

from collections.abc import Iterable
from datetime import date
from itertools import product
from typing import Any

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Person, Statement, Status
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.topics import axial_spa
from tests.spec.fhir_json import (
    LOINC,
    Json,
    coding,
    concept,
    observation,
    own,
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
from tests.unit.red_flag_record import problem, state_of, told

TOPIC = "axial_spa"
L, R = Side.LEFT, Side.RIGHT
P, A, U = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
TOLD = ("wakes_second_half_night", "improves_with_movement", "nsaid_response_48h")
HISTORY = ("fdr_spa", "arthritis", "enthesitis", "psoriasis")
HARD = ("psoriasis", "uveitis", "ibd", "hla_b27", "sacroiliitis_imaging")
# Onset before 35 and buttock pain are two of the nine; these are the other seven.
SEVEN = (*TOLD, *HISTORY)


def born(when: date) -> Person:
    """A woman with this date of birth."""
    return Person(birth=on(when), male=False, deceased=False)


def aged(years: int) -> Person:
    """A woman who turned so many years old this spring, 217 days ago."""
    return born(AS_OF.date().replace(year=AS_OF.year - years, month=4, day=17))


def pain(finding: str = "buttock_pain", *, onset: int = 400) -> Statement:
    """Pain observed today that is said to have begun so many days ago."""
    return said(finding, onset=day(onset), onset_assumed=False)


BACK = pain("low_back_pain")
BUTTOCK = pain()


def decided(*statements: Statement, **more: Any) -> Assessment | None:
    """What the table concludes of a woman of 30, None when it does not open."""
    entries = found(*statements, **({"person": aged(30)} | more))
    conclusions = axial_spa.assess(entries, library().rulebook, ())
    return conclusions[0] if conclusions else None


def row(*statements: Statement, **more: Any) -> str | None:
    """The row that decides."""
    conclusion = decided(*statements, **more)
    return conclusion.row.id if conclusion else None


def yes(*findings: str) -> list[Statement]:
    """Recorded present."""
    return [said(finding) for finding in findings]


def no(*findings: str) -> list[Statement]:
    """Recorded absent."""
    return [said(finding, A) for finding in findings]


# ── the rows ─────────────────────────────────────────────────────────────────


def test_the_known_disease_is_silent() -> None:
    """Row AX1: whatever else is on record, and whenever the pain began."""
    known = said("axspa_known", when=day(3000))
    assert row(known, BUTTOCK, *yes(*SEVEN)) == "AX1"
    assert row(known, pain(onset=5)) == "AX1"
    assert row(known) == "AX1"
    conclusion = decided(known, BUTTOCK)
    assert conclusion is not None
    assert (conclusion.state, conclusion.card, conclusion.missing) == ("axial-spa-known", None, ())


@pytest.mark.parametrize("doubt", [{"suspected": True}, {"status": A}])
def test_a_suspected_or_refuted_disease_is_not_known(doubt: dict[str, Any]) -> None:
    """Row AX1 needs the disease itself; a differential diagnosis keeps the question open."""
    status = doubt.pop("status", P)
    assert row(said("axspa_known", status, **doubt), BUTTOCK) == "AX5"


@pytest.mark.parametrize(
    ("count", "row_"), [(0, "AX5"), (1, "AX3"), (2, "AX2"), (3, "AX2"), (7, "AX2")]
)
def test_four_features_call_for_referral(count: int, row_: str) -> None:
    """Rows AX2, AX3, AX5: two features by age and buttock, with 0, 1, 2, 3 and 7 more."""
    assert row(BUTTOCK, *yes(*SEVEN[:count])) == row_


@pytest.mark.parametrize("feature", SEVEN)
def test_each_feature_counts(feature: str) -> None:
    """Row AX3: every one of the seven makes the third."""
    others = [name for name in SEVEN if name != feature]
    assert row(BUTTOCK, *yes(feature)) == "AX3"
    assert row(BUTTOCK, *yes(feature, others[0])) == "AX2"
    assert row(BUTTOCK, *no(*SEVEN)) == "AX5"


def test_buttock_pain_counts_and_back_pain_alone_does_not() -> None:
    """Buttock pain is a feature; low back or posterior pelvic pain only opens the table."""
    assert row(BACK, *yes(*TOLD[:2])) == "AX3"
    assert row(pain("posterior_pelvic_pain"), *yes(*TOLD[:2])) == "AX3"
    assert row(BACK, BUTTOCK, *yes(*TOLD[:2])) == "AX2"
    assert row(pain("buttock_leg_pain"), *yes(*TOLD[:2])) == "AX2"


@pytest.mark.parametrize(
    ("blood", "row_"),
    [([], "AX3"), (yes("hla_b27"), "AX2-hla-b27"), (no("hla_b27"), "AX5")],
    ids=["unknown", "positive", "negative"],
)
def test_with_exactly_three_hla_b27_decides(blood: list[Statement], row_: str) -> None:
    """Rows AX2-hla-b27, AX3 and AX5: refer if positive, ask if unknown, silent if negative."""
    assert row(BUTTOCK, *yes(TOLD[0]), *blood) == row_


def test_hla_b27_does_not_replace_a_feature() -> None:
    """With two features a positive test is a hard fact, with four it changes nothing."""
    assert row(BUTTOCK, *yes("hla_b27")) == "AX4"
    assert row(BUTTOCK, *yes(*TOLD), *no("hla_b27")) == "AX2"


@pytest.mark.parametrize("fact", HARD)
def test_a_hard_fact_opens_the_questions(fact: str) -> None:
    """Row AX4: fewer than three, four still possible, and a fact that cannot be argued away."""
    assert row(BACK) == "AX5"
    assert row(BACK, *yes(fact)) in ("AX4", "AX3" if fact == "psoriasis" else "AX4")
    assert row(BACK, *no(fact)) == "AX5"


@pytest.mark.parametrize("soft", ["arthritis", "fdr_spa", "inflammatory_disease", "crp_raised"])
def test_only_hard_facts_open_the_questions(soft: str) -> None:
    """Row AX4: arthritis, a relative or a raised CRP do not."""
    assert row(BACK, *yes(soft)) == "AX5"


def test_the_questions_need_four_within_reach() -> None:
    """Row AX4: with one feature present, five answers negative leave four possible, six do not."""
    here = (pain("low_back_pain", onset=100), *yes("uveitis", "fdr_spa"))
    late = aged(44)  # the beginning before 35 is one of the negative ones
    three = (TOLD[0], TOLD[1], "arthritis")
    assert row(*here, *no(*three), person=late) == "AX4"
    assert row(*here, *no(*three, "enthesitis"), person=late) == "AX4"
    assert row(*here, *no(*three, "enthesitis", "psoriasis"), person=late) == "AX5"


def test_three_features_and_a_negative_test_with_a_hard_fact_are_silent() -> None:
    """Row AX5: the questions are for fewer than three."""
    assert row(BUTTOCK, *yes("psoriasis"), *no("hla_b27")) == "AX5"


def expected(count: int, open_: int, blood: Status, *, hard: bool) -> str:
    """The document, row by row, of a patient whose disease is not known."""
    if count >= 4 or (count == 3 and blood is P):
        return "axial-spa-refer"
    if count == 3 and blood is U:
        return "axial-spa-hla-b27"
    if count < 3 and count + open_ >= 4 and hard:
        return "axial-spa-ask"
    return "axial-spa-silent"


def test_every_combination_of_answers_follows_the_table() -> None:
    """3^7 answers with the blood test in three values and a hard fact or none."""
    for values in product((P, A, U), repeat=len(SEVEN)):
        given = dict(zip(SEVEN, values, strict=True))
        entries = [said(name, value) for name, value in given.items() if value is not U]
        count = 1 + values.count(P)  # onset before 35
        open_ = 1 + values.count(U)  # buttock pain is not recorded
        for blood, eye in ((P, False), (A, True), (U, False)):
            more = [said("hla_b27", blood)] if blood is not U else []
            more += [said("uveitis")] if eye else []
            conclusion = decided(BACK, *entries, *more)
            assert conclusion is not None
            hard = eye or blood is P or given["psoriasis"] is P
            assert conclusion.state == expected(count, open_, blood, hard=hard)


# ── how long and since what age ──────────────────────────────────────────────


@pytest.mark.parametrize(("days", "opens"), [(89, False), (90, True), (91, True), (5000, True)])
def test_the_pain_has_lasted_ninety_days(days: int, *, opens: bool) -> None:
    """Three months, at -1, 0 and +1 day of the stated onset."""
    assert (row(pain(onset=days)) is not None) is opens


def test_several_pains_count_from_the_first() -> None:
    """Back pain for a year and buttock pain since last week."""
    assert row(BACK, pain(onset=7)) == "AX5"
    assert row(pain("low_back_pain", onset=30), pain(onset=7)) is None


def on_birthday(years: int, *, days: int) -> Person:
    """Somebody who turns so many years old on the day the pain began, or days after it."""
    began = day(400).first.date()
    birthday = began.fromordinal(began.toordinal() + days)
    return born(birthday.replace(year=birthday.year - years))


@pytest.mark.parametrize(("days", "opens"), [(1, True), (0, False), (-1, False)])
def test_the_pain_began_before_forty_five(days: int, *, opens: bool) -> None:
    """Before the 45th birthday, not on it."""
    assert (row(BUTTOCK, person=on_birthday(45, days=days)) is not None) is opens


@pytest.mark.parametrize(("days", "row_"), [(1, "AX3"), (0, "AX5"), (-1, "AX5")])
def test_before_thirty_five_is_a_feature(days: int, row_: str) -> None:
    """Before the 35th birthday it makes the third beside buttock pain and one more."""
    assert row(BUTTOCK, *yes(TOLD[0]), person=on_birthday(35, days=days)) == row_


def test_an_answer_goes_before_the_arithmetic() -> None:
    """The clinician's own answer on the age at onset, yes or no."""
    assert row(BUTTOCK, *yes("onset_before_45"), person=aged(60)) == "AX5"
    assert row(BUTTOCK, *no("onset_before_45")) is None
    assert row(BUTTOCK, *yes(TOLD[0], "onset_before_35"), person=aged(40)) == "AX3"
    assert row(BUTTOCK, *yes(TOLD[0]), *no("onset_before_35")) == "AX5"


NOBODY = Person(birth=None, male=False, deceased=False)


def test_without_a_birth_date_the_age_is_unknown() -> None:
    """Ruling 44: no age item, so the table opens by an answer only, and before 35 stays open."""
    assert row(BUTTOCK, person=NOBODY) is None
    conclusion = decided(BUTTOCK, *yes("onset_before_45", "ibd"), person=NOBODY)
    assert conclusion is not None
    assert conclusion.row.id == "AX4"
    assert "onset_before_35" in conclusion.missing


def partial(first: date, last: date) -> Person:
    """A birth date that may lie anywhere between."""
    return Person(birth=Moment(on(first).first, on(last).last), male=False, deceased=False)


@pytest.mark.parametrize(
    ("year", "early"), [(1995, P), (1991, P), (1990, U), (1989, A)], ids=["30", "34", "35", "36"]
)
def test_a_partial_birth_date_decides_where_all_of_it_agrees(year: int, early: Status) -> None:
    """Ruling 44: with the year alone the feature is known unless the limit lies in that year."""
    person = partial(date(year, 1, 1), date(year, 12, 31))
    conclusion = decided(BUTTOCK, *yes("uveitis"), person=person)
    assert conclusion is not None
    found_ = {finding.id: finding.status for finding in conclusion.findings}
    assert found_.get("onset_before_35", U) is early
    assert ("onset_before_35" in conclusion.missing) is (early is U)


def test_a_year_of_birth_that_may_be_too_early_does_not_open() -> None:
    """Ruling 44: perhaps 44, perhaps 45: the criterion is not known to hold."""
    began = day(400).first.year
    assert row(BUTTOCK, person=partial(date(began - 45, 1, 1), date(began - 45, 12, 31))) is None
    assert row(BUTTOCK, person=partial(date(began - 44, 1, 1), date(began - 44, 12, 31))) == "AX5"


def test_the_year_of_the_onset_alone_counts_whole() -> None:
    """An onset given as a year: as late as it can be, for the length and for the age."""
    year = Moment(on(date(2026, 1, 1)).first, on(date(2026, 12, 31)).last)
    assert row(said("low_back_pain", onset=year, onset_assumed=False)) is None
    earlier = Moment(on(date(2025, 1, 1)).first, on(date(2025, 12, 31)).last)
    assert row(said("low_back_pain", onset=earlier, onset_assumed=False)) == "AX5"


def test_a_year_of_onset_that_spans_the_limit_decides_nothing() -> None:
    """She turned 35 in the year in which it began: before or after is not known."""
    year = Moment(on(date(2025, 1, 1)).first, on(date(2025, 12, 31)).last)
    began = said("low_back_pain", onset=year, onset_assumed=False)
    for birth_year, early in ((1991, P), (1990, U), (1989, A)):
        conclusion = decided(began, *yes("uveitis"), person=born(date(birth_year, 4, 17)))
        assert conclusion is not None
        told_ = {finding.id: finding.status for finding in conclusion.findings}
        assert told_.get("onset_before_35", U) is early


def test_a_stated_onset_goes_before_a_record_of_the_same_day() -> None:
    """Entered on the very day on which it is said to have begun: the onset is stated."""
    entered = said("low_back_pain", when=day(400), source="Condition/back")
    for entries in ((entered, BACK), (BACK, entered)):
        conclusion = decided(*entries, *yes("uveitis"), person=aged(40))
        assert conclusion is not None
        assert "onset_before_35" not in conclusion.missing


def recorded(days: int) -> Statement:
    """Pain on the problem list since so many days, its onset not stated; seen again today."""
    return said("low_back_pain", when=day(days), source="Condition/back")


TODAY = said("low_back_pain", source="Observation/back")


@pytest.mark.parametrize(("days", "opens"), [(89, False), (90, True), (91, True)])
def test_the_first_record_shows_how_long_at_least(days: int, *, opens: bool) -> None:
    """Without an onset the pain is at least as old as its first record."""
    assert (row(recorded(days), TODAY) is not None) is opens


def test_a_first_record_after_the_age_proves_nothing() -> None:
    """Unknown is never absent: first recorded at 39, it may have begun before 35."""
    conclusion = decided(recorded(400), TODAY, *yes("uveitis"), person=aged(40))
    assert conclusion is not None
    assert "onset_before_35" in conclusion.missing
    stated = decided(BACK, *yes("uveitis"), person=aged(40))
    assert stated is not None
    assert "onset_before_35" not in stated.missing
    assert row(recorded(400), TODAY, person=aged(50)) is None


def test_a_first_record_before_the_age_proves_it() -> None:
    """First recorded at 29: it began then or earlier."""
    conclusion = decided(recorded(400), TODAY)
    assert conclusion is not None
    assert "onset_before_35" not in conclusion.missing
    assert [note.id for note in conclusion.notes] == ["first-recorded"]
    assert [note.id for note in (decided(BACK) or conclusion).notes] == ["began"]


def test_a_resolved_episode_does_not_make_it_old() -> None:
    """Back pain of years ago that is over is another pain."""
    over = said("low_back_pain", when=day(900), current=False, source="Condition/old")
    assert row(over, pain("low_back_pain", onset=20)) is None


def duration(value: float, *, days: float = 0, **more: Any) -> Statement:
    """The length of the pain in days, told so many days ago."""
    return measured("duration_days", value, when=ago(days=days), **more)


@pytest.mark.parametrize(
    ("value", "days", "opens"),
    [(89, 0, False), (90, 0, True), (91, 0, True), (80, 9, False), (80, 10, True), (80, 11, True)],
)
def test_a_told_duration_counts_from_when_it_was_told(
    value: float, days: float, *, opens: bool
) -> None:
    """90 days in all; a duration told ten days ago is ten days longer now."""
    assert (row(TODAY, duration(value, days=days)) is not None) is opens


def test_a_told_duration_is_a_stated_onset() -> None:
    """It decides the age too, and the newest answer counts."""
    conclusion = decided(TODAY, duration(400), *yes("uveitis"), person=aged(40))
    assert conclusion is not None
    assert "onset_before_35" not in conclusion.missing
    assert row(TODAY, duration(400, days=50), duration(30, source="Observation/new")) is None


def test_a_duration_without_pain_opens_nothing() -> None:
    """Nothing hurts now."""
    assert row(duration(400)) is None


@pytest.mark.parametrize(
    ("value", "unit", "opens"),
    [
        (13, "wk", True),
        (12, "wk", False),
        (3, "mo", True),
        (2, "mo", False),
        (1, "a", True),
        (100, "d", True),
        (100, None, False),
        (100, "h", False),
        (40000, "d", False),
    ],
)
def test_a_duration_needs_its_unit(value: float, unit: str | None, *, opens: bool) -> None:
    """Ruling 6: days, weeks, months or years; without a unit or out of range it is unknown."""
    length = observation(
        "survey",
        concept(own("duration_days")),
        effectiveDateTime=told_ago(hours=2),
        valueQuantity=quantity(value, None, unit),
    )
    young = patient(birthDate=birth_date(30))
    state = state_of(TOPIC, advice(told("buttock_pain", side="L"), length, patient=young))
    assert (state is not None) is opens


@pytest.mark.parametrize(("days", "opens"), [(89, True), (90, True), (91, False)])
def test_the_pain_is_there_now(days: int, *, opens: bool) -> None:
    """Last recorded within 90 days, at -1, 0 and +1 day."""
    last = said("low_back_pain", when=day(days), onset=day(700), onset_assumed=False)
    assert (row(last) is not None) is opens


@pytest.mark.parametrize("finding", TOLD)
@pytest.mark.parametrize(("days", "row_"), [(89, "AX3"), (90, "AX3"), (91, "AX5")])
def test_what_was_told_counts_for_ninety_days(finding: str, days: int, row_: str) -> None:
    """Answers on the pain itself age; diseases do not."""
    assert row(BUTTOCK, said(finding, when=day(days))) == row_


@pytest.mark.parametrize("finding", HISTORY)
def test_history_counts_for_life(finding: str) -> None:
    """Arthritis, enthesitis, psoriasis now or in the past, and the family."""
    past = said(finding, when=day(9000), current=False, source=f"Condition/{finding}")
    assert row(BUTTOCK, past) == "AX3"


# ── codes, reports and relatives ─────────────────────────────────────────────

HURTS = told("buttock_pain", side="L", onset=400)
YOUNG: dict[str, Any] = {"patient": patient(birthDate=birth_date(30))}


def state(*resources: Json, **more: Any) -> str | None:
    """The state of the topic for somebody of 30 with buttock pain for a year."""
    return state_of(TOPIC, advice(HURTS, *resources, **(YOUNG | more)))


@pytest.mark.parametrize(
    ("code", "expected_state"),
    [
        ("M45.7", "axial-spa-known"),
        ("M45.A6", "axial-spa-known"),
        ("L40.53", "axial-spa-known"),
        ("K50.90", "axial-spa-ask"),
        ("K51.00", "axial-spa-ask"),
        ("H20.00", "axial-spa-ask"),
        ("L40.9", "axial-spa-hla-b27"),
        ("L40.0", "axial-spa-hla-b27"),
        ("L40.50", "axial-spa-refer"),
        ("L40.59", "axial-spa-refer"),
        ("M46.1", "axial-spa-silent"),
    ],
)
def test_diseases_are_read_from_their_codes(code: str, expected_state: str) -> None:
    """Two features by age and buttock; psoriasis is one more, psoriatic arthritis two."""
    assert state(problem(code, recorded=800)) == expected_state


def blood(**members: Any) -> Json:
    """An HLA-B27 result of two years ago."""
    return observation(
        "laboratory",
        concept(coding(LOINC, "4821-5", "HLA-B27 [Presence]")),
        effectiveDateTime=day_ago(700),
        **members,
    )


@pytest.mark.parametrize(
    ("members", "expected_state"),
    [
        ({"valueCodeableConcept": concept(snomed("10828004", "Positive"))}, "axial-spa-refer"),
        ({"valueCodeableConcept": concept(snomed("260385009", "Negative"))}, "axial-spa-silent"),
        ({"valueString": "positive"}, "axial-spa-refer"),
        ({"valueString": "pending"}, "axial-spa-hla-b27"),
        ({}, "axial-spa-hla-b27"),
        (
            {"status": "preliminary", "valueCodeableConcept": concept(snomed("10828004", ""))},
            "axial-spa-hla-b27",
        ),
    ],
    ids=["positive", "negative", "word", "other word", "no value", "preliminary"],
)
def test_the_blood_test_counts_for_life(members: dict[str, Any], expected_state: str) -> None:
    """HLA-B27 is inherited; a result without a readable value is unknown."""
    assert state(told("improves_with_movement"), blood(**members)) == expected_state


def test_a_report_may_state_sacroiliitis() -> None:
    """A coded conclusion of a finished report is a hard fact; prose and pending reports are not."""
    report = resource(
        "DiagnosticReport",
        status="final",
        code=concept(coding(LOINC, "24968-0")),
        effectiveDateTime=day_ago(60),
        conclusionCode=[concept(own("sacroiliitis_imaging"))],
    )
    assert state(report) == "axial-spa-ask"
    assert state(report | {"status": "registered"}) == "axial-spa-silent"
    prose = {k: v for k, v in report.items() if k != "conclusionCode"}
    assert state(prose | {"conclusion": "Sacroiliitis."}) == "axial-spa-silent"


MOTHER = resource(
    "FamilyMemberHistory",
    status="completed",
    relationship=concept(coding("http://terminology.hl7.org/CodeSystem/v3-RoleCode", "MTH")),
    condition=[{"code": concept(snomed("9631008", "Ankylosing spondylitis"))}],
    date=day_ago(90),
)


def test_a_first_degree_relative_is_a_feature() -> None:
    """Three by age, buttock and a mother with spondylitis."""
    assert state() == "axial-spa-silent"
    assert state(MOTHER) == "axial-spa-hla-b27"


# ── the cards ────────────────────────────────────────────────────────────────


def ids(entries: Iterable[Any]) -> set[str]:
    """The ids of findings."""
    return {entry.id for entry in entries}


def test_the_card_lists_what_was_found_and_what_is_open() -> None:
    """Features and age are reasons; what could still make the fourth is named as not known."""
    conclusion = decided(BUTTOCK, *yes(TOLD[0]), *no("arthritis"))
    assert conclusion is not None
    assert ids(conclusion.findings) == {
        "buttock_pain",
        "onset_before_45",
        "onset_before_35",
        TOLD[0],
        "arthritis",
    }
    assert conclusion.missing == ("hla_b27", TOLD[1], TOLD[2], "fdr_spa", "enthesitis", "psoriasis")
    assert all(entry.evidence for entry in conclusion.findings)


@pytest.mark.parametrize("more", [yes(*TOLD), yes(TOLD[0], "hla_b27")], ids=["four", "three"])
def test_a_referral_asks_nothing_more(more: list[Statement]) -> None:
    """Once the criteria are met nothing is missing."""
    conclusion = decided(BUTTOCK, *more)
    assert conclusion is not None
    assert (conclusion.state, conclusion.missing) == ("axial-spa-refer", ())


def test_the_questions_are_the_unknown_ones_only() -> None:
    """Row AX4: the task lists what is not recorded, no blood test."""
    conclusion = decided(BACK, *yes("uveitis"), *no(TOLD[0]))
    assert conclusion is not None
    assert conclusion.missing == (
        "buttock_pain",
        TOLD[1],
        TOLD[2],
        "fdr_spa",
        "arthritis",
        "enthesitis",
        "psoriasis",
    )
    young = advice(told("low_back_pain"), HURTS, problem("K50.90", recorded=800), **YOUNG)
    card = next(c for c in young.cards if c.id == "axial-spa-ask")
    assert "inflammatory bowel disease" in card.summary
    (task,) = card.suggestions
    assert "responds to NSAID within 48 h" in str(task.resource["input"])


@pytest.mark.parametrize("card", ["axial-spa-refer", "axial-spa-hla-b27", "axial-spa-ask"])
def test_every_card_names_the_eye_and_what_does_not_exclude(card: str) -> None:
    """Acute red painful eye the same day; a normal CRP excludes nothing."""
    text = library().cards[card].body
    assert "eye care the same day" in text
    assert "normal CRP" in text
    assert "MRI" in text


def test_the_summary_says_by_what_the_criteria_are_met() -> None:
    """Four features, or three with the blood test."""
    four = advice(HURTS, *(told(name) for name in TOLD), **YOUNG).cards[0]
    assert "(5 features)" in four.summary
    three = advice(HURTS, told(TOLD[0]), told("hla_b27"), **YOUNG).cards[0]
    assert "(3 features, HLA-B27 positive)" in three.summary


def test_a_low_back_alone_asks_nothing() -> None:
    """Row G3: low back pain without buttock or leg pain stays with the safety tables."""
    advised = advice(told("low_back_pain", onset=400), *(told(name) for name in TOLD), **YOUNG)
    assert states(advised)["gate"] == "low-back-pain-only"
    assert TOPIC not in states(advised)


def test_a_child_has_another_table() -> None:
    """Row G2."""
    child = patient(birthDate=birth_date(15))
    assert state(*(told(name) for name in TOLD), patient=child) is None


# ── what waits for it ────────────────────────────────────────────────────────


def held(*resources: Json) -> dict[str, str | None]:
    """The cards that wait, and what makes them wait."""
    advised = advice(HURTS, *resources, **YOUNG)
    return {
        str(p.assessment.card): p.because
        for p in advised.placed
        if p.assessment.speaks and not p.shown
    }


def test_a_referral_withholds_requests_for_joint_tests() -> None:
    """Matrix: axial-spa-refer holds sij-examine and sij-continue, no other joint card."""
    refer = [told(name) for name in TOLD]
    assert held(*refer) == {"sij-examine": "inflammation-first"}
    thrust = told("sij_thigh_thrust", side="L")
    assert held(*refer, thrust) == {"sij-continue": "inflammation-first"}
    two = [thrust, told("sij_distraction", side="L")]
    assert held(*refer, *two) == {}
    assert shown(advice(HURTS, *refer, *two, **YOUNG)) == ["axial-spa-refer", "sij-two-of-four"]


def test_the_other_cards_withhold_nothing() -> None:
    """HLA-B27 and the questions stand beside the joint's card."""
    assert shown(advice(HURTS, told(TOLD[0]), **YOUNG)) == ["axial-spa-hla-b27", "sij-examine"]
    crohn = problem("K50.90", recorded=800)
    assert shown(advice(HURTS, crohn, **YOUNG)) == ["sij-examine", "axial-spa-ask"]


def test_the_known_disease_switches_the_clusters_off() -> None:
    """Rows AX1 and S0-spondyloarthritis: nothing is said."""
    advised = advice(HURTS, problem("M45.7", recorded=3000), **YOUNG)
    assert shown(advised) == []
    assert states(advised)[TOPIC] == "axial-spa-known"
    assert states(advised)["sij"] == "sij-na-axspa"


def test_root_findings_come_first() -> None:
    """Order of the musculoskeletal document: supported root, referral, other root cards."""
    refer = [told(name) for name in TOLD]
    legs = told("leg_pain", side="L", onset=400)
    deficit = told("reflex_reduced", side="L")
    supported = shown(advice(HURTS, legs, deficit, *refer, **YOUNG))
    assert supported == ["radiculopathy-supported", "axial-spa-refer"]
    assert shown(advice(HURTS, legs, *refer, **YOUNG)) == [
        "axial-spa-refer",
        "radiculopathy-examine",
    ]


def test_leg_veins_do_not_withhold_it() -> None:
    """Matrix: an open leg-vein question holds tests and exercise, not a referral or blood test."""
    calf = told("calf_pain", side="L", onset=2)
    assert shown(advice(HURTS, calf, *(told(name) for name in TOLD), **YOUNG)) == [
        "dvt-undetermined",
        "axial-spa-refer",
    ]


@pytest.mark.parametrize(
    ("order", "family"), [("referral_rheumatology", "306290009"), ("hla_b27", None)]
)
def test_what_is_ordered_already_is_not_offered(order: str, family: str | None) -> None:
    """An open referral or blood test of the last months takes the offer away."""
    code = snomed(family, "") if family else coding(LOINC, "4821-5")
    placed = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(code),
        authoredOn=day_ago(10),
    )
    answers = [told(name) for name in (TOLD if family else TOLD[:1])]
    card = advice(HURTS, *answers, placed, **YOUNG).cards[0]
    assert order in {s.order for s in library().cards[card.id].suggestion}
    assert card.suggestions == ()
    assert "Already requested" in card.detail
