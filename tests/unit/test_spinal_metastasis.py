"""Spinal metastasis and cord compression: rows MSC1 to MSC3 and CORD (rulings 2, 5, 14, 15, 24)."""

import pytest

from tests.spec.fhir_json import HL7, LOINC, Json, coding, concept, icd, resource, snomed
from tests.spec.moments import day_ago
from tests.unit.record import advice, shown
from tests.unit.red_flag_record import concluded, grade, listed, problem, told

TOPIC = "spinal_metastasis"
NEUROLOGY, PAIN, CHECK = (
    "spinal-metastasis-neurology",
    "spinal-metastasis-pain",
    "spinal-metastasis-check",
)
CORD = "cord-compression"
CANCER = problem("Z85.3", onset=4000, recorded=4000)
OLD_BACK = problem("M54.50", onset=2000, recorded=10)
NEW_BACK = problem("M54.50", onset=20)
SPINE_MRI = resource(
    "DiagnosticReport",
    status="final",
    category=[concept(coding(f"{HL7}/v2-0074", "RAD", "Radiology"))],
    code=concept(coding(LOINC, "24968-0", "MR Lumbar spine")),
    effectiveDateTime=day_ago(118),
)


def state(*resources: Json) -> str | None:
    """The state of the topic, None when it does not open."""
    return concluded(TOPIC, *resources)


@pytest.mark.parametrize(
    "sign", ["umn_signs", "saddle_sensory_change", "anal_tone_reduced", "bilateral_leg_deficit"]
)
def test_cord_and_cauda_signs_with_a_cancer_need_no_pain(sign: str) -> None:
    """Ruling 2 and row 1: signs of cord or cauda equina with a cancer history are an emergency."""
    advised = advice(CANCER, told(sign))
    assert NEUROLOGY in shown(advised)
    card = next(card for card in advised.cards if card.id == NEUROLOGY)
    assert card.indicator == "critical"


@pytest.mark.parametrize(
    "sign",
    [
        told("motor_deficit", side="L"),
        told("gait_disturbance"),
        told("sensory_deficit", side="R"),
        told("bladder_dysfunction"),
        told("bowel_dysfunction"),
    ],
    ids=lambda entry: entry["code"]["coding"][0]["code"],
)
def test_a_deficit_beside_old_pain_is_an_emergency(sign: Json) -> None:
    """Ruling 14: deficit, gait, bladder and bowel keep row 1 whatever the age of the pain."""
    assert state(CANCER, OLD_BACK, sign) == NEUROLOGY
    assert state(CANCER, sign) is None
    assert state(OLD_BACK, sign) is None


@pytest.mark.parametrize(
    ("onset", "expected"),
    [(179, NEUROLOGY), (180, NEUROLOGY), (181, None)],
)
@pytest.mark.parametrize("symptom", ["radicular_pain", "radicular_quality", "paresthesia"])
def test_root_symptoms_count_while_new(symptom: str, onset: int, expected: str | None) -> None:
    """Ruling 14: root pain or tingling alone needs an onset of 180 days or less."""
    found = state(CANCER, OLD_BACK, told(symptom, side="L", onset=onset))
    assert found == expected


def test_an_old_root_pain_written_down_again_is_not_new() -> None:
    """Ruling 14: undated, but with an older record of the family: no emergency at each visit."""
    again = problem("M54.16", recorded=0)
    older = problem("M54.16", recorded=2000)
    assert state(CANCER, OLD_BACK, again) == NEUROLOGY
    assert state(CANCER, OLD_BACK, again, older) is None
    assert state(CANCER, OLD_BACK, older, told("radicular_quality")) is None


def test_worsening_makes_an_old_root_pain_count() -> None:
    """Ruling 14: or worsening."""
    old = problem("M54.16", onset=2000)
    assert state(CANCER, OLD_BACK, old) is None
    assert state(CANCER, OLD_BACK, old, told("worsening_14d")) == NEUROLOGY


