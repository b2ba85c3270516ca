"""Acute limb ischemia (row E3, rulings 2, 18, 46, 47 and 49)."""

from typing import Any

import pytest

from cds_service.clinical.fact import Statement as Entry
from cds_service.clinical.fact import Status, Strength, Visit
from cds_service.clinical.side import Side
from cds_service.clinical.topics import limb_ischemia
from tests.spec import moments
from tests.spec.fhir_json import (
    HL7,
    Json,
    body_site,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    resource,
    snomed,
)
from tests.spec.signs import LOWER_LIMB
from tests.unit.record import advice, ago, day, found, library, measured, said, shown, states

LEFT, RIGHT, BOTH = Side.LEFT, Side.RIGHT, Side.BOTH
COLD = said("cold", side=RIGHT)
PAIN = said("leg_pain", side=RIGHT)
SIX = ("leg_pain", "pallor", "pulseless", "cold", "paresthesia", "paralysis")


def judged(*entries: Entry, **more: object) -> list[tuple[str, Side]]:
    """State and side of the assessment, nothing where the table does not open."""
    book = library().rulebook
    return [(a.state, a.side) for a in limb_ischemia.assess(found(*entries, **more), book, ())]


FIRES = [("limb-ischemia", RIGHT)]
TREATED = [("limb-ischemia-treated", RIGHT)]


@pytest.mark.parametrize("first", SIX)
@pytest.mark.parametrize("second", SIX)
def test_two_ps_with_one_decisive(first: str, second: str) -> None:
    """E3: two of the six Ps on one leg, at least one of them pulseless, pale or cold."""
    decisive = {first, second} & {"pallor", "pulseless", "cold"}
    expected = FIRES if first != second and decisive else []
    assert judged(said(first, side=RIGHT), said(second, side=RIGHT)) == expected


@pytest.mark.parametrize("name", ["calf_pain", "radicular_pain", "leg_pain_below_knee"])
def test_any_leg_pain_is_the_first_p(name: str) -> None:
    """Ruling 46: leg pains by other names imply leg pain."""
    assert judged(COLD, said(name, side=RIGHT)) == FIRES


@pytest.mark.parametrize("name", ["sensory_deficit", "motor_deficit"])
def test_recorded_deficits_count_as_ps(name: str) -> None:
    """Ruling 47: paralysis and paresthesia stand beside motor and sensory deficits."""
    assert judged(COLD, said(name, side=RIGHT)) == FIRES


def test_two_names_of_one_p_are_one_sign() -> None:
    """Paralysis and a motor deficit are the same P, and neither is decisive."""
    assert judged(said("paralysis", side=RIGHT), said("motor_deficit", side=RIGHT)) == []
    assert judged(said("calf_pain", side=RIGHT), said("leg_pain", side=RIGHT)) == []


def test_a_cold_hand_is_no_leg() -> None:
    """A body site that is none of the leg's belongs to another limb."""
    assert judged(PAIN, said("cold", side=RIGHT, elsewhere=True)) == []
    assert judged(COLD, said("leg_pain", side=RIGHT, elsewhere=True)) == []


def test_exertional_pain_is_no_p() -> None:
    """Ruling 46: exertional calf pain is never calf pain."""
    assert judged(COLD, said("exertional_calf_pain", side=RIGHT)) == []


def test_signs_of_two_legs_are_never_added() -> None:
    """Cold right, pulseless left: one P each."""
    assert judged(COLD, said("pulseless", side=LEFT)) == []


@pytest.mark.parametrize(
    ("cold", "pain", "side"),
    [
        (Side.UNSPECIFIED, RIGHT, RIGHT),
        (RIGHT, Side.UNSPECIFIED, RIGHT),
        (Side.UNSPECIFIED, Side.UNSPECIFIED, Side.UNSPECIFIED),
        (BOTH, BOTH, BOTH),
        (BOTH, LEFT, LEFT),
    ],
)
def test_the_leg_in_danger(cold: Side, pain: Side, side: Side) -> None:
    """Entries without a side fit the leg that has entries of its own."""
    assert judged(said("cold", side=cold), said("leg_pain", side=pain)) == [("limb-ischemia", side)]


