"""Axial spondyloarthritis: musculoskeletal.md §2.8."""

from tests.reference.gate import BACK_OR_BUTTOCK, Gate
from tests.reference.model import Chart, Says, Verdict
from tests.reference.recorded import BUTTOCK_PAIN, EVER, ask, has, present, since

P, A, U = Says.PRESENT, Says.ABSENT, Says.UNKNOWN
TOPIC = "axial_spa"
TOLD = ("wakes_second_half_night", "improves_with_movement", "nsaid_response_48h")
HISTORY = ("fdr_spa", "arthritis", "enthesitis", "psoriasis")
HARD = ("psoriasis", "uveitis", "ibd", "hla_b27", "sacroiliitis_imaging")


def axial_spa(chart: Chart, gate: Gate) -> Verdict:
    """Rows 1 to 5; pain since before 45 and for at least 90 days."""
    if not gate.support:
        return Verdict(TOPIC, "not opened")
    if has(chart, "axspa_known", EVER):
        return Verdict(TOPIC, "1", "axial-spa-known")
    pain = present(chart, BACK_OR_BUTTOCK, 90)
    began = since(pain)
    if began is None or began < 90 or chart.age is None or _age_at(chart.age, began) >= 45:
        return Verdict(TOPIC, "not opened")
    # Where only the first record is known, the pain may have begun earlier: unknown, not absent.
    stated = any(e.onset is not None and e.since == began for e in pain)
    later = A if stated else U
    answers = [
        P if _age_at(chart.age, began) < 35 else later,
        P if has(chart, BUTTOCK_PAIN, 90) else ask(chart, "buttock_pain", 90),
        *(ask(chart, name, 90) for name in TOLD),
        *(ask(chart, name, EVER) for name in HISTORY),
    ]
    yes, open_ = answers.count(P), answers.count(U)
    blood = ask(chart, "hla_b27", EVER)
    if yes >= 4 or (yes == 3 and blood is P):
        return Verdict(TOPIC, "2", "axial-spa-refer", "axial-spa-refer", "info")
    if yes == 3 and blood is U:
        return Verdict(TOPIC, "3", "axial-spa-hla-b27", "axial-spa-hla-b27", "info")
    if yes < 3 and yes + open_ >= 4 and has(chart, HARD, EVER):
        return Verdict(TOPIC, "4", "axial-spa-ask", "axial-spa-ask", "info")
    return Verdict(TOPIC, "5")


def _age_at(age: int, days: float) -> float:
    """The age when the pain began; patients turn their age on 17 April, 217 days ago."""
    return age + (217 - days) / 365.25