def test_new_back_pain_makes_root_pain_count() -> None:
    """Ruling 14: the onset of the spinal pain or of the root pain decides."""
    old = problem("M54.16", onset=2000)
    assert state(CANCER, NEW_BACK, old) == NEUROLOGY


def test_a_managed_radiculopathy_is_no_new_neurology() -> None:
    """Ruling 14: a known root pain under care, stable, leaves rows 2 and 3."""
    known = problem("M54.16", onset=150)
    assert state(CANCER, NEW_BACK, known) == NEUROLOGY
    assert state(CANCER, NEW_BACK, known, SPINE_MRI) == CHECK


@pytest.mark.parametrize("news", ["reflex_reduced", "crossed_slr"])
def test_a_managed_radiculopathy_with_a_new_finding_is_not_stable(news: str) -> None:
    """Ruling 29: a reflex lost after the imaging is new, so the root pain counts again."""
    known = problem("M54.16", onset=150)
    assert state(CANCER, NEW_BACK, known, SPINE_MRI, told(news, side="L")) == NEUROLOGY


def test_care_of_one_leg_says_nothing_of_the_other() -> None:
    """Ruling 29: known and managed is a matter of one side."""
    managed = told("radiculopathy_known_managed", side="L", days=30)
    left = told("radicular_pain", side="L", onset=100)
    right = told("radicular_pain", side="R", onset=3)
    assert state(CANCER, OLD_BACK, managed, left) is None
    assert state(CANCER, OLD_BACK, managed, left, right) == NEUROLOGY


def test_a_known_symmetrical_neuropathy_is_no_new_neurology() -> None:
    """Row 1: paresthesia other than known symmetric neuropathy; one-sided tingling still counts."""
    stocking = told("symmetrical_distal_sensory")
    assert state(CANCER, NEW_BACK, told("paresthesia"), stocking) == CHECK
    assert state(CANCER, NEW_BACK, told("sensory_deficit", side="B"), stocking) == CHECK
    assert state(CANCER, NEW_BACK, told("paresthesia", side="L"), stocking) == NEUROLOGY


@pytest.mark.parametrize("code", ["E11.42", "G62.9"])
def test_tingling_of_a_diabetic_polyneuropathy_is_no_new_neurology(code: str) -> None:
    """Ruling 24: polyneuropathy by its codes; unsided tingling is part of it."""
    assert state(CANCER, NEW_BACK, told("paresthesia"), problem(code, recorded=900)) == CHECK


@pytest.mark.parametrize(("onset", "expected"), [(30, NEUROLOGY), (31, None)])
def test_unsteady_gait_counts_while_new(onset: int, expected: str | None) -> None:
    """Ruling 15: gait change needs an onset of 30 days or less."""
    assert state(CANCER, OLD_BACK, problem("R26.81", onset=onset)) == expected


@pytest.mark.parametrize(
    "entry",
    [
        problem("R26.89"),
        problem("R29.2"),
        problem("R20.2"),
        problem("R53.1"),
        problem("M62.81"),
        listed("22325002"),
    ],
    ids=["other gait", "reflex code", "tingling of the skin", "weakness", "muscles", "gait"],
)
def test_codes_without_a_leg_are_no_neurology(entry: Json) -> None:
    """Ruling 15: general neurological codes say neither leg nor side."""
    assert state(CANCER, OLD_BACK, entry) is None


def test_a_general_weakness_code_counts_with_a_leg_site() -> None:
    """Ruling 15: the same code with a leg as body site is a weak leg."""
    leg = [concept(coding("http://snomed.info/sct", "61685007"))]
    assert state(CANCER, OLD_BACK, problem("R53.1", bodySite=leg)) == NEUROLOGY


def test_an_old_weakness_is_no_new_neurology() -> None:
    """Ruling 14: unless the weakness is documented as long-standing and stable."""
    weak = told("motor_deficit", side="L")
    old = told("motor_longstanding_stable", side="L", days=20)
    assert state(CANCER, OLD_BACK, weak, old) is None