def test_both_legs_in_danger() -> None:
    """Each leg by its own signs: both are named."""
    legs = [said(name, side=side) for name in ("cold", "leg_pain") for side in (LEFT, RIGHT)]
    assert judged(*legs) == [("limb-ischemia", BOTH)]


@pytest.mark.parametrize(("days", "expected"), [(13, FIRES), (14, FIRES), (15, [])])
def test_ischemia_is_acute_for_14_days(days: int, expected: list[tuple[str, Side]]) -> None:
    """E3: onset at most 14 days ago; the onset stated, recorded today."""
    began = said("cold", side=RIGHT, onset=day(days), onset_assumed=False)
    assert judged(began, PAIN) == expected


@pytest.mark.parametrize(("days", "expected"), [(13, FIRES), (14, FIRES), (15, [])])
def test_a_sign_counts_for_14_days(days: int, expected: list[tuple[str, Side]]) -> None:
    """Last recorded at most 14 days ago."""
    assert judged(said("cold", when=day(days), side=RIGHT), PAIN) == expected


@pytest.mark.parametrize("name", ["pulseless", "pallor", "cold"])
def test_a_decisive_sign_recorded_again_is_not_new(name: str) -> None:
    """An older record of the same leg makes it old; of the other leg it does not."""
    old = said(name, when=day(60), side=RIGHT, source="Observation/old")
    assert judged(said(name, side=RIGHT), PAIN, old) == []
    other = said(name, when=day(60), side=LEFT, source="Observation/old")
    assert judged(said(name, side=RIGHT), PAIN, other) == FIRES


def test_a_sign_that_had_gone_is_new_again() -> None:
    """Seen absent in between: the older record belongs to another episode."""
    old = said("cold", when=day(60), side=RIGHT, source="Observation/old")
    gone = said("cold", Status.ABSENT, when=day(40), side=RIGHT, source="Observation/gone")
    assert judged(COLD, PAIN, old, gone) == FIRES


def test_old_pain_recorded_again_does_not_hide_a_new_sign() -> None:
    """Re-recorded pain still counts; only a stated old onset takes it out."""
    old = said("leg_pain", when=day(200), side=RIGHT, source="Observation/old")
    assert judged(COLD, PAIN, old) == FIRES
    assert judged(COLD, said("leg_pain", side=RIGHT, onset=day(200), onset_assumed=False)) == []


def test_worsening_makes_old_pain_count() -> None:
    """A relapse of an old complaint is acute."""
    worse = said("leg_pain", side=RIGHT, onset=day(200), onset_assumed=False, worse=True)
    assert judged(COLD, worse) == FIRES


def test_an_absent_pulse_with_arterial_disease_needs_an_onset() -> None:
    """Ruling 49: with PAD on record an absent pulse without a dated onset is not acute."""
    disease = said("pad_known", when=day(900))
    pulse = said("pulseless", side=RIGHT)
    assert judged(pulse, PAIN) == FIRES
    assert judged(pulse, PAIN, disease) == []
    dated = said("pulseless", side=RIGHT, onset=day(1), onset_assumed=False)
    assert judged(dated, PAIN, disease) == FIRES
    assert judged(pulse, COLD, PAIN, disease) == FIRES


def test_a_period_tells_the_onset() -> None:
    """Ruling 49: windows use the end of a period, onset its start."""
    sign: Json = {
        "code": concept(own("pulseless")),
        "bodySite": body_site(LOWER_LIMB, "R"),
        "valueBoolean": True,
    }
    new = {"start": moments.day_ago(2), "end": moments.ago(hours=1)}
    old = {"start": moments.day_ago(30), "end": moments.ago(hours=1)}
    assert "limb-ischemia" in shown(advice(*chart(sign | {"effectivePeriod": new})))
    assert "limb-ischemia" not in shown(advice(*chart(sign | {"effectivePeriod": old})))


