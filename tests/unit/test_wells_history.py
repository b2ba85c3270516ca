"""Wells items 1, 2, 3 and 9: what the history says, never scored from a hint."""

from typing import Any

import pytest

from cds_service.clinical.fact import Status
from cds_service.clinical.venous import wells_history
from tests.spec.fhir_json import (
    ICD10CM,
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
from tests.spec.moments import ago, day_ago, years_ago
from tests.unit.record import rules, seen

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
DVT = rules("dvt")
FOREARM = snomed("14975008", "Forearm structure")
LEG = snomed("61685007", "Lower limb structure")
FLUOROURACIL = coding(RXNORM, "4492", "fluorouracil")


def problem(
    code: str, *, onset: str | None = None, recorded: str | None = None, **more: Any
) -> Json:
    """A problem by ICD-10-CM code."""
    return condition(concept(icd(code, "")), onsetDateTime=onset, recordedDate=recorded, **more)


def answer(finding: str, *, value: bool, when: str = "", **more: Any) -> Json:
    """A recorded answer to one of our own questions."""
    return observation(
        "survey",
        concept(own(finding)),
        effectiveDateTime=when or ago(hours=2),
        valueBoolean=value,
        **more,
    )


def cancer(*resources: Json) -> Status:
    """Item 1."""
    return wells_history.active_cancer(seen(*resources), DVT).status


def paralysis(*resources: Json) -> Status:
    """Item 2."""
    return wells_history.paralysis(seen(*resources), DVT).status


def bed_or_surgery(*resources: Json) -> Status:
    """Item 3."""
    return wells_history.surgery_or_bed_rest(seen(*resources), DVT).status


def previous(*resources: Json) -> Status:
    """Item 9."""
    return wells_history.previous_dvt(seen(*resources), DVT).status


def drug(code: Json, **more: Any) -> Json:
    """An active medication order."""
    given = {"status": "active", "intent": "order", "authoredOn": day_ago(30)} | more
    return resource("MedicationRequest", medicationCodeableConcept=concept(code), **given)


OLD_BREAST = problem("C50.911", onset=years_ago(5), recorded=years_ago(5))


def test_no_cancer_on_record_is_unknown_not_absent() -> None:
    """Silence of the problem list denies nothing."""
    assert cancer() is UNKNOWN


def test_a_cancer_of_years_ago_is_unknown() -> None:
    """A diagnosis under surveillance is a question, not a point."""
    assert cancer(OLD_BREAST) is UNKNOWN


@pytest.mark.parametrize(
    ("onset", "status"),
    [(day_ago(183), PRESENT), (day_ago(184), UNKNOWN), (day_ago(1), PRESENT)],
)
def test_a_cancer_of_the_last_six_months_is_active(onset: str, status: Status) -> None:
    """Onset within 183 days makes it active."""
    assert cancer(problem("C50.911", onset=onset, recorded=onset)) is status


def test_recording_an_old_cancer_again_is_not_new() -> None:
    """Ruling 35: the onset is the earliest record of the same three-character category."""
    again = problem("C50.912", recorded=day_ago(3))
    assert cancer(again) is PRESENT
    assert cancer(again, OLD_BREAST) is UNKNOWN
    assert cancer(again, problem("C50.911", recorded=years_ago(4), clinical="resolved")) is UNKNOWN


def test_another_cancer_is_new() -> None:
    """An old breast cancer does not make a new lung cancer old."""
    assert cancer(OLD_BREAST, problem("C34.11", onset=day_ago(20), recorded=day_ago(20))) is PRESENT


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(problem("Z51.11", recorded=day_ago(20)), id="chemotherapy encounter"),
        pytest.param(problem("Z51.5", recorded=day_ago(20)), id="palliative care"),
        pytest.param(problem("C79.51", recorded=years_ago(2)), id="metastasis"),
        pytest.param(drug(FLUOROURACIL), id="antineoplastic drug"),
    ],
)
def test_treatment_palliation_or_metastasis_makes_an_old_cancer_active(evidence: Json) -> None:
    """One of the documented proofs beside the diagnosis scores the item."""
    assert cancer(OLD_BREAST, evidence) is PRESENT


