"""The charts that went wrong in review, as the rulings say they must go."""

from typing import Any

import pytest

from cds_service.pipeline import Advice
from cds_service.writing.cards import WrittenCard
from tests.spec.fhir_json import (
    HL7,
    LOINC,
    RXNORM,
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
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, patient, shown, states

LEG = snomed("61685007", "Lower limb structure")
NINE = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "deep_vein_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
    "previous_dvt",
)
HISTORY = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "previous_dvt",
)
LEG_PAIN = condition(concept(icd("M79.605", "")), recordedDate=day_ago(0))
DRUGS_UNREAD = {"resourceType": "OperationOutcome", "issue": [{"severity": "error"}]}


def noted(finding: str, *, there: bool = True, side: str | None = "L", **more: Any) -> Json:
    """An examination finding of an hour ago."""
    given = {"effectiveDateTime": ago(hours=1), "bodySite": body_site(LEG, side)} | more
    return observation("exam", concept(own(finding)), valueBoolean=there, **given)


def problem(code: str, recorded: str | None = None, **more: Any) -> Json:
    """A problem by ICD-10-CM code."""
    return condition(concept(icd(code, "")), recordedDate=recorded or day_ago(0), **more)


def lab(value: float, **more: Any) -> Json:
    """A D-dimer of an hour ago in FEU."""
    given = {"effectiveDateTime": ago(hours=1)} | more
    measured = quantity(value, "ng/mL FEU", None)
    return observation(
        "laboratory", concept(coding(LOINC, "48065-7")), valueQuantity=measured, **given
    )


def calf(side: str, centimeters: float) -> Json:
    """A measured calf."""
    return observation(
        "exam",
        concept(own("calf_circumference")),
        effectiveDateTime=ago(hours=1),
        bodySite=body_site(LEG, side),
        valueQuantity=quantity(centimeters, "cm", "cm"),
    )


def scan(hours: float, code: str = "39432-0", **more: Any) -> Json:
    """A leg-vein scan ordered so many hours ago."""
    given = {"status": "active", "intent": "order", "authoredOn": ago(hours=hours)} | more
    return resource("ServiceRequest", code=concept(coding(LOINC, code)), **given)


def report(*conclusions: Json, when: str = ago(hours=1)) -> Json:
    """A report of the left leg veins, of an hour ago unless told otherwise."""
    return resource(
        "DiagnosticReport",
        status="final",
        code=concept(coding(LOINC, "39432-0")),
        effectiveDateTime=when,
        conclusionCode=[concept(conclusion) for conclusion in conclusions],
    )


def drug(code: str) -> Json:
    """An active order of yesterday, after the laboratory work."""
    return resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=concept(coding(RXNORM, code)),
        authoredOn=ago(hours=0.5),
    )


def recorded(*present: str, alternative: bool | None = None) -> list[Json]:
    """All nine items answered, these present; and the alternative item where given."""
    answers = [
        noted(item, there=item in present, side=None if item in HISTORY else "L") for item in NINE
    ]
    if alternative is None:
        return answers
    answer = noted(
        "alternative_diagnosis_as_likely",
        there=alternative,
        performer=[{"reference": "Practitioner/1"}],
        effectiveDateTime=ago(hours=0.5),
    )
    return [*answers, answer]


def dvt(*resources: Json, **more: Any) -> str:
    """The state of the DVT table."""
    return states(advice(*resources, **more))["dvt"]


def card(advised: Advice, identifier: str) -> WrittenCard:
    """One card that must show."""
    (found,) = (c for c in advised.cards if c.id == identifier)
    return found


CALF_PAIN = noted("calf_pain")
NEGATIVE = snomed("260385009", "Negative")
APIXABAN_5, ENOXAPARIN = "1364445", "67108"


def test_a_positive_d_dimer_behind_mere_leg_pain_shows() -> None:
    """Ruling 7a: M79.605 and 4,000 FEU today are not silent."""
    assert shown(advice(LEG_PAIN, lab(4000)))[0] == "dvt-d-dimer-positive"