def chart(sign: Json) -> tuple[Json, ...]:
    """A painful right leg with known arterial disease and this sign."""
    code = sign.pop("code")
    assert isinstance(code, dict)
    return (
        condition(concept(icd("M79.604", "")), recordedDate=moments.day_ago(0)),
        condition(concept(icd("I73.9", "")), recordedDate=moments.day_ago(900)),
        observation("exam", code, **sign),
    )


def diagnosis(days: int | None = 0, **more: Any) -> Entry:
    """Acute limb ischemia of the right leg as a diagnosis."""
    when = None if days is None else day(days)
    given = {"side": RIGHT, "source": "Condition/ali", "codes": ("snomed|1230182004",)} | more
    return said("ali", when=when, **given)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(diagnosis(), FIRES, id="today"),
        pytest.param(diagnosis(suspected=True), FIRES, id="provisional"),
        pytest.param(diagnosis(14), FIRES, id="14 days"),
        pytest.param(diagnosis(15), [], id="15 days"),
        pytest.param(diagnosis(None), FIRES, id="undated"),
        pytest.param(diagnosis(current=False), [], id="resolved"),
        pytest.param(diagnosis(onset=day(20), onset_assumed=False), [], id="old onset"),
    ],
)
def test_the_diagnosis_opens_the_emergency(entry: Entry, expected: list[object]) -> None:
    """Ruling 18, row E3-diagnosis: any verification but refuted, within 14 days, or undated."""
    assert judged(entry) == expected


def test_an_older_record_makes_the_diagnosis_old() -> None:
    """Ruling 18: undated or re-recorded counts only without an older record."""
    old = diagnosis(100, source="Condition/old")
    assert judged(diagnosis(None), old) == []
    assert judged(diagnosis(), old) == []


def test_a_refuted_diagnosis_is_none() -> None:
    """Ruling 18: refuted after the diagnosis settles it."""
    refuted = said("ali", Status.ABSENT, side=RIGHT, source="Condition/refuted")
    assert judged(diagnosis(1), refuted) == []


@pytest.mark.parametrize("code", ["266262004", "54687002", "65198009", "286959000"])
def test_arterial_clots_need_a_leg_site(code: str) -> None:
    """Ruling 18: codes that name no limb need a leg body site."""
    clot = concept(snomed(code, ""))
    today = moments.day_ago(0)
    assert "limb-ischemia" not in shown(advice(condition(clot, recordedDate=today)))
    sited = condition(clot, recordedDate=today, bodySite=[body_site(LOWER_LIMB, "L")])
    assert shown(advice(sited)) == ["limb-ischemia"]


@pytest.mark.parametrize("code", ["I74.01", "I74.09"])
def test_aortic_clots_need_a_leg_sign(code: str) -> None:
    """Ruling 18: a clot of the aorta counts beside a sign of the leg."""
    clot = said("ali", source="Condition/a", strength=Strength.WEAK, codes=(f"icd10cm|{code}",))
    assert judged(clot) == []
    assert judged(clot, PAIN) == FIRES
    old = said(
        "ali",
        when=day(15),
        source="Condition/a",
        strength=Strength.WEAK,
        codes=(f"icd10cm|{code}",),
    )
    assert judged(old, PAIN) == []


def test_the_common_icd_code_fires_without_pain() -> None:
    """Rulings 2 and 18: I74.3 today, no complaint coded."""
    clot = condition(
        concept(icd("I74.3", "")), verification="provisional", recordedDate=moments.day_ago(0)
    )
    advised = advice(clot)
    assert shown(advised) == ["limb-ischemia"]
    assert states(advised)["gate"] == "gate-silent"
    assert "treatment" in advised.cards[0].summary


@pytest.mark.parametrize("hours", [71, 72, 73])
@pytest.mark.parametrize("name", ["revascularization", "fasciotomy"])
def test_a_treated_limb_is_silent_for_72_hours(name: str, hours: int) -> None:
    """Ruling 18: revascularization or fasciotomy within 72 hours."""
    done = said(name, when=ago(hours=hours), side=RIGHT, source="Procedure/p")
    assert judged(COLD, PAIN, done) == (TREATED if hours <= 72 else FIRES)


