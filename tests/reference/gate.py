"""The gate and the child: musculoskeletal.md §2.0 with rulings 2 and 22."""

from dataclasses import dataclass

from tests.reference.model import Chart, Verdict
from tests.reference.recorded import BUTTOCK_PAIN, EVER, LEG_PAIN, has, present, since

COMPLAINT_DAYS = 90
BACK_OR_BUTTOCK = ("low_back_pain", *BUTTOCK_PAIN, "posterior_pelvic_pain")
PAIN = (*BACK_OR_BUTTOCK, *LEG_PAIN, "calf_pain", "fortin_finger")
FAMILIES = (
    ("low_back_pain",),
    BUTTOCK_PAIN,
    ("posterior_pelvic_pain",),
    LEG_PAIN,
    ("calf_pain",),
)
CHILD_FLAGS = ("night_pain", "weight_loss", "spinal_tenderness")
CHILD_SIGNS = ("umn_signs",)
GAIT_DAYS = 30
ADULT = 16
FOUR_WEEKS = 28


@dataclass(frozen=True, slots=True)
class Gate:
    """Which tables may speak."""

    pain: bool
    adult: bool
    leg_or_buttock: bool

    @property
    def support(self) -> bool:
        """G4: everything; G1 to G3 leave the safety tables alone."""
        return self.pain and self.adult and self.leg_or_buttock


def gate(chart: Chart) -> Gate:
    """G1 to G4; an unknown age runs the adult tables (ruling 44)."""
    pain = present(chart, PAIN, COMPLAINT_DAYS)
    only_back = all(e.finding == "low_back_pain" for e in pain)
    adult = chart.age is None or chart.age >= ADULT
    return Gate(bool(pain), adult, not only_back)


def _hot(chart: Chart) -> bool:
    """The highest temperature of 14 days."""
    measured = [m for m in chart.measured if m.name == "temperature" and m.hours <= 14 * 24]
    return any(m.value >= 38.0 for m in measured)


def child(chart: Chart) -> Verdict:
    """Under 16 with pain: a red flag, or four weeks of it."""
    if chart.age is None or chart.age >= ADULT:
        return Verdict("child", "not a child")
    families = [f for f in FAMILIES if has(chart, f, COMPLAINT_DAYS)]
    if not families:
        return Verdict("child", "no pain")
    flagged = (
        has(chart, CHILD_FLAGS, COMPLAINT_DAYS)
        or has(chart, CHILD_SIGNS, 30)
        or any(e.since <= GAIT_DAYS for e in present(chart, "gait_disturbance", GAIT_DAYS))
        or (has(chart, "motor_deficit", 30) and not has(chart, "motor_longstanding_stable", EVER))
        or has(chart, ("sensory_deficit", "reflex_reduced"), COMPLAINT_DAYS)
        or has(chart, "fever", 14)
        or _hot(chart)
    )
    # An older record of the same pain dates it.
    lasting = since(e for family in families for e in present(chart, family, EVER))
    if flagged or (lasting is not None and lasting >= FOUR_WEEKS):
        return Verdict("child", "CHILD", "child-red-flag", "child-red-flag", "warning")
    return Verdict("child", "CHILD otherwise", "child-silent")
