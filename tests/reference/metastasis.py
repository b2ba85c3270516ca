"""Malignancy and cord: musculoskeletal.md §2.2 with rulings 2, 14 and 15."""

from tests.reference.gate import BACK_OR_BUTTOCK
from tests.reference.model import Chart, Verdict
from tests.reference.recorded import EVER, has, latest, present

ROOT_PAIN = ("radicular_pain", "bilateral_radicular_pain", "radicular_quality")
SPINAL_PAIN = (*BACK_OR_BUTTOCK, *ROOT_PAIN, "spinal_tenderness")
FEATURES = (
    "night_pain",
    "unremitting_pain",
    "progressive_pain",
    "pain_straining",
    "spinal_tenderness",
    "weight_loss",
)
CORD_OR_CAUDA = ("umn_signs", "saddle_sensory_change", "anal_tone_reduced", "bilateral_leg_deficit")
CONTINENCE = ("bladder_dysfunction", "bowel_dysfunction")
SIGN_DAYS = 30
COMPLAINT_DAYS = 90
NEW_DAYS = 180
TOPIC = "spinal_metastasis"


def metastasis(chart: Chart) -> Verdict:
    """Rows 1 to 5."""
    cancer = has(chart, ("cancer_history", "active_cancer"), EVER)
    pain = present(chart, SPINAL_PAIN, COMPLAINT_DAYS)
    if cancer and (has(chart, CORD_OR_CAUDA, SIGN_DAYS) or (pain and _neurology(chart))):
        name = "spinal-metastasis-neurology"
        return Verdict(TOPIC, "1", name, name, "critical")
    if cancer and pain and has(chart, FEATURES, COMPLAINT_DAYS):
        return Verdict(TOPIC, "2", "spinal-metastasis-pain", "spinal-metastasis-pain", "warning")
    new = [e for e in present(chart, BACK_OR_BUTTOCK, COMPLAINT_DAYS) if e.since <= NEW_DAYS]
    if cancer and new:
        name = "spinal-metastasis-check"
        return Verdict(TOPIC, "3", name, name, "warning")
    if not cancer and has(chart, "umn_signs", SIGN_DAYS):
        return Verdict(TOPIC, "4", "cord-compression", "cord-compression", "critical")
    return Verdict(TOPIC, "5")


def _neurology(chart: Chart) -> bool:
    """Weakness, gait, sensory loss, continence; root pain or tingling only while new (14)."""
    old_weakness = has(chart, "motor_longstanding_stable", EVER)
    stocking = has(chart, "symmetrical_distal_sensory", COMPLAINT_DAYS)
    grade = latest(chart, "mrc", SIGN_DAYS)
    weak = has(chart, "motor_deficit", SIGN_DAYS) or (grade is not None and grade <= 4)
    hard = (
        (weak and not old_weakness)
        or has(chart, ("gait_disturbance", *CONTINENCE), SIGN_DAYS)
        or (has(chart, "sensory_deficit", COMPLAINT_DAYS) and not stocking)
    )
    soft = has(chart, ROOT_PAIN, COMPLAINT_DAYS) or (
        has(chart, "paresthesia", COMPLAINT_DAYS) and not stocking
    )
    return hard or (soft and _new(chart) and not chart.managed_root)


def _new(chart: Chart) -> bool:
    found = present(chart, SPINAL_PAIN, COMPLAINT_DAYS)
    return has(chart, "worsening_14d", 14) or any(e.since <= NEW_DAYS for e in found)