@pytest.mark.parametrize(("onset", "expected"), [(90, NEUROLOGY), (91, None)])
def test_old_incontinence_is_no_new_neurology(onset: int, expected: str | None) -> None:
    """Ruling 5: a continence change older than 90 days is long-standing."""
    assert state(CANCER, OLD_BACK, problem("R32", onset=onset)) == expected


def test_an_old_incontinence_that_gets_worse_counts() -> None:
    """Ruling 5: worse than before is new."""
    worse = told("worsening_14d")
    assert state(CANCER, OLD_BACK, problem("R32", onset=400), worse) == NEUROLOGY


@pytest.mark.parametrize(
    "feature",
    [
        "night_pain",
        "unremitting_pain",
        "progressive_pain",
        "pain_straining",
        "spinal_tenderness",
        "weight_loss",
    ],
)
def test_a_feature_of_metastasis_is_a_warning(feature: str) -> None:
    """Row 2: spinal pain of any age with a feature."""
    advised = advice(CANCER, OLD_BACK, told(feature))
    assert shown(advised)[0] == PAIN
    assert advised.cards[0].indicator == "warning"


@pytest.mark.parametrize("pain", ["low_back_pain", "buttock_pain", "posterior_pelvic_pain"])
@pytest.mark.parametrize(("onset", "expected"), [(179, CHECK), (180, CHECK), (181, None)])
def test_new_back_or_buttock_pain_is_to_be_checked(
    pain: str, onset: int, expected: str | None
) -> None:
    """Row 3: pain of 180 days or less, no feature."""
    assert state(CANCER, told(pain, onset=onset)) == expected


def test_undated_pain_counts_by_its_earliest_record() -> None:
    """Row 3: a back pain re-recorded for years is not new."""
    again, first = problem("M54.50"), problem("M54.50", recorded=500)
    assert state(CANCER, again) == CHECK
    assert state(CANCER, again, first) is None


def test_a_visit_reason_does_not_hide_when_the_pain_began() -> None:
    """Row 3: an old pain on the list and a bare visit reason leave the stated onset standing."""
    old = listed("279043006", recordedDate=day_ago(2000))
    reason = concept(snomed("279043006", "Pain in buttock (finding)"))
    visit = resource(
        "Encounter", status="in-progress", period={"start": day_ago(0)}, reasonCode=[reason]
    )
    assert state(CANCER, old, visit) is None
    assert state(CANCER, old, visit, told("buttock_pain", side="L", onset=20)) == CHECK


def test_calf_or_leg_pain_alone_is_not_spinal_pain() -> None:
    """Row 5: calf pain with cancer is the business of the DVT table."""
    assert state(CANCER, told("calf_pain", side="L"), told("paresthesia", side="L")) is None
    assert state(CANCER, told("leg_pain", side="L")) is None


@pytest.mark.parametrize("code", ["C44.91", "Z85.828"])
def test_skin_cancer_other_than_melanoma_does_not_count(code: str) -> None:
    """Ruling 14: basal and squamous cell cancer of the skin are not a cancer history."""
    skin = problem(code, recorded=900)
    assert state(skin, NEW_BACK) is None
    assert state(skin, CANCER, NEW_BACK) == CHECK
    card = advice(skin, CANCER, NEW_BACK).cards[0]
    assert "skin cancer" in card.detail


@pytest.mark.parametrize("code", ["254701007", "254651007"])
def test_skin_cancer_by_its_snomed_codes_does_not_count(code: str) -> None:
    """Ruling 14: nor do the SNOMED CT codes."""
    assert state(listed(code), NEW_BACK) is None


@pytest.mark.parametrize("code", ["254837009", "363406005", "94260004"])
def test_enumerated_cancers_count(code: str) -> None:
    """Ruling 24: members of the cancer set match without a terminology server."""
    assert state(listed(code, recordedDate=day_ago(3000)), NEW_BACK) == CHECK