@pytest.mark.parametrize(
    "evidence",
    [
        pytest.param(problem("Z51.11", recorded=day_ago(200)), id="chemotherapy long ago"),
        pytest.param(
            drug(
                FLUOROURACIL,
                dosageInstruction=[{"route": concept(snomed("6064005", "Topical route"))}],
            ),
            id="fluorouracil cream",
        ),
        pytest.param(
            drug(FLUOROURACIL, status="entered-in-error"),
            id="retracted drug",
        ),
    ],
)
def test_what_does_not_make_an_old_cancer_active(evidence: Json) -> None:
    """Ruling 35: old treatment and topical drugs leave the item unknown."""
    assert cancer(OLD_BREAST, evidence) is UNKNOWN


def test_a_drug_without_a_cancer_scores_nothing() -> None:
    """Methotrexate treats arthritis too."""
    assert cancer(drug(FLUOROURACIL)) is UNKNOWN


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(icd("C44.91", ""), id="skin"),
        pytest.param(snomed("254701007", "Basal cell carcinoma of skin"), id="basal cell"),
        pytest.param(icd("D05.11", ""), id="in situ"),
        pytest.param(icd("Z85.3", ""), id="history of cancer"),
    ],
)
def test_skin_cancer_in_situ_and_history_are_not_active_cancer(code: Json) -> None:
    """They never score, however recent."""
    entry = condition(concept(code), onsetDateTime=day_ago(20), recordedDate=day_ago(20))
    assert cancer(entry) is UNKNOWN


@pytest.mark.parametrize("verification", ["provisional", "differential", "unconfirmed"])
def test_a_suspected_cancer_scores_nothing(verification: str) -> None:
    """Ruling 27: provisional is unknown for a Wells point."""
    entry = problem("C50.911", onset=day_ago(20), verification=verification)
    assert cancer(entry) is UNKNOWN


@pytest.mark.parametrize(("value", "status"), [(True, PRESENT), (False, ABSENT)])
def test_a_recorded_answer_on_cancer_counts(*, value: bool, status: Status) -> None:
    """The explicit answer decides, in either direction."""
    assert cancer(OLD_BREAST, answer("active_cancer", value=value)) is status


def test_no_paralysis_on_record_is_unknown() -> None:
    """Nothing recorded, nothing absent."""
    assert paralysis() is UNKNOWN


def grade(value: float, when: str = "", **more: Any) -> Json:
    """A power grade of the left leg."""
    return observation(
        "exam",
        concept(own("mrc")),
        effectiveDateTime=when or ago(hours=2),
        valueQuantity=quantity(value, None, None),
        bodySite=body_site(LEG, "L"),
        **more,
    )


@pytest.mark.parametrize(
    ("value", "status"), [(0, PRESENT), (3, PRESENT), (4, UNKNOWN), (5, UNKNOWN)]
)
def test_power_of_3_or_less_is_paresis(value: float, status: Status) -> None:
    """Ruling 45: MRC 3 or less scores; MRC 4 leaves the item unknown."""
    assert paralysis(grade(value)) is status


def test_an_ungraded_weakness_is_no_paresis() -> None:
    """Ruling 45: weakness without a grade leaves the item unknown."""
    assert paralysis(answer("motor_deficit", value=True)) is UNKNOWN


def test_a_preliminary_grade_scores_nothing() -> None:
    """Ruling 27: preliminary is unknown for scores."""
    assert paralysis(grade(2, status="preliminary")) is UNKNOWN


def test_a_grade_given_as_an_integer_is_read() -> None:
    """The value of an examination may be a quantity or an integer."""
    whole = grade(2)
    del whole["valueQuantity"]
    assert paralysis(whole | {"valueInteger": 2}) is PRESENT


@pytest.mark.parametrize(
    ("code", "status"),
    [("M21.371", PRESENT), ("G81.94", PRESENT), ("G82.20", PRESENT), ("G83.14", PRESENT)],
)
def test_foot_drop_and_paralysis_codes_are_paresis(code: str, status: Status) -> None:
    """A coded foot drop, hemiplegia, paraplegia or monoplegia of a leg scores."""
    assert paralysis(problem(code, recorded=day_ago(10))) is status


