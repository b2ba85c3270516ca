"""Peripheral artery disease (rows O1 and O4 to O7, rulings 6, 18, 40, 46, 49 and 55)."""

from typing import Any

import pytest

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Person, Quantity, Status, Visit
from cds_service.clinical.fact import Statement as Entry
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side
from cds_service.clinical.topics import peripheral_artery_disease as pad
from tests.spec import moments
from tests.spec.fhir_json import (
    Json,
    body_site,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.signs import LOWER_LIMB
from tests.unit.record import advice, ago, day, found, library, measured, said, shown, states

LEFT, RIGHT, BOTH = Side.LEFT, Side.RIGHT, Side.BOTH
PAIN = said("exertional_calf_pain", side=BOTH)
DISEASE = said("pad_known", when=day(900))


def state(*entries: Entry, earlier: tuple[Assessment, ...] = (), **more: object) -> str | None:
    """The state of the assessment, None where the table does not open."""
    found_ = found(*entries, **more)
    return next((a.state for a in pad.assess(found_, library().rulebook, earlier)), None)


def index(value: float, side: Side = RIGHT, when: Any = None, **more: Any) -> Entry:
    """An ankle-brachial index."""
    source = f"Observation/{side}{value}"
    return measured("abi", value, when=when or ago(), unit="1", side=side, source=source, **more)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "pad-abi-low"),
        (0.89, "pad-abi-low"),
        (0.90, "pad-abi-low"),
        (0.904, "pad-abi-low"),
        (0.91, "pad-exercise-abi"),
        (1.00, "pad-exercise-abi"),
        (1.39, "pad-exercise-abi"),
        (1.40, "pad-exercise-abi"),
        (1.41, "pad-tbi-needed"),
    ],
)
def test_the_index_decides_the_next_step(value: float, expected: str) -> None:
    """O5 to O7: 0.90 or less, above 1.40, and between."""
    assert state(PAIN, index(value)) == expected
    assert state(index(value)) is None


def test_no_index_is_asked_for() -> None:
    """O4: exertional calf pain, no disease on record, no index in 12 months."""
    (assessment,) = pad.assess(found(PAIN), library().rulebook, ())
    assert assessment.state == "pad-abi-needed"
    assert assessment.missing == ("abi",)
    assert state() is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [(364, "pad-abi-low"), (365, "pad-abi-low"), (366, "pad-abi-needed")],
)
def test_an_index_counts_for_12_months(days: int, expected: str) -> None:
    """O4: 12 months."""
    assert state(PAIN, index(0.8, when=day(days))) == expected


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (0.80, 1.10, "pad-abi-low"),
        (1.10, 0.80, "pad-abi-low"),
        (1.50, 1.10, "pad-exercise-abi"),
        (1.50, 1.60, "pad-tbi-needed"),
        (1.50, 0.80, "pad-abi-low"),
    ],
)
def test_the_lower_side_counts(left: float, right: float, expected: str) -> None:
    """Observation per side: the lower one decides; a stiff other side is told."""
    book = library().rulebook
    entries = (PAIN, index(left, LEFT), index(right, RIGHT))
    (assessment,) = pad.assess(found(*entries), book, ())
    assert assessment.state == expected
    assert assessment.values["abi"] == f"{min(left, right):.2f}"
    assert assessment.values["side"] is (LEFT if left < right else RIGHT)
    told = bool(assessment.notes)
    assert told is (max(left, right) > 1.4 >= min(left, right))


def test_the_newest_index_of_a_side_counts() -> None:
    """A newer value of the same side replaces the older one."""
    older = index(0.70, when=day(100))
    assert state(PAIN, older, index(1.10)) == "pad-exercise-abi"
    assert state(PAIN, older, index(1.10, LEFT)) == "pad-abi-low"


@pytest.mark.parametrize(
    ("comparator", "value", "expected"),
    [
        (">", 1.4, "pad-tbi-needed"),
        (">", 1.3, "pad-exercise-abi"),
        ("<", 0.9, "pad-abi-low"),
        ("<", 1.5, "pad-exercise-abi"),
        (">", 0.8, "pad-exercise-abi"),
    ],
)
def test_a_bound_decides_only_on_its_own_side(comparator: str, value: float, expected: str) -> None:
    """`>1.4` cannot be compressed; `>0.8` is surely neither low nor stiff."""
    bound = Quantity(value, unit="1", comparator=comparator)
    entry = said("abi", Status.UNKNOWN, side=RIGHT, quantity=bound)
    assert state(PAIN, entry) == expected


@pytest.mark.parametrize("doubt", [{"preliminary": True}, {"issued_only": True}])
def test_a_doubtful_index_is_none(doubt: dict[str, Any]) -> None:
    """Ruling 27: preliminary, or without its own time, does not count."""
    assert state(PAIN, index(0.8, **doubt)) == "pad-abi-needed"


