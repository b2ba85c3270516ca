"""Pelvic girdle: musculoskeletal.md §2.7 with ruling 53."""

from tests.reference.gate import ADULT
from tests.reference.model import Chart, Leg, Says, Verdict
from tests.reference.recorded import (
    BUTTOCK_PAIN,
    matches,
    on_side,
    painful_legs,
    present,
    within,
)
from tests.reference.sij import expecting

P, A, U = Says.PRESENT, Says.ABSENT, Says.UNKNOWN
DAYS = 90
TOPIC = "pelvic_girdle"
P4 = "sij_thigh_thrust"
OTHERS = (
    "sij_faber",
    "sij_gaenslen",
    "mod_trendelenburg",
    "ldl_palpation",
    "symphysis_palpation",
    "aslr",
)
PAIN = (*BUTTOCK_PAIN, "posterior_pelvic_pain", "groin_pain")
ORDER = (
    "pelvic-girdle-supported",
    "pelvic-girdle-continue",
    "pelvic-girdle-examine",
    "pelvic-girdle-negative",
)


def pelvic_girdle(chart: Chart) -> Verdict:
    """The painful side that says more."""
    painful = present(chart, PAIN, DAYS)
    adult = chart.age is None or chart.age >= ADULT
    if not expecting(chart) or not painful or not adult:
        return Verdict(TOPIC, "not opened")
    legs = painful_legs(chart, painful, (P4, *OTHERS))
    return min((_leg(chart, leg) for leg in legs), key=lambda v: ORDER.index(v.state))


def _leg(chart: Chart, leg: Leg) -> Verdict:
    results = {name: on_side(chart, name, DAYS, leg) for name in (P4, *OTHERS)}
    results["aslr"] = _leg_raise(chart, leg, results["aslr"])
    given = list(results.values())
    negative = all(results[name] is A for name in (P4, "sij_faber", "aslr"))
    if given.count(U) == len(given):
        row, state = "1", "pelvic-girdle-examine"
    elif results[P4] is P or sum(results[name] is P for name in OTHERS) >= 2:
        row, state = "2", "pelvic-girdle-supported"
    elif negative and P not in given:
        row, state = "3", "pelvic-girdle-negative"
    else:
        row, state = "4", "pelvic-girdle-continue"
    return Verdict(TOPIC, row, state, state, "info", leg)


def _leg_raise(chart: Chart, leg: Leg, answered: Says) -> Says:
    """Answered, or scored from 0 to 10 and positive from 1 on; the later of the two."""
    scores = [m for m in chart.measured if m.name == "aslr" and m.hours / 24 <= DAYS]
    scores = [m for m in scores if matches(m, leg)]
    answers = [e.hours for e in within(chart, "aslr", DAYS) if matches(e, leg)]
    if not scores:
        return answered
    newest = min(scores, key=lambda m: m.hours)
    if answered is not U and min(answers) < newest.hours:
        return answered
    return P if newest.value >= 1 else A