def test_a_treated_leg_without_ischemia_is_nothing() -> None:
    """An operated leg that shows no sign and has no diagnosis opens no row."""
    assert judged(PAIN, said("revascularization", side=RIGHT, source="Procedure/p")) == []


def test_signs_are_told_as_signs_and_a_diagnosis_as_such() -> None:
    """Rows E3 and E3-diagnosis have words of their own; signs come first."""
    book = library().rulebook
    diagnosed = said("ali", side=RIGHT, source="Condition/d")
    for entries, row in (((COLD, PAIN), "E3"), ((diagnosed,), "E3-diagnosis")):
        (found_,) = limb_ischemia.assess(found(*entries), book, ())
        assert found_.row.id == row
    (both,) = limb_ischemia.assess(found(COLD, PAIN, diagnosed), book, ())
    assert both.row.id == "E3"


def test_treatment_of_the_other_leg_is_none() -> None:
    """Ruling 18 on the same leg; a treated leg beside a leg in danger stays silent itself."""
    done = said("revascularization", side=LEFT, source="Procedure/p")
    assert judged(COLD, PAIN, done) == FIRES
    left = [said(name, side=LEFT, source=f"Observation/l{name}") for name in ("cold", "leg_pain")]
    assert judged(COLD, PAIN, done, *left) == FIRES


@pytest.mark.parametrize(
    ("visit", "silent"),
    [
        pytest.param({}, True, id="admitted"),
        pytest.param({"start": ago(hours=72)}, True, id="72 hours"),
        pytest.param({"start": ago(hours=73)}, False, id="73 hours"),
        pytest.param({"start": None}, False, id="no start"),
        pytest.param({"surgical": False}, False, id="other ward"),
        pytest.param({"inpatient": False}, False, id="clinic"),
        pytest.param({"in_progress": False}, False, id="discharged"),
    ],
)
def test_a_surgical_admission_is_silent(visit: dict[str, object], *, silent: bool) -> None:
    """Ruling 18: admitted to vascular or general surgery within 72 hours."""
    given = {
        "source": "Encounter/e",
        "inpatient": True,
        "in_progress": True,
        "in_context": True,
        "start": ago(hours=2),
        "surgical": True,
    } | visit
    stay = Visit(**given)  # type: ignore[arg-type]
    assert judged(COLD, PAIN, visits=(stay,)) == (TREATED if silent else FIRES)


@pytest.mark.parametrize(
    ("code", "silent"), [("408463005", True), ("394609007", True), ("394579002", False)]
)
def test_the_service_of_the_visit_is_read(code: str, *, silent: bool) -> None:
    """Ruling 18: Encounter.serviceType tells vascular and general surgery."""
    clot = condition(concept(icd("I74.3", "")), recordedDate=moments.day_ago(0))
    stay = resource(
        "Encounter",
        status="in-progress",
        period={"start": moments.ago(hours=5)},
        serviceType=concept(snomed(code, "")),
        **{"class": coding(f"{HL7}/v3-ActCode", "IMP")},
    )
    assert shown(advice(clot, stay)) == ([] if silent else ["limb-ischemia"])


def test_a_procedure_of_the_project_code_silences() -> None:
    """Ruling 18: a Procedure mapped to our own code is a treatment."""
    clot = condition(concept(icd("I74.3", "")), recordedDate=moments.day_ago(0))
    done = procedure(concept(own("revascularization")), moments.ago(hours=20))
    assert states(advice(clot, done))["limb_ischemia"] == "limb-ischemia-treated"


def test_the_card_tells_what_is_known_and_what_is_not() -> None:
    """Ps found with their dates, the others as not known, and the Rutherford line."""
    book = library().rulebook
    numb = said("paresthesia", side=RIGHT)
    (assessment,) = limb_ischemia.assess(found(COLD, PAIN, numb), book, ())
    assert set(assessment.missing) == {"pulseless", "pallor", "paralysis"}
    assert [note.id for note in assessment.notes] == ["deficit"]
    recorded = said("pulseless", Status.ABSENT, side=RIGHT)
    (assessment,) = limb_ischemia.assess(found(COLD, PAIN, recorded), book, ())
    assert set(assessment.missing) == {"pallor", "paresthesia", "paralysis"}
    assert assessment.notes == ()