def test_measured_swelling_behind_mere_leg_pain_scores() -> None:
    """Ruling 7b: leg pain, calf +4 cm, whole leg swollen and cancer are likely."""
    chart = (LEG_PAIN, calf("L", 41), calf("R", 37), noted("entire_leg_swollen"))
    cancer = noted("active_cancer", side=None)
    assert dvt(*chart, cancer) == "likely-pending-alt"


def test_both_legs_do_not_hide_a_positive_d_dimer() -> None:
    """Ruling 8: bilateral swelling with cancer, surgery and D-dimer 6,000 is critical."""
    both = condition(concept(snomed("762898005", "")), recordedDate=day_ago(0))
    knee = procedure(concept(snomed("609588000", "")), day_ago(21))
    advised = advice(both, noted("active_cancer", side=None), knee, lab(6000))
    assert shown(advised)[0] == "dvt-d-dimer-positive"
    assert advised.cards[0].indicator == "critical"


def test_both_legs_without_points_ask_for_the_worse_one() -> None:
    """D12: every trigger bilateral and at most one point."""
    both = condition(concept(snomed("762898005", "")), recordedDate=day_ago(0))
    assert dvt(both) == "bilateral"


NO_HISTORY = [noted(item, there=False, side=None) for item in HISTORY]


@pytest.mark.parametrize(
    ("more", "state"),
    [
        pytest.param([problem("L03.116"), *NO_HISTORY], "cellulitis-overlap", id="damps"),
        pytest.param([problem("L03.116")], "undetermined", id="history unknown"),
        pytest.param([problem("L03.116"), *NO_HISTORY[1:]], "undetermined", id="one unknown"),
        pytest.param([problem("L03.116", "2023-02-01"), *NO_HISTORY], "undetermined", id="old"),
        pytest.param([problem("L03.115"), *NO_HISTORY], "undetermined", id="other leg"),
        pytest.param(
            [problem("L03.116"), *NO_HISTORY, lab(4000)], "ddimer-positive", id="D-dimer positive"
        ),
    ],
)
def test_when_cellulitis_damps_the_score(more: list[Json], state: str) -> None:
    """Ruling 8: recent, same leg, the four history items recorded absent, D-dimer not positive."""
    assert dvt(CALF_PAIN, *more) == state


def test_cellulitis_that_does_not_damp_is_printed() -> None:
    """Ruling 8: otherwise the card says that cellulitis is on record."""
    text = card(advice(CALF_PAIN, problem("L03.116")), "dvt-undetermined").detail
    assert "Cellulitis of this leg is on record" in text


DUE = observation(
    "survey",
    concept(coding(LOINC, "11778-8")),
    effectiveDateTime=day_ago(20),
    valueDateTime=day_ago(-56),
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param([LEG_PAIN, problem("Z86.718")], "dvt-pregnancy", id="leg pain, previous DVT"),
        pytest.param([LEG_PAIN], "dvt-weak-risk", id="leg pain alone"),
        pytest.param([CALF_PAIN], "dvt-pregnancy", id="calf pain"),
        pytest.param([CALF_PAIN, lab(200)], "dvt-pregnancy", id="D-dimer does not exclude"),
    ],
)
def test_leg_pain_in_pregnancy_is_never_silent(more: list[Json], expected: str) -> None:
    """Ruling 9: 32 weeks with leg pain gets an urgent card, with a history item the work-up."""
    advised = advice(DUE, *more)
    assert shown(advised)[0] == expected


def test_root_pain_in_pregnancy_leaves_it_to_the_card_that_examines_it() -> None:
    """Ruling 9: silent only where a radiculopathy card really shows."""
    for root in (noted("buttock_leg_pain"), noted("radicular_pain"), problem("M54.32")):
        advised = advice(DUE, root)
        assert states(advised)["dvt"] == "preg-weak"
        assert "radiculopathy-examine" in shown(advised)