@pytest.mark.parametrize("clinical", ["active", "remission", "resolved", "inactive"])
def test_a_past_cancer_counts_like_a_present_one(clinical: str) -> None:
    """Any malignancy, past or current."""
    past = problem("C61", onset=3000, recorded=3000, clinical=clinical)
    assert state(past, NEW_BACK) == CHECK


@pytest.mark.parametrize(
    ("verification", "expected"),
    [("confirmed", CHECK), ("provisional", CHECK), ("refuted", None), ("entered-in-error", None)],
)
def test_a_suspected_cancer_counts_a_refuted_one_does_not(
    verification: str, expected: str | None
) -> None:
    """Ruling 27: provisional counts for the emergencies; refuted is absent."""
    assert state(problem("C61", verification=verification), NEW_BACK) == expected


def test_an_active_cancer_is_a_cancer_history() -> None:
    """The Wells answer "active cancer" says that there is a cancer."""
    assert state(told("active_cancer", days=100), NEW_BACK) == CHECK
    assert state(told("active_cancer", value=False), NEW_BACK) is None


def test_upper_motor_neuron_signs_without_a_cancer_are_a_cord_compression() -> None:
    """Row 4 and ruling 2: no coded pain is needed."""
    advised = advice(told("umn_signs"))
    assert shown(advised) == [CORD]
    assert advised.cards[0].indicator == "critical"


@pytest.mark.parametrize(("days", "expected"), [(29, CORD), (30, CORD), (31, None)])
def test_cord_signs_count_for_thirty_days(days: int, expected: str | None) -> None:
    """Signs of the cord are read for 30 days."""
    assert state(told("umn_signs", days=days)) == expected


def test_hyperreflexia_by_its_code_opens_row_four() -> None:
    """Ruling 15: 86854008 is an upper motor neuron sign."""
    assert state(listed("86854008")) == CORD


def test_the_card_names_the_signs_and_what_is_not_recorded() -> None:
    """The reader sees which symptom fired, the cancer with kind and date, and what to ask."""
    breast = problem("C50.911", onset=2000, recorded=2000, clinical="remission")
    weak, rest = told("motor_deficit", side="L"), told("night_pain")
    card = advice(breast, NEW_BACK, weak, rest).cards[0]
    assert card.id == NEUROLOGY
    assert "reduced power" in card.summary
    assert "cancer, past or current (“Malignant neoplasm of breast”) · right · 30 May 2021" in (
        card.detail
    )
    assert "night pain: present" in card.detail
    assert "pain on straining: not recorded" in card.detail
    assert "unexplained weight loss: not recorded" in card.detail


def test_everything_answered_leaves_nothing_to_ask() -> None:
    """Nothing is listed as not known once all is recorded, power by its grade as well."""
    asked = [
        told(name, value=False)
        for name in (
            "night_pain",
            "unremitting_pain",
            "progressive_pain",
            "pain_straining",
            "spinal_tenderness",
            "weight_loss",
            "sensory_deficit",
            "gait_disturbance",
            "bladder_dysfunction",
            "bowel_dysfunction",
        )
    ]
    card = advice(CANCER, NEW_BACK, *asked, grade(5, side="L"), grade(5, side="R")).cards[0]
    assert card.id == CHECK
    assert "**Not known**" not in card.detail


@pytest.mark.parametrize("wording", [icd("M54.31", "Sciatica"), icd("M54.41", "Lumbago, sciatica")])
def test_a_new_sciatica_in_a_patient_with_cancer_is_an_emergency(wording: Json) -> None:
    """Row 1: radicular pain counts as a neurological symptom."""
    code = str(wording["code"])
    assert state(CANCER, problem(code, onset=5)) == NEUROLOGY


def test_old_signs_do_not_hide_new_pain() -> None:
    """An unsteady gait of last year is named nowhere, but the new pain is checked."""
    gait = told("gait_disturbance", onset=300)
    assert state(CANCER, NEW_BACK, gait) == CHECK
