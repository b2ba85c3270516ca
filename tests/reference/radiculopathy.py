"""Radiculopathy: musculoskeletal.md §2.5 with rulings 22, 29 and 52."""

from tests.reference.gate import Gate
from tests.reference.model import Chart, Leg, Says, Verdict
from tests.reference.recorded import (
    BUTTOCK_PAIN,
    EVER,
    LEG_PAIN,
    ask,
    has,
    latest,
    on_side,
    painful_legs,
    present,
)

P, A, U = Says.PRESENT, Says.ABSENT, Says.UNKNOWN
DAYS = 90
MOTOR_DAYS = 30
TOPIC = "radiculopathy"
TESTS = ("slr", "crossed_slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
ORDER = (
    "radiculopathy-supported",
    "radiculopathy-examine",
    "radiculopathy-incomplete",
    "radiculopathy-indeterminate",
    "radiculopathy-unlikely",
    "radiculopathy-known",
)


def radiculopathy(chart: Chart, gate: Gate) -> Verdict:
    """The side that needs more attention."""
    if not gate.support or not _opens(chart):
        return Verdict(TOPIC, "not opened")
    legs = painful_legs(chart, present(chart, LEG_PAIN, DAYS), TESTS)
    found = [_leg(chart, leg) for leg in legs]
    return min(found, key=lambda verdict: ORDER.index(verdict.state))


def _opens(chart: Chart) -> bool:
    """Ruling 22: leg pain, unless back and buttock pain are recorded absent without neurology."""
    if not has(chart, LEG_PAIN, DAYS):
        return False
    if has(chart, ("radicular_pain", "bilateral_radicular_pain"), DAYS):
        return True
    denied = all(
        ask(chart, name, DAYS) is A for name in ("low_back_pain", "buttock_pain")
    ) and not has(chart, BUTTOCK_PAIN, DAYS)
    return not denied or _neurology(chart)


def _neurology(chart: Chart) -> bool:
    """Root quality, tingling, weakness, or any recorded neurological test."""
    recorded = any(
        ask(chart, name, DAYS) is not U
        for name in ("slr", "crossed_slr", "reflex_reduced", "sensory_deficit")
    )
    return (
        recorded
        or has(chart, ("radicular_quality", "paresthesia"), DAYS)
        or ask(chart, "motor_deficit", MOTOR_DAYS) is not U
        or latest(chart, "mrc", MOTOR_DAYS) is not None
    )


def items(chart: Chart, leg: Leg) -> dict[str, Says]:
    """SLR, power, reflexes and sensation on the painful side."""
    stocking = has(chart, "symmetrical_distal_sensory", DAYS)
    reflex = on_side(chart, "reflex_reduced", DAYS, leg)
    if has(chart, "reflex_symmetrical", DAYS) or (stocking and reflex is P):
        reflex = A
    felt = on_side(chart, "sensory_deficit", DAYS, leg)
    return {
        "slr": on_side(chart, "slr", DAYS, leg),
        "power": _power(chart, leg),
        "reflexes": reflex,
        "sensation": A if stocking else felt,
    }


def _power(chart: Chart, leg: Leg) -> Says:
    """A documented long-standing deficit says nothing on a root."""
    said = on_side(chart, "motor_deficit", MOTOR_DAYS, leg)
    grade = latest(chart, "mrc", MOTOR_DAYS, leg)
    if said is U and grade is not None:
        said = P if grade <= 4 else A
    return U if said is P and has(chart, "motor_longstanding_stable", EVER) else said


def features(chart: Chart, leg: Leg) -> int:
    """Below knee, leg dominant, tingling, cough or sneeze, root quality."""
    sided = ("leg_pain_below_knee", "paresthesia")
    return sum(has(chart, name, DAYS, leg) for name in sided) + sum(
        has(chart, name, days)
        for name, days in (
            ("leg_pain_dominant", 30),
            ("pain_cough_sneeze", DAYS),
            ("radicular_quality", DAYS),
        )
    )


def _leg(chart: Chart, leg: Leg) -> Verdict:
    found, count = items(chart, leg), features(chart, leg)
    crossed = on_side(chart, "crossed_slr", DAYS, leg) is P
    deficit = P in (found["power"], found["reflexes"], found["sensation"])
    missing = list(found.values()).count(U)
    if known(chart, leg):
        return Verdict(TOPIC, "1", "radiculopathy-known", side=leg)
    if deficit or crossed or (found["slr"] is P and count >= 2):
        return _card("2", "radiculopathy-supported", leg)
    if missing == 4:
        return _card("3", "radiculopathy-examine", leg)
    if missing:
        return _card("4", "radiculopathy-incomplete", leg)
    if found["slr"] is P or count >= 2:
        return _card("5", "radiculopathy-indeterminate", leg)
    return Verdict(TOPIC, "6", "radiculopathy-unlikely", side=leg)


def _card(row: str, state: str, leg: Leg) -> Verdict:
    return Verdict(TOPIC, row, state, state, "info", leg)


def known(chart: Chart, leg: Leg) -> bool:
    """Ruling 29: imaged, not worse, no finding since; the entry names no side, so it is of both."""
    found = items(chart, leg)
    deficit = P in (found["power"], found["reflexes"], found["sensation"])
    crossed = on_side(chart, "crossed_slr", DAYS, leg) is P
    worse = has(chart, "worsening_14d", 14)
    return chart.managed_root and not (worse or deficit or crossed)