@pytest.mark.parametrize(
    "risk", [pytest.param([], id="none"), pytest.param([problem("Z86.718")], id="previous DVT")]
)
def test_a_negative_scan_in_pregnancy_is_repeated_whatever_the_history(risk: list[Json]) -> None:
    """D6b: signs and a scan negative within 7 days; a history item starts no new work-up."""
    advised = advice(DUE, CALF_PAIN, report(NEGATIVE), *risk)
    assert shown(advised)[0] == "dvt-pregnancy-scan-negative"


@pytest.mark.parametrize(
    "larger",
    [
        pytest.param([noted("calf_swelling_3cm", side="R")], id="recorded"),
        pytest.param([calf("R", 40), calf("L", 36)], id="measured"),
    ],
)
def test_two_signs_of_a_leg_without_symptoms_are_scored_too(larger: list[Json]) -> None:
    """Ruling 43: a leg with sided items is assessed, however the calf was said to be larger."""
    signs = [noted("deep_vein_tenderness", side="R"), noted("active_cancer", side=None), *larger]
    agreed = noted("alternative_diagnosis_as_likely", there=False, side="R")
    answered = agreed | {
        "effectiveDateTime": ago(hours=0.5),
        "performer": [{"reference": "Practitioner/1"}],
    }
    discolored = noted("leg_discoloration", side="L")
    assert dvt(discolored, *signs, answered) == "likely-certain"


def test_a_measured_calf_lifts_an_old_onset_like_an_answer() -> None:
    """Ruling 3: an onset beyond 90 days counts with item 6, recorded or measured."""
    old = condition(
        concept(own("leg_erythema_warmth")),
        onsetDateTime=day_ago(120),
        recordedDate=day_ago(1),
        bodySite=[body_site(LEG, "L")],
    )
    scanned = report(NEGATIVE, own("scan_whole_leg"), when=ago(hours=30))
    assert dvt(old, scanned) == "silent-no-trigger"
    for sign in ([noted("calf_swelling_3cm")], [calf("L", 40), calf("R", 36)]):
        assert dvt(old, scanned, *sign) == "imaged-neg-whole"


def test_a_scan_before_the_calf_was_measured_is_of_another_episode() -> None:
    """Ruling 49: a sign that is only dated is taken to have begun at that time."""
    scanned = report(NEGATIVE, own("scan_whole_leg"), when=ago(hours=100))
    for sign in ([noted("calf_swelling_3cm")], [calf("L", 40), calf("R", 36)]):
        assert dvt(scanned, *sign) == "undetermined"


@pytest.mark.parametrize(
    ("code", "items", "state"),
    [
        pytest.param(APIXABAN_5, NINE[:4], "anticoagulated", id="treatment dose, likely"),
        pytest.param(ENOXAPARIN, NINE[:4], "likely-certain", id="unknown dose, likely"),
        pytest.param(ENOXAPARIN, NINE[:1], "anticoagulated", id="unknown dose, one point"),
    ],
)
def test_an_undeterminable_dose_does_not_outrank_a_likely_dvt(
    code: str, items: tuple[str, ...], state: str
) -> None:
    """Ruling 12e: post-operative enoxaparin without a dose does not soften dvt-likely."""
    assert dvt(CALF_PAIN, drug(code), *recorded(*items)) == state


def test_a_negative_d_dimer_reassures_only_without_treatment() -> None:
    """Ruling 12d: silent with treatment absent, a card while it is unknown."""
    chart = [CALF_PAIN, *recorded(), lab(200)]
    assert states(advice(*chart))["dvt"] == "unlikely-ddimer-neg"
    assert shown(advice(*chart)) == []
    unread = advice(*chart, medications=DRUGS_UNREAD)
    assert "confirm" in card(unread, "dvt-unlikely").detail.lower()
    assert dvt(*chart, drug(APIXABAN_5)) == "anticoagulated"


def test_a_known_dvt_says_whether_the_medications_were_read() -> None:
    """Ruling 12c: `no anticoagulant visible` only after a complete list."""
    known = problem("I82.402", day_ago(3))
    read = card(advice(known), "dvt-known-untreated")
    unread = card(advice(known, CALF_PAIN, medications=DRUGS_UNREAD), "dvt-known-untreated")
    assert read.summary != unread.summary
    assert "medications" in unread.summary.lower()


