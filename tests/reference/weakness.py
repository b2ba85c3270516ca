"""Leg weakness: musculoskeletal.md §2.4 with rulings 2, 16, 17 and 56."""

from tests.reference.model import Chart, Entry, Verdict
from tests.reference.recorded import EVER, has, latest, present

SIGN_DAYS = 30
ACUTE_DAYS = 14
TOPIC = "leg_weakness"


def weakness(chart: Chart, *, cauda_equina_suspected: bool) -> Verdict:
    """Rows 1 to 6; the side is not matched here."""
    if cauda_equina_suspected:
        return Verdict(TOPIC, "1")
    weak = present(chart, "motor_deficit", SIGN_DAYS)
    grade = _grade(chart)
    if not weak and (grade is None or grade > 4):
        return Verdict(TOPIC, "2")
    progressive = has(chart, "motor_progressive", SIGN_DAYS)
    if has(chart, "sij_injection_48h", 2) and not progressive and _plain_block(chart, weak):
        name = "leg-weakness-after-injection"
        return Verdict(TOPIC, "3", name, name, "info")
    severe = grade is not None and grade <= 3
    old = has(chart, "motor_longstanding_stable", EVER)
    recent = not weak or any(e.since <= ACUTE_DAYS for e in weak)
    if progressive or (severe and recent and not old):
        return Verdict(TOPIC, "4", "leg-weakness-acute", "leg-weakness-acute", "critical")
    if severe and not old:
        name = "leg-weakness-established"
        return Verdict(TOPIC, "5", name, name, "warning")
    if grade is None and not old and recent:
        name = "leg-weakness-ungraded"
        return Verdict(TOPIC, "ungraded", name, name, "warning")
    return Verdict(TOPIC, "6")


def _grade(chart: Chart) -> float | None:
    """The weaker leg."""
    found = [latest(chart, "mrc", SIGN_DAYS, leg) for leg in ("L", "R")]
    return min((value for value in found if value is not None), default=None)


def _plain_block(chart: Chart, weak: list[Entry]) -> bool:
    """Ruling 17: one leg and no anticoagulant."""
    both = {e.side for e in weak} >= {"L", "R"} or any(e.side == "B" for e in weak)
    return chart.anticoagulant is None and not both