def test_known_disease_keeps_the_index_cards_away() -> None:
    """O4 to O7 ask for no PAD on record, whatever the index."""
    assert state(PAIN, DISEASE) == "pad-known"
    assert state(PAIN, DISEASE, index(0.8)) == "pad-known"
    doubtful = said("pad_known", suspected=True)
    assert state(PAIN, doubtful) == "pad-abi-needed"


@pytest.mark.parametrize(
    ("birth", "expected"),
    [
        ("2008-11-20", ["pad-abi-needed"]),
        ("2008-11-21", []),
        (None, ["pad-abi-needed"]),
    ],
)
def test_the_guideline_speaks_of_adults(birth: str | None, expected: list[str]) -> None:
    """Row O4-child: under 18 no index is asked for; an unknown age is no child's."""
    young: Json = {"resourceType": "Patient", "id": "p1"}
    person = young | ({"birthDate": birth} if birth else {})
    advised = advice(claudication(), patient=person)
    assert [card for card in shown(advised) if card.startswith("pad")] == expected


def test_a_child_without_the_pain_opens_nothing() -> None:
    """Row O4-child, too, asks for exertional calf pain."""
    child = Person(birth=day(365 * 10), male=False, deceased=False)
    assert state(PAIN, person=child) == "pad-not-adult"
    assert state(said("leg_pain"), person=child) is None


def claudication() -> Json:
    """Intermittent claudication, recorded today."""
    return condition(concept(snomed("63491006", "")), recordedDate=moments.day_ago(0))


@pytest.mark.parametrize(
    "code", ["I70.221", "I70.222", "I70.231", "I70.245", "I70.25", "I70.261", "I70.262"]
)
def test_coded_threat_fires_whatever_its_age(code: str) -> None:
    """Ruling 18: I70.22 to I70.26 today, without any onset."""
    today = condition(concept(icd(code, "")), recordedDate=moments.day_ago(0))
    assert shown(advice(today)) == ["clti"]


@pytest.mark.parametrize("code", ["195303005", "428171009", "233962007"])
def test_gangrene_and_rest_pain_codes_fire(code: str) -> None:
    """Ruling 18: gangrene and rest-pain codes."""
    today = condition(concept(snomed(code, "")), recordedDate=moments.day_ago(0))
    assert shown(advice(today)) == ["clti"]


@pytest.mark.parametrize("sign", ["rest_pain", "tissue_loss"])
@pytest.mark.parametrize(
    ("company", "expected"),
    [
        pytest.param(DISEASE, "clti", id="known disease"),
        pytest.param(index(0.90), "clti", id="low index"),
        pytest.param(index(0.91), None, id="index 0.91"),
        pytest.param(said("leg_pain"), None, id="neither"),
    ],
)
def test_a_sign_needs_disease_or_a_low_index(
    sign: str, company: Entry, expected: str | None
) -> None:
    """O1: rest pain, ulcer or gangrene with PAD or a low index."""
    assert state(said(sign, side=LEFT), company) == expected


@pytest.mark.parametrize(("days", "expected"), [(13, None), (14, "clti"), (15, "clti")])
def test_a_sign_lasts_two_weeks(days: int, expected: str | None) -> None:
    """O1: two weeks or longer, where the record states an onset."""
    sign = said("tissue_loss", side=LEFT, onset=day(days), onset_assumed=False)
    assert state(sign, DISEASE) == expected


def test_an_unknown_duration_is_not_a_short_one() -> None:
    """Ruling 18: a sign without a stated onset fires, first recorded today or not."""
    assert state(said("rest_pain", side=LEFT), DISEASE) == "clti"


def test_an_ulcer_code_counts_beside_disease() -> None:
    """L97 says leg and side, but may be venous: it needs arterial disease."""
    ulcer = condition(concept(icd("L97.522", "")), recordedDate=moments.day_ago(20))
    disease = condition(concept(icd("I73.9", "")), recordedDate=moments.day_ago(900))
    assert "clti" not in shown(advice(ulcer))
    assert shown(advice(ulcer, disease)) == ["clti"]
    arm = body_site(snomed("14975008", "Forearm structure (body structure)"), "L")
    other = observation(
        "exam",
        concept(own("tissue_loss")),
        effectiveDateTime=moments.ago(hours=1),
        bodySite=arm,
        valueBoolean=True,
    )
    assert shown(advice(other, disease)) == []


def test_an_ulcer_code_that_names_no_side_is_of_a_leg() -> None:
    """L97.909 says leg by itself; without a side it is either leg's."""
    ulcer = condition(concept(icd("L97.909", "")), recordedDate=moments.day_ago(20))
    disease = condition(concept(icd("I73.9", "")), recordedDate=moments.day_ago(900))
    assert shown(advice(ulcer, disease)) == ["clti"]


def test_threat_comes_before_the_index_cards() -> None:
    """Table O: the first row wins."""
    assert state(PAIN, said("clti", side=LEFT)) == "clti"