def test_a_dvt_recorded_at_each_follow_up_is_not_new() -> None:
    """Ruling 19: completed treatment and I82.402 at every visit stay silent."""
    visits = [problem("I82.402", when) for when in ("2023-05-01", "2024-05-01", day_ago(1))]
    assert shown(advice(*visits)) == []


@pytest.mark.parametrize(
    ("items", "hours", "state"),
    [
        pytest.param((), 3, "imaging-pending", id="undetermined, 3 h"),
        pytest.param((), 23, "imaging-pending", id="undetermined, 23 h"),
        pytest.param((), 25, "imaging-overdue", id="undetermined, 25 h"),
        pytest.param(NINE[:4], 3, "imaging-pending", id="likely, 3 h"),
        pytest.param(NINE[:4], 5, "imaging-overdue", id="likely, 5 h"),
        pytest.param(NINE[:2], 5, "imaging-overdue", id="pending alternative, 5 h"),
        pytest.param((), 24 * 9, "undetermined", id="a forgotten order"),
    ],
)
def test_how_long_an_ordered_scan_keeps_silent(
    items: tuple[str, ...], hours: float, state: str
) -> None:
    """Ruling 31: 24 hours, 4 where likely; beyond 8 days the order is ignored."""
    pain = noted("calf_pain", effectivePeriod={"start": day_ago(12), "end": day_ago(0)})
    del pain["effectiveDateTime"]
    assert dvt(pain, scan(hours), *[noted(item) for item in items]) == state


def test_an_order_of_which_only_the_day_is_known_tells_the_hours_it_may_have_waited() -> None:
    """Ruling 31: counted from the beginning of its day, in the table and in the words alike."""
    (card,) = advice(
        noted("calf_pain"), *map(noted, NINE[:4]), scan(0, authoredOn=day_ago(0))
    ).cards
    assert card.id == "dvt-scan-overdue"
    assert "requested 15 h ago" in card.summary


def test_a_positive_d_dimer_shortens_the_wait() -> None:
    """Ruling 31: 4 hours also with a positive D-dimer."""
    pain = noted("calf_pain", effectiveDateTime=ago(hours=40))
    assert dvt(pain, scan(5), lab(4000)) == "imaging-overdue"
    assert dvt(pain, scan(3), lab(4000)) == "imaging-pending"


def test_a_scan_before_the_diagnosis_was_written_counts() -> None:
    """Ruling 32: scan at eleven, diagnosis at four, no onset: the scan is after the onset."""
    late = condition(concept(own("calf_pain")), recordedDate=ago(hours=0.1))
    assert dvt(late, report(NEGATIVE, own("scan_whole_leg"))) == "imaged-neg-whole"


@pytest.mark.parametrize(
    ("more", "state"),
    [
        pytest.param([lab(200)], "imaged-neg-closed", id="D-dimer negative"),
        pytest.param([lab(4000)], "repeat-scan", id="D-dimer positive"),
        pytest.param([lab(4000), scan(0.2)], "repeat-scan-planned", id="repeat ordered"),
        pytest.param([], "neg-scan-needs-ddimer", id="no D-dimer"),
        pytest.param([scan(0.2)], "neg-scan-needs-ddimer", id="repeat ordered, no D-dimer"),
        pytest.param([*recorded()], "imaged-neg-closed", id="score unlikely"),
    ],
)
def test_after_a_negative_proximal_scan(more: list[Json], state: str) -> None:
    """D9f to D9i: closed, repeated, planned or waiting for a D-dimer."""
    assert dvt(CALF_PAIN, report(NEGATIVE), *more) == state