def test_a_forearm_cast_does_not_count() -> None:
    """Only plaster of a lower limb scores."""
    cast = snomed("274474001", "Bone immobilization")
    arm = procedure(concept(cast), day_ago(5), bodySite=[body_site(FOREARM, "L")])
    leg = procedure(concept(cast), day_ago(5), bodySite=[body_site(LEG, "L")])
    assert paralysis(arm) is UNKNOWN
    assert paralysis(leg) is PRESENT


@pytest.mark.parametrize(("days", "status"), [(28, PRESENT), (29, UNKNOWN)])
def test_plaster_counts_for_28_days(days: int, status: Status) -> None:
    """Plaster removed at most 28 days ago scores."""
    cast = snomed("274474001", "Bone immobilization")
    entry = procedure(concept(cast), day_ago(days), bodySite=[body_site(LEG, "L")])
    assert paralysis(entry) is status


KNEE = snomed("609588000", "Total knee replacement")


@pytest.mark.parametrize(("days", "status"), [(10, PRESENT), (84, PRESENT), (85, UNKNOWN)])
def test_major_surgery_counts_for_twelve_weeks(days: int, status: Status) -> None:
    """84 days, without an anesthesia record (ruling 45)."""
    assert bed_or_surgery(procedure(concept(KNEE), day_ago(days))) is status


@pytest.mark.parametrize("status", ["not-done", "entered-in-error", "preparation", "on-hold"])
def test_an_operation_that_did_not_happen_scores_nothing(status: str) -> None:
    """Only completed or running procedures count."""
    operation = procedure(concept(KNEE), day_ago(10)) | {"status": status}
    assert bed_or_surgery(operation) is UNKNOWN


@pytest.mark.parametrize(
    "hint",
    [
        pytest.param(
            procedure(
                concept(coding("http://www.ama-assn.org/go/cpt", "27447")),
                day_ago(10),
            ),
            id="a code of an unknown system",
        ),
        pytest.param(
            procedure(
                concept(snomed("54885007", "Extraction of cataract")),
                day_ago(7),
                category=concept(snomed("387713003", "Surgical procedure")),
            ),
            id="a surgical category",
        ),
        pytest.param(problem("Z47.1", recorded=day_ago(20)), id="aftercare"),
    ],
)
def test_a_hint_of_surgery_asks_and_never_scores(hint: Json) -> None:
    """Ruling 45: any other procedure or aftercare within 84 days is a question."""
    assert bed_or_surgery(hint) is UNKNOWN
    assert wells_history.surgery_hints(seen(hint), DVT)


def test_an_old_hint_is_no_question() -> None:
    """Beyond 84 days aftercare says nothing."""
    assert not wells_history.surgery_hints(seen(problem("Z47.1", recorded=day_ago(85))), DVT)


@pytest.mark.parametrize(
    ("value", "days", "status"),
    [(True, 28, PRESENT), (True, 29, UNKNOWN), (False, 1, ABSENT), (False, 29, UNKNOWN)],
)
def test_a_recorded_answer_on_bed_rest_counts_for_28_days(
    *, value: bool, days: int, status: Status
) -> None:
    """An answer on surgery or bed rest is current for 28 days."""
    said = answer("bedridden_or_major_surgery", value=value, when=day_ago(days))
    assert bed_or_surgery(said) is status


def test_no_previous_dvt_on_record_is_unknown() -> None:
    """Silence is not absence."""
    assert previous() is UNKNOWN


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(icd("Z86.718", ""), id="history of other venous thrombosis"),
        pytest.param(icd("I82.402", ""), id="leg DVT"),
        pytest.param(icd("I82.511", ""), id="chronic femoral DVT"),
        pytest.param(icd("I80.11", ""), id="femoral phlebitis"),
        pytest.param(snomed("161508001", "History of DVT"), id="history of DVT"),
        pytest.param(snomed("128053003", "Deep venous thrombosis"), id="DVT, site not stated"),
    ],
)
@pytest.mark.parametrize("clinical", ["active", "resolved", "inactive", None])
def test_an_earlier_dvt_scores_whatever_its_status(code: Json, clinical: str | None) -> None:
    """Documented DVT of years ago counts, active or resolved (ruling 34)."""
    entry = condition(
        concept(code), clinical=clinical, onsetDateTime="2015-05-01", recordedDate="2015-05-01"
    )
    assert previous(entry) is PRESENT


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (ICD10CM, "Z86.711"),
        (ICD10CM, "I80.02"),
        (ICD10CM, "I80.3"),
        (ICD10CM, "I27.82"),
        ("http://snomed.info/sct", "275546001"),
        ("http://snomed.info/sct", "161512007"),
        ("http://snomed.info/sct", "64156001"),
        ("http://snomed.info/sct", "225999004"),
        ("http://hl7.org/fhir/sid/icpc-2", "K94"),
    ],
)
def test_what_is_not_a_previous_dvt(system: str, code: str) -> None:
    """Ruling 34: embolism, phlebitis of any vein, superficial clots and risk never score."""
    entry = condition(concept(coding(system, code)), recordedDate="2015-05-01")
    assert previous(entry) is UNKNOWN


