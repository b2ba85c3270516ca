"""Acute compartment syndrome of the leg (row E4, rulings 6, 18, 39 and 47)."""

from typing import Any

import pytest

from cds_service.clinical.fact import Medication, Quantity, Status, Visit
from cds_service.clinical.fact import Statement as Entry
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.clinical.topics import compartment_syndrome
from tests.spec import moments
from tests.spec.fhir_json import (
    Json,
    body_site,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    snomed,
)
from tests.spec.signs import LOWER_LIMB
from tests.unit.record import advice, ago, day, found, library, measured, said, shown, states

LEFT, RIGHT = Side.LEFT, Side.RIGHT
FRACTURE = said("limb_fracture", side=LEFT, source="Condition/f")
STRETCH = said("passive_stretch_pain", side=LEFT)
FIRES = [("compartment-syndrome", LEFT)]
TREATED = [("compartment-syndrome-treated", LEFT)]
CAUSES = (
    "limb_fracture",
    "crush_injury",
    "limb_surgery",
    "tight_cast",
    "reperfusion",
    "revascularization",
    "long_lie",
)
CARDINAL = ("pain_out_of_proportion", "passive_stretch_pain", "tense_compartment")


def judged(*entries: Entry, **more: object) -> list[tuple[str, Side]]:
    """State and side of the assessment, nothing where the table does not open."""
    book = library().rulebook
    found_ = found(*entries, **more)
    return [(a.state, a.side) for a in compartment_syndrome.assess(found_, book, ())]


@pytest.mark.parametrize("cause", CAUSES)
@pytest.mark.parametrize("sign", CARDINAL)
def test_a_cause_and_one_cardinal_sign(cause: str, sign: str) -> None:
    """E4: any cause with any cardinal sign of the same leg."""
    assert judged(said(cause, side=LEFT), said(sign, side=LEFT)) == FIRES
    assert judged(said(cause, side=LEFT)) == []
    assert judged(said(sign, side=LEFT)) == []


@pytest.mark.parametrize("first", CARDINAL)
@pytest.mark.parametrize("second", CARDINAL)
def test_two_cardinal_signs_need_no_cause(first: str, second: str) -> None:
    """Ruling 18: an unknown cause is not an absent one."""
    expected = FIRES if first != second else []
    assert judged(said(first, side=LEFT), said(second, side=LEFT)) == expected


def test_cause_and_sign_of_different_legs_are_not_added() -> None:
    """Fracture left, stretch pain right; two signs on two legs."""
    assert judged(FRACTURE, said("passive_stretch_pain", side=RIGHT)) == []
    assert judged(STRETCH, said("tense_compartment", side=RIGHT)) == []


def test_a_forearm_is_no_leg() -> None:
    """A body site that is none of the leg's belongs to another limb."""
    forearm: dict[str, Any] = {"side": LEFT, "elsewhere": True}
    assert judged(FRACTURE, said("tense_compartment", **forearm)) == []
    assert judged(said("crush_injury", **forearm), STRETCH) == []


def test_a_long_lie_has_no_side() -> None:
    """A cause without a side fits the leg with the sign."""
    assert judged(said("long_lie"), STRETCH) == FIRES
    unsided = [said("long_lie"), said("passive_stretch_pain")]
    assert judged(*unsided) == [("compartment-syndrome", Side.UNSPECIFIED)]


@pytest.mark.parametrize(("value", "expected"), [(29, FIRES), (29.9, FIRES), (30, []), (31, [])])
def test_a_low_pressure_difference_alone(value: float, expected: list[object]) -> None:
    """Ruling 18: delta-P below 30 mmHg alone is enough; 30 is not below."""
    assert judged(measured("delta_pressure", value, side=LEFT, unit="mmHg")) == expected


@pytest.mark.parametrize(
    ("comparator", "value", "fires"),
    [("<", 30, True), ("<", 31, False), ("<=", 29, True), ("<=", 30, False), (">", 20, False)],
)
def test_a_bound_decides_only_on_its_own_side(
    comparator: str, value: float, *, fires: bool
) -> None:
    """`<30` is surely below 30; `>20` may be anything above."""
    bound = Quantity(value, unit="mmHg", comparator=comparator)
    entry = said("delta_pressure", Status.UNKNOWN, side=LEFT, quantity=bound)
    assert judged(entry) == (FIRES if fires else [])


@pytest.mark.parametrize(("minutes", "expected"), [(59, FIRES), (60, FIRES), (61, [])])
def test_the_lowest_of_the_newest_series_counts(minutes: int, expected: list[object]) -> None:
    """Several compartments are measured within an hour; an older low value is over."""
    low = measured("delta_pressure", 22, side=LEFT, when=ago(hours=1 + minutes / 60), source="O/1")
    newest = measured("delta_pressure", 45, side=LEFT, when=ago(hours=1), source="O/2")
    assert judged(low, newest) == expected