@pytest.mark.parametrize(
    ("chart", "state"),
    [
        pytest.param([report(NEGATIVE), lab(200)], "repeat-scan", id="proximal, D-dimer"),
        pytest.param([report(NEGATIVE), *recorded()], "repeat-scan", id="proximal, score"),
        pytest.param([report(NEGATIVE, own("scan_whole_leg"))], "anticoagulated", id="whole leg"),
    ],
)
def test_a_negative_scan_closes_nothing_on_treatment(chart: list[Json], state: str) -> None:
    """Ruling 12d: rows D9e and D9f are silent only where no anticoagulant is present."""
    assert dvt(CALF_PAIN, *chart, drug(APIXABAN_5)) == state


def stay(start: str, **more: Any) -> Json:
    """An inpatient encounter."""
    inpatient = coding(f"{HL7}/v3-ActCode", "IMP")
    given = {"id": "v1", "status": "in-progress", "period": {"start": start}, "class": inpatient}
    return resource("Encounter", **given | more)


@pytest.mark.parametrize(
    ("visit", "context", "state"),
    [
        pytest.param(stay(ago(hours=49)), "v1", "inpatient", id="49 hours"),
        pytest.param(stay(ago(hours=47)), "v1", "undetermined", id="47 hours"),
        pytest.param(stay(ago(hours=49)), "", "inpatient", id="newest open stay"),
        pytest.param(stay(day_ago(300)), "", "undetermined", id="never closed, last year"),
        pytest.param(stay(ago(hours=90), status="finished"), "", "undetermined", id="finished"),
        pytest.param(
            stay(ago(hours=90), **{"class": coding(f"{HL7}/v3-ActCode", "AMB")}),
            "v1",
            "undetermined",
            id="outpatient",
        ),
    ],
)
def test_who_is_an_inpatient(visit: Json, context: str, state: str) -> None:
    """Ruling 42: the encounter of the context, else the newest open one of 60 days."""
    assert dvt(CALF_PAIN, visit, encounter=context) == state


def test_likely_and_positive_outrank_the_inpatient_row() -> None:
    """Ruling 42: D14 and D15 come first."""
    assert dvt(CALF_PAIN, stay(ago(hours=90)), lab(4000), encounter="v1") == "ddimer-positive"
    chart = [CALF_PAIN, stay(ago(hours=90)), *recorded(*NINE[:4])]
    assert dvt(*chart, encounter="v1") == "likely-certain"


def test_the_more_urgent_leg_is_shown_and_the_other_named() -> None:
    """Ruling 43: one score per leg; unsided history goes to both."""
    right = [noted(item, side="R") for item in NINE[3:8] if item != "entire_leg_swollen"]
    swollen = noted("leg_swelling", side="R")
    advised = advice(CALF_PAIN, swollen, *right[:1], *right[2:])
    found = card(advised, "dvt-likely-pending-alt")
    assert "right leg" in found.summary
    assert "The other leg (left leg) was assessed too" in found.detail


@pytest.mark.parametrize(
    ("items", "alternative", "more", "state"),
    [
        ((), None, [], "unlikely-certain"),
        (("active_cancer",), False, [], "unlikely-cancer"),
        ((), None, [lab(200)], "unlikely-ddimer-neg"),
        ((), None, [lab(4000)], "ddimer-positive"),
        ((), None, [lab(300, status="preliminary")], "ddimer-pending"),
        ((), None, [scan(1, "48065-7")], "ddimer-pending"),
        (NINE[1:3], True, [], "unlikely-certain"),
        (NINE[:2], False, [], "likely-certain"),
        (NINE[:2], None, [], "likely-pending-alt"),
        (NINE[:4], True, [], "likely-certain"),
        (NINE[1:4], True, [], "unlikely-certain"),
    ],
)
def test_a_fully_recorded_score(
    items: tuple[str, ...], *, alternative: bool | None, more: list[Json], state: str
) -> None:
    """D14 to D17 with all nine items answered."""
    assert dvt(CALF_PAIN, *recorded(*items, alternative=alternative), *more) == state


def test_an_alternative_that_changes_the_class_is_printed() -> None:
    """R4: the flip is honored and said, with the history item that still raises the risk."""
    advised = advice(CALF_PAIN, *recorded(*NINE[1:3], alternative=True))
    text = card(advised, "dvt-unlikely").detail
    assert "Score 0 instead of 2 only because" in text
    assert "raises the probability of DVT independently" in text


