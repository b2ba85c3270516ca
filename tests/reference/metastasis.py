"""Malignancy and cord: musculoskeletal.md §2.2 with rulings 2, 14 and 15."""

from tests.reference.gate import BACK_OR_BUTTOCK
from tests.reference.model import Chart, Entry, Leg, Verdict
from tests.reference.radiculopathy import known
from tests.reference.recorded import EVER, has, latest, present, sides

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
        or new_gait(chart)
        or new_continence(chart)
        or (has(chart, "sensory_deficit", COMPLAINT_DAYS) and not stocking)
    )
    soft = present(chart, ROOT_PAIN, COMPLAINT_DAYS) + _tingling(chart)
    return hard or bool(soft and _new(chart, soft))


def new_gait(chart: Chart) -> bool:
    """Ruling 15: unsteady gait that began 30 days ago or less."""
    found = present(chart, "gait_disturbance", SIGN_DAYS)
    return any(e.since <= SIGN_DAYS for e in found)


def new_continence(chart: Chart) -> bool:
    """Ruling 5: what changed more than 90 days ago is long-standing, unless it is worse."""
    worse = has(chart, "worsening_14d", 14)
    found = present(chart, CONTINENCE, SIGN_DAYS)
    return any(e.since <= COMPLAINT_DAYS or worse for e in found)


def _tingling(chart: Chart) -> list[Entry]:
    """Tingling, unless it is the known symmetrical kind."""
    found = present(chart, "paresthesia", COMPLAINT_DAYS)
    stocking = has(chart, "symmetrical_distal_sensory", COMPLAINT_DAYS)
    return [e for e in found if not stocking or e.side in ("L", "R")]


def _new(chart: Chart, soft: list[Entry]) -> bool:
    """Back pain that is new, root symptoms none of which is older, or worse; not a known root."""
    legs: set[Leg] = sides(soft) if all(e.side for e in soft) else {"L", "R"}
    if all(known(chart, leg) for leg in legs):
        return False
    if has(chart, "worsening_14d", 14):
        return True
    back = present(chart, BACK_OR_BUTTOCK, COMPLAINT_DAYS)
    stated = any(e.onset is not None and e.onset <= NEW_DAYS for e in soft)
    older = any(e.since > NEW_DAYS for e in soft)
    return any(e.since <= NEW_DAYS for e in back) or stated or not older
