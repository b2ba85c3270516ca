"""Infection and fracture: musculoskeletal.md §2.3."""

from tests.reference.gate import BACK_OR_BUTTOCK
from tests.reference.metastasis import new_continence, new_gait
from tests.reference.model import Chart, Entry, Verdict
from tests.reference.recorded import EVER, has, latest, present

COMPLAINT_DAYS = 90
FEVER_DAYS = 14
LAB_DAYS = 30
SIGN_DAYS = 30
TRAUMA_DAYS = 42
RISKS = ("immunosuppression", "recent_spinal_procedure", "night_pain", "unremitting_pain")
DEFICITS_30 = (
    "motor_deficit",
    "umn_signs",
    "saddle_sensory_change",
    "anal_tone_reduced",
    "bilateral_leg_deficit",
)
DEFICITS_90 = ("sensory_deficit", "reflex_reduced")
BONE_RISKS = ("osteoporosis", "steroid_longterm", "pelvic_radiotherapy")
TRIGGERS = ("minor_trauma", "sudden_onset", "sacral_tenderness", "cannot_weightbear")


def infection(chart: Chart) -> Verdict:
    """I1 to I3."""
    pain = _pain(chart, COMPLAINT_DAYS)
    hot = latest(chart, "temperature", FEVER_DAYS)
    fever = has(chart, "fever", FEVER_DAYS) or (hot is not None and hot >= 38.0)
    septic = fever or has(chart, "bacteraemia", COMPLAINT_DAYS)
    raised = has(chart, ("crp_raised", "esr_raised"), LAB_DAYS)
    unexplained = raised and not has(chart, "inflammatory_disease", EVER)
    risk = has(chart, RISKS, COMPLAINT_DAYS) or has(chart, "ivdu", EVER)
    if not pain or not (septic or (unexplained and risk)):
        return Verdict("spinal_infection", "I3")
    if _deficit(chart):
        name = "spinal-infection-deficit"
        return Verdict("spinal_infection", "I1", name, name, "critical")
    return Verdict("spinal_infection", "I2", "spinal-infection", "spinal-infection", "warning")


def _pain(chart: Chart, days: float) -> list[Entry]:
    """Back or buttock pain that is new, undated or worse."""
    worse = has(chart, "worsening_14d", 14)
    found = present(chart, BACK_OR_BUTTOCK, COMPLAINT_DAYS)
    return [e for e in found if e.since <= days or worse]


def _deficit(chart: Chart) -> bool:
    old = has(chart, "motor_longstanding_stable", EVER)
    signs = [name for name in DEFICITS_30 if not (old and name == "motor_deficit")]
    stocking = has(chart, "symmetrical_distal_sensory", COMPLAINT_DAYS)
    felt = has(chart, "sensory_deficit", COMPLAINT_DAYS) and not stocking
    even = stocking or has(chart, "reflex_symmetrical", COMPLAINT_DAYS)
    dull = has(chart, "reflex_reduced", COMPLAINT_DAYS) and not even
    new = new_gait(chart) or new_continence(chart)
    return has(chart, signs, SIGN_DAYS) or felt or dull or new


def fracture(chart: Chart) -> Verdict:
    """F1 to F3."""
    pain = present(chart, BACK_OR_BUTTOCK, COMPLAINT_DAYS)
    if pain and has(chart, "major_trauma", TRAUMA_DAYS):
        return Verdict("fracture", "F1", "fracture-trauma", "fracture-trauma", "warning")
    old = chart.age is not None and chart.age >= 75
    bone = old or has(chart, BONE_RISKS, EVER)
    new = [e for e in pain if e.since <= TRAUMA_DAYS]
    if bone and new and has(chart, TRIGGERS, TRAUMA_DAYS):
        return Verdict("fracture", "F2", "fracture-fragility", "fracture-fragility", "warning")
    return Verdict("fracture", "F3")
