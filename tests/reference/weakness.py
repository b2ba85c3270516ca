"""Leg weakness: musculoskeletal.md §2.4 with rulings 2, 16, 17 and 56."""

from tests.reference.model import Chart, Entry, Verdict
from tests.reference.recorded import EVER, day_back, has, latest, present

SIGN_DAYS = 30
ACUTE_DAYS = 14
BLOCK_DAYS = 2
BLOCK_HOURS = 36
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
    old = has(chart, "motor_longstanding_stable", EVER)
    blocks = [] if old else _blocks(chart)
    explained = not progressive and _plain_block(chart, weak, blocks)
    if explained:
        name = "leg-weakness-after-injection"
        return Verdict(TOPIC, "3", name, name, "info")
    severe = grade is not None and grade <= 3
    before = [] if weak else [e.since for e in present(chart, "motor_deficit", EVER)]
    graded = [hours / 24 for hours in _graded_weak(chart)]
    older = any(days > ACUTE_DAYS for days in (*graded, *before))
    told = [e.since for e in weak if e.onset is not None]
    recent = (
        any(days <= ACUTE_DAYS for days in told) if told else _undated_recent(weak, older=older)
    )
    if progressive or (severe and recent and not old) or blocks:
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


def _graded_weak(chart: Chart) -> list[float]:
    """When power was graded 4 or less, whatever the window: the earliest record dates it."""
    return [m.hours for m in chart.measured if m.name == "mrc" and m.value <= 4]


def _undated_recent(weak: list[Entry], *, older: bool) -> bool:
    return not older and (not weak or any(e.since <= ACUTE_DAYS for e in weak))


def _blocks(chart: Chart) -> list[Entry]:
    """Blocks and spinal procedures of 48 hours that the weakness did not precede."""
    found = present(chart, ("sij_injection_48h", "recent_spinal_procedure"), BLOCK_DAYS)
    graded = _graded_weak(chart)
    weak = present(chart, "motor_deficit", EVER)
    return [
        block
        for block in found
        if not any(_preceded(e, block) for e in weak) and not any(h > block.hours for h in graded)
    ]


def _preceded(weak: Entry, block: Entry) -> bool:
    if weak.onset is None:
        return weak.hours > block.hours
    return weak.onset > day_back(block.hours)


def _plain_block(chart: Chart, weak: list[Entry], blocks: list[Entry]) -> bool:
    """Ruling 17: one peripheral block, one leg, no anticoagulant, at most 36 hours later."""
    both = {e.side for e in weak} >= {"L", "R"} or any(e.side == "B" for e in weak)
    if chart.anticoagulant is not None or both:
        return False
    if [block.finding for block in blocks] != ["sij_injection_48h"]:
        return False
    seen = [*(e.hours for e in weak), *(m.hours for m in chart.measured if m.name == "mrc")]
    return blocks[0].hours - min(seen) <= BLOCK_HOURS