def test_a_family_history_is_not_the_patients() -> None:
    """The mother's DVT scores nothing."""
    mother = condition(concept(snomed("430801003", "Family history of VTE")), recordedDate="2020")
    assert previous(mother) is UNKNOWN


def test_a_refuted_dvt_neither_scores_nor_denies() -> None:
    """A refuted episode says nothing of earlier ones."""
    assert previous(problem("I82.402", recorded=day_ago(3), verification="refuted")) is UNKNOWN


@pytest.mark.parametrize(("value", "status"), [(True, PRESENT), (False, ABSENT)])
def test_a_recorded_answer_on_previous_dvt_counts(*, value: bool, status: Status) -> None:
    """The explicit answer decides."""
    assert previous(answer("previous_dvt", value=value)) is status


def current(*resources: Json, triggered: bool = True) -> int:
    """How many entries are a DVT of this episode."""
    return len(wells_history.current_dvt(seen(*resources), DVT, triggered=triggered))


@pytest.mark.parametrize(("days", "counts"), [(1, 1), (90, 1), (91, 0)])
def test_a_confirmed_dvt_is_current_for_90_days(days: int, counts: int) -> None:
    """Ruling 19: the first record decides."""
    assert current(problem("I82.402", recorded=day_ago(days))) == counts


def test_recording_an_old_dvt_again_does_not_make_it_current() -> None:
    """Ruling 19: I82.4 entered at each follow-up visit is a previous DVT."""
    again, first = (
        problem("I82.402", recorded=day_ago(2)),
        problem("I82.402", recorded="2023-01-05"),
    )
    assert current(again) == 1
    assert current(again, first) == 0
    assert previous(again, first) is PRESENT


def test_an_old_dvt_of_the_other_leg_does_not_make_a_new_one_old() -> None:
    """Ruling 19: same or unknown leg only."""
    left, right = problem("I82.402", recorded=day_ago(2)), problem("I82.401", recorded="2023-01-05")
    assert current(left, right) == 1
    unsided = condition(concept(icd("Z86.718", "")), recordedDate="2023-01-05")
    assert current(left, unsided) == 0


@pytest.mark.parametrize(
    "more",
    [
        {"verification": "provisional"},
        {"verification": "refuted"},
        {"verification": "entered-in-error"},
        {"clinical": "resolved"},
    ],
)
def test_a_doubtful_or_resolved_dvt_is_not_current(more: dict[str, Any]) -> None:
    """Suspicion may trigger, it is never a known DVT; neither is a resolved one."""
    assert current(problem("I82.402", recorded=day_ago(2), **more)) == 0


def test_a_dvt_that_names_no_leg_needs_a_leg_or_a_trigger() -> None:
    """Ruling 19: 128053003 may be an arm vein."""
    code = snomed("128053003", "Deep venous thrombosis")
    bare = condition(concept(code), recordedDate=day_ago(2))
    sited = bare | {"bodySite": [body_site(LEG, "L")]}
    assert current(bare, triggered=False) == 0
    assert current(bare, triggered=True) == 1
    assert current(sited, triggered=False) == 1


def test_an_order_for_an_anticoagulant_is_no_dvt() -> None:
    """Treatment alone documents no thrombosis."""
    assert previous(drug(coding(RXNORM, "1364445"))) is UNKNOWN