@pytest.mark.parametrize(("hours", "expected"), [(71, FIRES), (72, FIRES), (73, [])])
def test_cardinal_signs_count_for_72_hours(hours: int, expected: list[object]) -> None:
    """Examination signs and pressures count for 72 hours."""
    assert judged(FRACTURE, said("tense_compartment", side=LEFT, when=ago(hours=hours))) == expected
    assert judged(measured("delta_pressure", 20, side=LEFT, when=ago(hours=hours))) == expected


@pytest.mark.parametrize(("days", "expected"), [(6, FIRES), (7, FIRES), (8, [])])
def test_an_injury_is_a_cause_for_seven_days(days: int, expected: list[object]) -> None:
    """Limb injury within 7 days, by its date and by a stated onset."""
    assert judged(said("limb_fracture", when=day(days), side=LEFT), STRETCH) == expected
    dated = said("limb_fracture", side=LEFT, onset=day(days), onset_assumed=False)
    assert judged(dated, STRETCH) == expected


def test_an_old_fracture_recorded_again_is_no_cause() -> None:
    """An older record of the same leg makes it old; two signs still fire."""
    old = said("limb_fracture", when=day(40), side=LEFT, source="Condition/old")
    assert judged(FRACTURE, STRETCH, old) == []
    assert judged(FRACTURE, STRETCH, old, said("tense_compartment", side=LEFT)) == FIRES


@pytest.mark.parametrize(
    ("code", "fires"),
    [("S82.202A", True), ("S82.202C", True), ("S82.202", True), ("S82.202D", False)],
)
def test_only_a_new_fracture_is_a_cause(code: str, *, fires: bool) -> None:
    """Ruling 39: 7th character A, B, C or none."""
    chart = (
        condition(concept(icd(code, "")), recordedDate=moments.day_ago(1)),
        sign("tense_compartment"),
    )
    assert shown(advice(*chart)) == (["compartment-syndrome"] if fires else [])


def apixaban(*, active: bool = True) -> Medication:
    """A full-dose anticoagulant."""
    return Medication(
        source="MedicationRequest/m",
        uses=frozenset({"anticoag"}),
        label="apixaban",
        active=active,
        given=False,
        classified=True,
    )


def test_a_bruised_calf_is_a_cause_when_anticoagulated() -> None:
    """Anticoagulated hematoma: the bruise alone is no cause."""
    bruise = said("calf_bruising", side=LEFT)
    assert judged(bruise, STRETCH) == []
    assert judged(bruise, STRETCH, medications=(apixaban(),)) == FIRES
    assert judged(bruise, STRETCH, medications=(apixaban(active=False),)) == []


def diagnosis(when: Moment | None, **more: Any) -> Entry:
    """Compartment syndrome of the left leg as a diagnosis."""
    given = {"side": LEFT, "source": "Condition/c", "codes": ("icd10cm|T79.A22A",)} | more
    return said("acs", when=when, **given)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(diagnosis(day(0), suspected=True), FIRES, id="provisional"),
        pytest.param(diagnosis(day(7)), FIRES, id="7 days"),
        pytest.param(diagnosis(day(8)), [], id="8 days"),
        pytest.param(diagnosis(None), FIRES, id="undated"),
        pytest.param(diagnosis(day(0), current=False), [], id="resolved"),
        pytest.param(diagnosis(day(0), onset=day(9), onset_assumed=False), [], id="old onset"),
    ],
)
def test_the_diagnosis_opens_the_emergency(entry: Entry, expected: list[object]) -> None:
    """Ruling 18, row E4-diagnosis: a compartment Condition of at most 7 days, not refuted."""
    assert judged(entry) == expected


@pytest.mark.parametrize(
    ("code", "fires"),
    [("T79.A22A", True), ("T79.A22D", False), ("T79.A22S", False), ("M79.A22", False)],
)
def test_only_the_initial_encounter_opens(code: str, *, fires: bool) -> None:
    """Ruling 18: 7th character A only; the nontraumatic form does not open E4."""
    chart = condition(
        concept(icd(code, "")), verification="provisional", recordedDate=moments.day_ago(0)
    )
    assert shown(advice(chart)) == (["compartment-syndrome"] if fires else [])


def test_the_general_code_needs_a_leg() -> None:
    """Ruling 18: 111245009 only with a leg body site; a forearm is another limb."""
    code, today = concept(snomed("111245009", "")), moments.day_ago(0)
    forearm = snomed("14975008", "Forearm structure (body structure)")
    assert shown(advice(condition(code, recordedDate=today))) == []
    for site, expected in ((LOWER_LIMB, ["compartment-syndrome"]), (forearm, [])):
        sited = condition(code, recordedDate=today, bodySite=[body_site(site, "L")])
        assert shown(advice(sited)) == expected


@pytest.mark.parametrize(("hours", "expected"), [(71, TREATED), (72, TREATED), (73, FIRES)])
def test_fasciotomy_silences_for_72_hours(hours: int, expected: list[object]) -> None:
    """Ruling 18: fasciotomy of this leg within 72 hours."""
    done = said("fasciotomy", when=ago(hours=hours), side=LEFT, source="Procedure/p")
    assert judged(FRACTURE, STRETCH, done) == expected
    other = said("fasciotomy", when=ago(hours=hours), side=RIGHT, source="Procedure/p")
    assert judged(FRACTURE, STRETCH, other) == FIRES


