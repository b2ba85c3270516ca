"""Stenosis, hip, deep gluteal, calf strain: musculoskeletal.md §2.9, §2.10, ruling 37."""

from tests.reference.gate import DEFICITS, Gate
from tests.reference.model import Chart, Verdict
from tests.reference.recorded import BUTTOCK_PAIN, EVER, LEG_PAIN, has, present, sides

DAYS = 90
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
    """HIP."""
    signs = has(chart, "hip_ir_painful", DAYS) or has(chart, "hip_oa", EVER)
    if gate.support and has(chart, "groin_pain", DAYS) and signs:
        return Verdict("hip", "HIP", "hip", "hip", "info")
    return Verdict("hip", "otherwise")


def deep_gluteal(chart: Chart, gate: Gate, root: Verdict, joint: Verdict) -> Verdict:
    """DGS: a diagnosis of exclusion after root and joint."""
    tests = has(chart, ("seated_piriformis_stretch", "active_piriformis"), DAYS)
    no_root = root.state == "radiculopathy-unlikely" or (
        not has(chart, LEG_PAIN, DAYS) and not has(chart, DEFICITS, DAYS)
    )
    no_joint = joint.state in ("sij-unreachable", "sij-all-negative")
    pain = has(chart, BUTTOCK_PAIN, DAYS) and has(chart, "sitting_intolerance", DAYS)
    if gate.support and pain and tests and no_root and no_joint:
        return Verdict("deep_gluteal", "DGS", "deep-gluteal", "deep-gluteal", "info")
    return Verdict("deep_gluteal", "otherwise")


def calf_strain(chart: Chart, gate: Gate, *, suspected: bool) -> Verdict:
    """CALF: DVT excluded or not suspected."""
    focal = has(chart, ("calf_focal_tenderness", "calf_bruising"), STRAIN_DAYS)
    mechanism = has(chart, "calf_strain_mechanism", STRAIN_DAYS)
    pattern = has(chart, "calf_pain", DAYS) and mechanism and focal
    if gate.support and pattern and not suspected:
        return Verdict("calf_strain", "CALF", "calf-strain", "calf-strain", "info")
    return Verdict("calf_strain", "otherwise")