@pytest.mark.parametrize(
    ("entries", "side"),
    [
        ((said("clti", side=LEFT),), LEFT),
        ((said("clti"),), Side.UNSPECIFIED),
        ((DISEASE, said("rest_pain", side=LEFT), said("tissue_loss", side=RIGHT)), BOTH),
    ],
)
def test_the_threatened_leg(entries: tuple[Entry, ...], side: Side) -> None:
    """The card names the leg, or both."""
    (assessment,) = pad.assess(found(*entries), library().rulebook, ())
    assert assessment.side is side


@pytest.mark.parametrize(("hours", "expected"), [(72, "clti-treated"), (73, "clti")])
def test_a_treated_leg_is_silent_for_72_hours(hours: int, expected: str) -> None:
    """Ruling 18: revascularization within 72 hours, or a surgical admission."""
    threat = said("clti", side=LEFT)
    done = said("revascularization", when=ago(hours=hours), side=LEFT, source="Procedure/p")
    assert state(threat, done) == expected
    assert state(threat, visits=(surgical_stay(hours),)) == expected


def surgical_stay(hours: float) -> Visit:
    """In a surgical ward since so many hours ago."""
    return Visit(
        source="Encounter/e",
        inpatient=True,
        in_progress=True,
        in_context=True,
        start=ago(hours=hours),
        surgical=True,
    )


def test_surgical_hands_silence_a_threatened_leg_only() -> None:
    """Ruling 18 speaks of row O1: beside another operation the index is still asked for."""
    assert state(PAIN, visits=(surgical_stay(5),)) == "pad-abi-needed"
    assert state(visits=(surgical_stay(5),)) is None


@pytest.mark.parametrize(
    "card", ["pe-unstable", "pe-suspected", "limb-ischemia", "phlegmasia", "compartment-syndrome"]
)
def test_it_stays_away_beside_an_emergency(card: str) -> None:
    """Table O is not shown when one of E1 to E5 fired."""
    emergency = (Assessment("any", Row("E", "E", card, card)),)
    assert state(said("clti", side=LEFT), earlier=emergency) == "vascular-emergency-first"
    assert state(PAIN, earlier=emergency) == "vascular-emergency-first"
    assert state(earlier=emergency) is None


def test_acute_ischemia_speaks_alone() -> None:
    """End to end: a cold pulseless leg beside gangrene shows one card."""
    signs = [
        observation(
            "exam",
            concept(own(name)),
            effectiveDateTime=moments.ago(hours=1),
            bodySite=body_site(LOWER_LIMB, "L"),
            valueBoolean=True,
        )
        for name in ("cold", "pallor")
    ]
    gangrene = condition(concept(icd("I70.262", "")), recordedDate=moments.day_ago(20))
    advised = advice(*signs, gangrene)
    assert shown(advised) == ["limb-ischemia"]
    assert states(advised)["peripheral_artery_disease"] == "vascular-emergency-first"


def recorded_index(value: float, unit: str | None, code: str | None = None) -> Json:
    """An ankle-brachial index of the right leg as an Observation."""
    return observation(
        "exam",
        concept(own("abi")),
        effectiveDateTime=moments.day_ago(10),
        bodySite=body_site(LOWER_LIMB, "R"),
        valueQuantity=quantity(value, unit, code),
    )


@pytest.mark.parametrize(
    ("value", "unit", "code", "card"),
    [
        (0.82, None, None, "pad-abi-low"),
        (0.82, "1", "1", "pad-abi-low"),
        (0.82, "mmHg", "mm[Hg]", "pad-abi-needed"),
        (82, "%", "%", "pad-abi-needed"),
        (3.0, None, None, "pad-tbi-needed"),
        (3.1, None, None, "pad-abi-needed"),
        (-0.1, None, None, "pad-abi-needed"),
    ],
)
def test_units_and_plausible_values(
    value: float, unit: str | None, code: str | None, card: str
) -> None:
    """Ruling 6: unit absent or 1, 0 to 3; anything else is unknown."""
    assert shown(advice(claudication(), recorded_index(value, unit, code))) == [card]


def test_the_index_is_shown_with_two_decimals() -> None:
    """0.82 is 0.82 in the summary and among the reasons, without a unit."""
    (card,) = advice(claudication(), recorded_index(0.82, None)).cards
    assert "0.82 (right)" in card.summary
    assert "(right 0.82)" in card.detail


@pytest.mark.parametrize(
    ("charted", "label"),
    [
        ((), "Order resting ankle-brachial index"),
        ((recorded_index(1.02, None),), "Order exercise ankle-brachial index"),
        ((recorded_index(1.5, None),), "Order toe pressure and toe-brachial index"),
    ],
)
def test_each_step_offers_its_own_test(charted: tuple[Json, ...], label: str) -> None:
    """O4, O6 and O7 offer one draft each; O5 none."""
    (card,) = advice(claudication(), *charted).cards
    assert [s.label for s in card.suggestions] == [label]
    (low,) = advice(claudication(), recorded_index(0.8, None)).cards
    assert low.suggestions == ()