@pytest.mark.parametrize(
    ("birth", "expected"),
    [("2009-11-20", "dvt-pediatric"), ("2008-11-20", "dvt-undetermined"), ("", "dvt-age-unknown")],
)
def test_the_age_gate(birth: str, expected: str) -> None:
    """D3 and D4: under 18, and without a birth date, the adult rules are not applied."""
    assert shown(advice(CALF_PAIN, patient=patient(birthDate=birth)))[0] == expected


def test_a_patient_that_was_not_found_is_of_unknown_age() -> None:
    """Ruling 57: the veins ask for the age, and an emergency shows all the same."""
    nobody: dict[str, Any] = {"patient": None}
    assert shown(advice(CALF_PAIN, **nobody)) == ["dvt-age-unknown"]
    assert shown(advice(CALF_PAIN, problem("R06.00"), **nobody)) == ["pe-suspected"]


def test_an_amputated_leg_has_no_calf() -> None:
    """D8, unless the D-dimer is positive (ruling 8)."""
    lost = problem("Z89.512", "2015-01-01")
    swelling = noted("leg_swelling")
    assert dvt(swelling, lost) == "amputated-side"
    assert dvt(swelling, lost, lab(4000)) == "ddimer-positive"
    assert dvt(noted("leg_swelling", side="R"), lost) == "undetermined"


@pytest.mark.parametrize(
    ("signs", "state"),
    [
        pytest.param(["entire_leg_swollen", "cyanosis"], "folded-into-emergency", id="both"),
        pytest.param(
            ["entire_leg_swollen", "leg_discoloration"], "folded-into-emergency", id="mottled"
        ),
        pytest.param(["entire_leg_swollen"], "undetermined", id="swollen only"),
    ],
)
def test_a_swollen_blue_leg_is_an_emergency(signs: list[str], state: str) -> None:
    """E5: phlegmasia takes the place of everything else said of the leg."""
    advised = advice(*[noted(finding) for finding in signs])
    assert states(advised)["dvt"] == state
    assert (shown(advised)[0] == "phlegmasia") is (state == "folded-into-emergency")


def test_what_the_card_says_of_a_d_dimer() -> None:
    """Value, basis, threshold and flags are printed beside the state."""
    older = patient(birthDate="1950-04-17")
    flag = {"interpretation": [concept(coding(f"{HL7}/v3-ObservationInterpretation", "H"))]}
    flagged = advice(CALF_PAIN, lab(700, **flag), patient=older)
    text = card(flagged, "dvt-undetermined").detail
    assert "is 700 ug/L FEU; threshold used 760 ug/L FEU" in text
    assert "The laboratory flags the result high" in text
    assert "cannot exclude DVT until the score is proven to be 1 or less" in text
    likely = advice(CALF_PAIN, *recorded(*NINE[:4]), lab(200))
    assert "does not cancel the scan" in card(likely, "dvt-likely").detail


def test_a_larger_calf_of_the_other_leg_is_printed() -> None:
    """The measured difference stands on the card, absent for the index leg."""
    text = card(advice(CALF_PAIN, calf("L", 36), calf("R", 40)), "dvt-undetermined").detail
    assert "the right leg is larger by 4 cm" in text


def test_a_sign_of_the_other_leg_is_printed_not_scored() -> None:
    """Ruling 48: recorded on the right leg and not scored for the left."""
    chart = (CALF_PAIN, noted("pitting_edema", side="R"))
    text = card(advice(*chart), "dvt-undetermined").detail
    assert "Recorded on the right leg and not scored here: pitting edema" in text


MINOR = {"patient": patient(birthDate="2009-11-20")}
AGELESS = {"patient": patient(birthDate="")}
UNREAD = {"medications": DRUGS_UNREAD}
KNOWN = problem("I82.402", day_ago(3))
LOCAL_DRUG = resource(
    "MedicationRequest",
    status="active",
    intent="order",
    medicationCodeableConcept=concept(coding("https://ehr.example.org/drugs", "x17")),
    authoredOn=day_ago(1),
)


