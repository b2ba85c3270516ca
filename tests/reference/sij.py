"""Sacroiliac joint: musculoskeletal.md §2.6."""

from tests.reference.gate import Gate
from tests.reference.model import Chart, Leg, Says, Verdict
from tests.reference.recorded import BUTTOCK_PAIN, EVER, has, on_side, painful_legs, present

P, A, U = Says.PRESENT, Says.ABSENT, Says.UNKNOWN
DAYS = 90
TOPIC = "sij"
SIX = (
    "sij_thigh_thrust",
    "sij_distraction",
    "sij_compression",
    "sij_sacral_thrust",
    "sij_gaenslen",
    "sij_faber",
)
W5 = ("sij_thigh_thrust", "sij_distraction", "sij_compression", "sij_gaenslen", "sij_faber")
L5 = ("sij_thigh_thrust", "sij_distraction", "sij_compression", "sij_sacral_thrust", "sij_gaenslen")
L4 = L5[:4]
PAIN = (*BUTTOCK_PAIN, "posterior_pelvic_pain")
ORDER = (
    "sij-supported",
    "sij-two-of-four",
    "sij-centralizes",
    "sij-continue",
    "sij-examine",
    "sij-mixed",
    "sij-all-negative",
    "sij-unreachable",
    "sij-fused",
)


def expecting(chart: Chart) -> bool:
    """Pregnant or within 24 months of delivery; a man's entry is ignored here (ruling 25)."""
    delivered = chart.delivered is not None and chart.delivered <= 730
    return (chart.pregnant and not chart.male) or delivered


def sij(chart: Chart, gate: Gate) -> Verdict:
    """The painful side that says more."""
    painful = present(chart, PAIN, DAYS) + present(chart, "fortin_finger", DAYS)
    if not gate.support or not painful or expecting(chart):
        return Verdict(TOPIC, "not opened")
    if has(chart, "axspa_known", EVER):
        return Verdict(TOPIC, "axSpA known", "sij-na-axspa")
    legs = painful_legs(chart, painful, SIX)
    found = [on_one_side(chart, leg) for leg in legs]
    return min(found, key=lambda verdict: ORDER.index(verdict.state))


def on_one_side(chart: Chart, leg: Leg) -> Verdict:
    """The rows for one joint."""
    if has(chart, "sij_fusion", EVER, leg):
        return Verdict(TOPIC, "fused", "sij-fused", side=leg)
    results = {name: on_side(chart, name, DAYS, leg) for name in SIX}
    hopeless = _not_feasible(chart, leg)
    bounds = {
        name: _bounds(results, tests, hopeless)
        for name, tests in (("w5", W5), ("l5", L5), ("l4", L4))
    }
    row, state = _row(results, bounds, centralizes=has(chart, "centralizes", DAYS))
    return Verdict(TOPIC, row, state, state, "info", leg, clusters=bounds)


def _bounds(
    results: dict[str, Says], tests: tuple[str, ...], hopeless: set[str]
) -> tuple[int, int]:
    """lo: positives; hi: positives and the unknown tests that can be done."""
    positive = sum(results[name] is P for name in tests)
    open_ = sum(results[name] is U and name not in hopeless for name in tests)
    return positive, positive + open_


def _not_feasible(chart: Chart, leg: Leg) -> set[str]:
    """Hip prosthesis, fragile bone, and a man with a stray pregnancy entry."""
    left_out: set[str] = set()
    if has(chart, "hip_arthroplasty", EVER, leg):
        left_out |= {"sij_thigh_thrust", "sij_gaenslen", "sij_faber"}
    if has(chart, ("osteoporosis", "steroid_longterm"), EVER) or (chart.pregnant and chart.male):
        left_out |= {"sij_sacral_thrust"}
    return left_out


def _row(
    results: dict[str, Says], bounds: dict[str, tuple[int, int]], *, centralizes: bool
) -> tuple[str, str]:
    """Rows 1 to 8."""
    given = list(results.values())
    if given.count(U) == 6:
        return "1", "sij-examine"
    reached = bounds["w5"][0] >= 3 or bounds["l5"][0] >= 3
    two_of_four = bounds["l4"][0] >= 2
    if (reached or two_of_four) and centralizes:
        return "2", "sij-centralizes"
    if reached:
        return "3", "sij-supported"
    if two_of_four:
        return "4", "sij-two-of-four"
    if given.count(A) == 6:
        return "5", "sij-all-negative"
    lost = bounds["w5"][1] < 3 and bounds["l5"][1] < 3 and bounds["l4"][1] < 2
    if lost and given.count(P) >= 3:
        return "6", "sij-mixed"
    return ("7", "sij-unreachable") if lost else ("8", "sij-continue")
