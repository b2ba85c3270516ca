"""Table O: vascular.md §2.4 with rulings 18, 36; not shown when a row E1-E5 fired."""

from tests.reference.model import Chart, Verdict
from tests.reference.recorded import EVER, has, latest, present

SVT_DAYS = 45
ABI_DAYS = 365
PRIOR_DAYS = 90  # a younger DVT is the present one
COMPLAINT_DAYS = 90  # a chronic complaint, so the longer of the two windows
ADULT = 18  # the scope of the vascular document


def other(chart: Chart, *, fired: bool) -> tuple[Verdict, Verdict]:
    """The superficial vein and the artery; arbitration shows the first row that matches."""
    vein, artery = superficial_vein(chart), peripheral_artery(chart)
    if fired:
        return Verdict(vein.topic, "E"), Verdict(artery.topic, "E")
    return vein, artery


def superficial_vein(chart: Chart) -> Verdict:
    """O2 and O3."""
    found = [e for e in present(chart, ("svt", "svt_high"), SVT_DAYS) if e.since <= SVT_DAYS]
    if not found:
        return Verdict("superficial_vein_thrombosis", "otherwise")
    earlier = chart.dvt is not None and chart.dvt[1] > PRIOR_DAYS
    prior = earlier or has(chart, "previous_dvt", EVER)
    cancer = has(chart, "active_cancer", 183)
    high = any(e.finding == "svt_high" for e in found) or chart.pregnant or cancer or prior
    if high:
        return Verdict("superficial_vein_thrombosis", "O2", "svt-high", "svt", "warning")
    return Verdict("superficial_vein_thrombosis", "O3", "svt", "svt", "info")


def peripheral_artery(chart: Chart) -> Verdict:
    """O1 and O4 to O7."""
    topic = "peripheral_artery_disease"
    index = _lower_side(chart)
    known = has(chart, "pad_known", EVER)
    lost = [e for e in present(chart, ("rest_pain", "tissue_loss"), 90) if e.since >= 14]
    if has(chart, "clti", 90) or (lost and (known or (index is not None and index <= 0.9))):
        return Verdict(topic, "O1", "clti", "clti", "warning")
    adult = chart.age is None or chart.age >= ADULT
    if not has(chart, "exertional_calf_pain", COMPLAINT_DAYS) or known or not adult:
        return Verdict(topic, "otherwise")
    if index is None:
        return Verdict(topic, "O4", "pad-abi-needed", "pad-abi-needed", "info")
    if index <= 0.9:
        return Verdict(topic, "O5", "pad-abi-low", "pad-abi-low", "info")
    if index > 1.4:
        return Verdict(topic, "O6", "pad-tbi-needed", "pad-tbi-needed", "info")
    return Verdict(topic, "O7", "pad-exercise-abi", "pad-exercise-abi", "info")


def _lower_side(chart: Chart) -> float | None:
    """The lower side counts."""
    found = [latest(chart, "abi", ABI_DAYS, leg) for leg in ("L", "R")]
    return min((value for value in found if value is not None), default=None)
