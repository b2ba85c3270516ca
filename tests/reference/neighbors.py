"""Stenosis, hip, deep gluteal, calf strain: musculoskeletal.md §2.9, §2.10, ruling 37."""

from tests.reference.gate import Gate
from tests.reference.model import Chart, Leg, Says, Verdict
from tests.reference.recorded import (
    BUTTOCK_PAIN,
    EVER,
    LEG_PAIN,
    ask,
    has,
    latest,
    present,
    sides,
)
from tests.reference.sij import on_one_side

LEGS: tuple[Leg, ...] = ("L", "R")
NO_JOINT = ("sij-unreachable", "sij-all-negative")
DAYS = 90
MOTOR_DAYS = 30
STRAIN_DAYS = 14
SEATED = ("no_pain_seated", "relief_bending_forward", "bilateral_leg_pain")


def stenosis(chart: Chart, gate: Gate) -> Verdict:
    """LSS."""
    old = chart.age is not None and chart.age >= 50
    claudication = has(chart, "neurogenic_claudication", DAYS)
    told = has(chart, SEATED, DAYS) or _both_sides(chart)
    if gate.support and old and claudication and told:
        return Verdict("lumbar_stenosis", "LSS", "lumbar-stenosis", "lumbar-stenosis", "info")
    return Verdict("lumbar_stenosis", "otherwise")


def _both_sides(chart: Chart) -> bool:
    """Bilateral buttock or leg pain, by the sides of its entries."""
    groups = (LEG_PAIN, BUTTOCK_PAIN)
    return any(sides(present(chart, group, DAYS)) == {"L", "R"} for group in groups)


def hip(chart: Chart, gate: Gate) -> Verdict:
    """HIP, on one side: opposite sides never match (§1.1)."""
    if gate.support and any(_hip_signs(chart, leg) for leg in LEGS):
        return Verdict("hip", "HIP", "hip", "hip", "info")
    return Verdict("hip", "otherwise")


def _hip_signs(chart: Chart, leg: Leg) -> bool:
    signs = has(chart, "hip_ir_painful", DAYS, leg) or has(chart, "hip_oa", EVER, leg)
    return has(chart, "groin_pain", DAYS, leg) and signs


def deep_gluteal(chart: Chart, gate: Gate, root: Verdict, joint: Verdict) -> Verdict:
    """DGS: a diagnosis of exclusion after root and joint."""
    no_root = root.state == "radiculopathy-unlikely" or (
        not has(chart, (*LEG_PAIN, "calf_pain"), DAYS) and not _deficit(chart)
    )
    here = any(_gluteal(chart, leg) for leg in LEGS)
    if gate.support and no_root and joint.state in NO_JOINT and here:
        return Verdict("deep_gluteal", "DGS", "deep-gluteal", "deep-gluteal", "info")
    return Verdict("deep_gluteal", "otherwise")


def _gluteal(chart: Chart, leg: Leg) -> bool:
    """Buttock, sitting, a piriformis test and the joint's negative tests, all of one side."""
    tests = has(chart, ("seated_piriformis_stretch", "active_piriformis"), DAYS, leg)
    pain = has(chart, BUTTOCK_PAIN, DAYS, leg) and has(chart, "sitting_intolerance", DAYS, leg)
    return pain and tests and on_one_side(chart, leg).state in NO_JOINT


def _deficit(chart: Chart) -> bool:
    """Any objective deficit of a leg, an old one too; symmetrical signs are none (§1.2)."""
    stocking = has(chart, "symmetrical_distal_sensory", DAYS)
    even = stocking or has(chart, "reflex_symmetrical", DAYS)
    grade = latest(chart, "mrc", MOTOR_DAYS)
    said = ask(chart, "motor_deficit", MOTOR_DAYS)
    weak = said is Says.PRESENT or (said is Says.UNKNOWN and grade is not None and grade <= 4)
    return (
        weak
        or (has(chart, "reflex_reduced", DAYS) and not even)
        or (has(chart, "sensory_deficit", DAYS) and not stocking)
    )


def calf_strain(chart: Chart, gate: Gate, *, suspected: bool) -> Verdict:
    """CALF: DVT excluded or not suspected."""
    if gate.support and not suspected and any(_strained(chart, leg) for leg in LEGS):
        return Verdict("calf_strain", "CALF", "calf-strain", "calf-strain", "info")
    return Verdict("calf_strain", "otherwise")


def _strained(chart: Chart, leg: Leg) -> bool:
    focal = has(chart, ("calf_focal_tenderness", "calf_bruising"), STRAIN_DAYS, leg)
    mechanism = has(chart, "calf_strain_mechanism", STRAIN_DAYS, leg)
    return has(chart, "calf_pain", DAYS, leg) and mechanism and focal