@pytest.mark.parametrize(
    ("chart", "more", "row"),
    [
        ([CALF_PAIN], AGELESS, "D3a"),
        ([LEG_PAIN], AGELESS, "D3b"),
        ([CALF_PAIN], MINOR, "D4a"),
        ([LEG_PAIN], MINOR, "D4b"),
        ([KNOWN], {}, "D5a"),
        ([KNOWN], AGELESS, "D5a"),
        ([KNOWN, CALF_PAIN], AGELESS, "D5a"),
        ([KNOWN, CALF_PAIN], UNREAD, "D5a-unread"),
        ([KNOWN, LOCAL_DRUG], {}, "D5a-unclear"),
        ([KNOWN, LOCAL_DRUG, CALF_PAIN], {}, "D5a-unclear"),
        ([KNOWN, drug(APIXABAN_5), noted("calf_pain", side="R")], {}, "D5b"),
        ([KNOWN, drug(APIXABAN_5)], {}, "D5c-early"),
        ([problem("I82.402", day_ago(30)), drug(APIXABAN_5)], {}, "D5c"),
        ([KNOWN], UNREAD, "D5d"),
        ([DUE, LEG_PAIN, problem("Z86.718")], {}, "D6a-risk"),
        ([DUE, LEG_PAIN], {}, "D6a-examine"),
        ([DUE, CALF_PAIN], {}, "D6c"),
        ([DUE, CALF_PAIN, noted("radicular_pain")], {}, "D6c"),
        ([noted("radicular_pain")], {}, "D7b"),
        ([CALF_PAIN, scan(5), *[noted(item) for item in NINE[:4]]], {}, "D9a"),
        ([noted("calf_pain", effectiveDateTime=ago(hours=40)), scan(25)], {}, "D9a-late"),
        ([CALF_PAIN, report(NEGATIVE, own("scan_whole_leg"))], UNREAD, "D9e-unclear"),
        ([CALF_PAIN, report(NEGATIVE, own("scan_whole_leg"))], {}, "D9e"),
        ([CALF_PAIN, report(NEGATIVE), lab(200)], UNREAD, "D9f-unclear"),
        ([CALF_PAIN, report(NEGATIVE), lab(200)], {}, "D9f"),
        ([CALF_PAIN, report(NEGATIVE), lab(4000)], {}, "D9g"),
        ([CALF_PAIN, report(NEGATIVE), drug(APIXABAN_5)], {}, "D9g-anticoagulated"),
        ([CALF_PAIN, lab(4000)], {}, "D15"),
        ([CALF_PAIN, *recorded(), lab(200)], UNREAD, "D17b-unclear"),
        ([CALF_PAIN, *recorded(), lab(200)], {}, "D17b"),
        ([CALF_PAIN, *recorded()], UNREAD, "D17e"),
        ([CALF_PAIN, noted("pitting_edema")], {}, "D18a"),
        ([CALF_PAIN], {}, "D18b"),
        ([CALF_PAIN, noted("worsening_14d", side=None)], {}, "D18b"),
        ([CALF_PAIN, lab(200)], UNREAD, "D18b"),
    ],
)
def test_which_row_decides(chart: list[Json], more: dict[str, Any], row: str) -> None:
    """Rows that share a state with another are told apart by their own reason."""
    (placed,) = (p for p in advice(*chart, **more).placed if p.assessment.topic == "dvt")
    assert placed.assessment.row.id == row


def test_a_repeat_scan_is_worded_by_its_cause() -> None:
    """Ruling 40: on an anticoagulant the card does not say to stop it."""
    positive = card(advice(CALF_PAIN, report(NEGATIVE), lab(4000)), "dvt-scan-repeat")
    treated = card(advice(CALF_PAIN, report(NEGATIVE), drug(APIXABAN_5)), "dvt-scan-repeat")
    assert "stop interim therapeutic anticoagulation" in positive.detail
    assert "D-dimer positive" not in treated.summary
    assert treated.summary.endswith("no treatment change for this.")