def test_a_pulse_not_counted_is_named() -> None:
    """Ruling 49: the absent pulse of unknown age is told, though it did not count."""
    book = library().rulebook
    entries = (COLD, PAIN, said("pulseless", side=RIGHT), said("pad_known", when=day(900)))
    (assessment,) = limb_ischemia.assess(found(*entries), book, ())
    assert [note.id for note in assessment.notes] == ["pulse-of-unknown-age"]
    assert "pulseless" not in {f.id for f in assessment.findings}


def test_the_dvt_of_the_same_leg_is_told_on_the_card() -> None:
    """D1, ruling 11: the leg findings of the folded DVT are reasons of this card."""
    book = library().rulebook
    swollen = said("leg_swelling", side=RIGHT)
    tender = said("deep_vein_tenderness", side=RIGHT)
    cancer = said("active_cancer")
    other = said("pitting_edema", side=LEFT)
    entries = (COLD, PAIN, swollen, tender, cancer, other)
    (assessment,) = limb_ischemia.assess(found(*entries), book, ())
    told = [f.id for f in assessment.findings]
    assert {"leg_swelling", "deep_vein_tenderness", "active_cancer"} <= set(told)
    assert "pitting_edema" not in told
    assert told.count("leg_pain") == 1


def test_bilateral_ischemia_tells_the_items_of_both_legs() -> None:
    """A saddle embolus: the Wells items of either leg are told once."""
    book = library().rulebook
    entries = (
        said("cold", side=BOTH),
        said("leg_pain", side=BOTH),
        said("entire_leg_swollen", side=LEFT),
        said("active_cancer"),
    )
    (assessment,) = limb_ischemia.assess(found(*entries), book, ())
    told = [f.id for f in assessment.findings]
    assert told.count("entire_leg_swollen") == told.count("active_cancer") == 1


def sign(name: str, side: str) -> Json:
    """A sign seen an hour ago."""
    return observation(
        "exam",
        concept(own(name)),
        effectiveDateTime=moments.ago(hours=1),
        bodySite=body_site(LOWER_LIMB, side),
        valueBoolean=True,
    )


def test_the_dvt_of_the_other_leg_keeps_its_card() -> None:
    """Ruling 11: ischemia right, DVT signs left: both show."""
    chart = [sign("cold", "R"), sign("pulseless", "R"), sign("leg_swelling", "L")]
    chart += [sign(name, "L") for name in ("pitting_edema", "entire_leg_swollen")]
    chart += [sign(name, "L") for name in ("deep_vein_tenderness", "calf_swelling_3cm")]
    assert shown(advice(*chart)) == ["limb-ischemia", "dvt-likely"]


def test_the_dvt_of_the_same_leg_is_folded() -> None:
    """D1, ruling 11: both right: one card, with the DVT signs among its reasons."""
    chart = [sign("cold", "R"), sign("pulseless", "R"), sign("leg_swelling", "R")]
    chart += [sign(name, "R") for name in ("pitting_edema", "deep_vein_tenderness")]
    advised = advice(*chart)
    assert shown(advised) == ["limb-ischemia"]
    assert states(advised)["dvt"] == "folded-into-emergency"
    assert "pitting edema" in advised.cards[0].detail


def test_a_child_is_no_exception() -> None:
    """E3 comes before the age gate."""
    young = {"resourceType": "Patient", "id": "p1", "birthDate": "2014-05-01"}
    assert shown(advice(sign("cold", "R"), sign("pulseless", "R"), patient=young)) == [
        "limb-ischemia"
    ]


def test_a_measured_power_is_no_sign_of_ischemia() -> None:
    """A grade alone is not a motor deficit of the limb."""
    assert judged(COLD, measured("mrc", 3, side=RIGHT)) == []