def test_revascularization_is_a_cause_and_no_treatment() -> None:
    """Ruling 18 read with section 1.4: reperfusion causes compartment syndrome."""
    done = said("revascularization", when=ago(hours=5), side=LEFT, source="Procedure/p")
    assert judged(done, STRETCH) == FIRES


def test_a_surgical_admission_is_silent() -> None:
    """Ruling 18: in the hands of surgeons for at most 72 hours."""
    stay = Visit("Encounter/e", True, True, True, ago(hours=20), surgical=True)  # noqa: FBT003
    assert judged(FRACTURE, STRETCH, visits=(stay,)) == TREATED
    assert judged(FRACTURE, visits=(stay,)) == []


def test_pulses_do_not_matter() -> None:
    """Pulses are normally present and are not used."""
    pulse = said("pulseless", Status.ABSENT, side=LEFT)
    assert judged(FRACTURE, STRETCH, pulse) == FIRES


def test_the_card_tells_signs_causes_and_what_is_missing() -> None:
    """Cardinal signs by name, causes as reasons, the other signs as not known."""
    book = library().rulebook
    (assessment,) = compartment_syndrome.assess(found(FRACTURE, STRETCH), book, ())
    assert [f.id for f in assessment.findings] == ["passive_stretch_pain", "limb_fracture"]
    assert set(assessment.missing) == {
        "pain_out_of_proportion",
        "tense_compartment",
        "delta_pressure",
    }
    normal = measured("delta_pressure", 50, side=LEFT, unit="mmHg")
    (assessment,) = compartment_syndrome.assess(found(FRACTURE, STRETCH, normal), book, ())
    assert "delta_pressure" not in assessment.missing


def sign(name: str, side: str = "L", **more: object) -> Json:
    """A sign seen an hour ago."""
    value = more or {"valueBoolean": True}
    return observation(
        "exam",
        concept(own(name)),
        effectiveDateTime=moments.ago(hours=1),
        bodySite=body_site(LOWER_LIMB, side),
        **value,
    )


@pytest.mark.parametrize(
    ("unit", "code", "fires"),
    [
        ("mmHg", "mm[Hg]", True),
        ("mmHg", None, True),
        ("kPa", "kPa", False),
        (None, None, False),
    ],
)
def test_pressure_needs_its_unit(unit: str | None, code: str | None, *, fires: bool) -> None:
    """Ruling 6: another unit, or none, is unknown; never guessed."""
    advised = advice(sign("delta_pressure", valueQuantity=quantity(25, unit, code)))
    assert shown(advised) == (["compartment-syndrome"] if fires else [])


def test_the_measured_pressure_is_shown() -> None:
    """The value with its side stands among the reasons."""
    advised = advice(sign("delta_pressure", valueQuantity=quantity(25, "mmHg", "mm[Hg]")))
    assert "left 25 mmHg" in advised.cards[0].detail


def test_the_diagnosis_has_its_own_words() -> None:
    """Recorded, no decompression visible: the card asks whether the team is involved."""
    chart = condition(concept(icd("T79.A22A", "")), recordedDate=moments.day_ago(0))
    assert "recorded" in advice(chart).cards[0].summary
    both = advice(chart, sign("tense_compartment"))
    assert "tense compartment" in both.cards[0].summary


def test_the_dvt_of_the_same_leg_is_folded_and_told() -> None:
    """D1, ruling 11: one card with the DVT signs; the DVT of the other leg keeps its own."""
    limb = [sign("tense_compartment"), sign("passive_stretch_pain")]
    dvt = ("leg_swelling", "pitting_edema", "deep_vein_tenderness", "calf_swelling_3cm")
    same = advice(*limb, *(sign(name) for name in (*dvt, "entire_leg_swollen")))
    assert shown(same) == ["compartment-syndrome"]
    assert states(same)["dvt"] == "folded-into-emergency"
    assert "pitting edema" in same.cards[0].detail
    other = advice(*limb, *(sign(name, "R") for name in (*dvt, "entire_leg_swollen")))
    assert shown(other) == ["compartment-syndrome", "dvt-likely"]
    assert "pitting edema" not in other.cards[0].detail


def test_an_operation_of_the_leg_is_a_cause() -> None:
    """A knee replacement three days ago with one cardinal sign."""
    done = procedure(
        concept(snomed("609588000", "")),
        moments.day_ago(3),
        bodySite=[body_site(LOWER_LIMB, "L")],
    )
    assert shown(advice(done, sign("pain_out_of_proportion")))[0] == "compartment-syndrome"


def test_a_child_is_no_exception() -> None:
    """E4 at any age."""
    young = {"resourceType": "Patient", "id": "p1", "birthDate": "2014-05-01"}
    chart = [sign("tense_compartment"), sign("passive_stretch_pain")]
    assert shown(advice(*chart, patient=young)) == ["compartment-syndrome"]
