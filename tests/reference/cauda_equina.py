"""Cauda equina: musculoskeletal.md §2.1 with rulings 2, 4, 5, 16 and 38."""

from tests.reference.gate import Gate
from tests.reference.model import Chart, Entry, Says, Verdict
from tests.reference.recorded import EVER, ask, has, latest, present

SIGN_DAYS = 30
RECENT_DAYS = 14
LATE_DAYS = 90
ALONE = ("saddle_sensory_change", "anal_tone_reduced", "bilateral_leg_deficit")
WITH_PAIN = ("bladder_dysfunction", "bowel_dysfunction", "sexual_dysfunction")
CONTINENCE = ("bladder_dysfunction", "bowel_dysfunction")
LEG_SIGNS = ("sensory_deficit", "reflex_reduced", "paresthesia", "leg_swelling")
TOPIC = "cauda_equina"


def cauda_equina(chart: Chart, gate: Gate) -> Verdict:
    """Rows 1 to 7."""
    found = signs(chart, gate)
    bilateral = _bilateral_pain(chart)
    if found and _acted(chart, found):
        return Verdict(TOPIC, "1", "cauda-equina-acted")
    worse = has(chart, "worsening_14d", RECENT_DAYS)
    counted = [e for e in found if not _old_continence(e) or worse]
    if any(e.since <= RECENT_DAYS for e in counted) or (counted and worse):
        return Verdict(TOPIC, "2", _SUSPECTED, _SUSPECTED, "critical")
    old = [e for e in found if _old_continence(e)]
    if old and not counted:
        return Verdict(TOPIC, "3", "cauda-equina-longstanding")
    if counted:
        return Verdict(TOPIC, "4", "cauda-equina-late", "cauda-equina-late", "warning")
    if bilateral:
        asked = (ask(chart, name, SIGN_DAYS) for name in (_SADDLE, *CONTINENCE))
        if any(answer is not Says.ABSENT for answer in asked):
            return Verdict(TOPIC, "5", "cauda-equina-ask", "cauda-equina-ask", "warning")
        name = "cauda-equina-safety-net"
        return Verdict(TOPIC, "6", name, name, "info")
    return Verdict(TOPIC, "7")


_SUSPECTED = "cauda-equina-suspected"
_SADDLE = "saddle_sensory_change"


def signs(chart: Chart, gate: Gate) -> list[Entry]:
    """T; bladder, bowel and sexual function alone need a pain or a leg finding (ruling 2)."""
    found = present(chart, ALONE, SIGN_DAYS) + _derived_bilateral(chart) + _residual(chart)
    weak = has(chart, "motor_deficit", SIGN_DAYS)
    if gate.pain or found or weak or has(chart, LEG_SIGNS, LATE_DAYS):
        found += present(chart, WITH_PAIN, SIGN_DAYS)
    return found


def _old_continence(entry: Entry) -> bool:
    """Ruling 5: continence that changed more than 90 days ago is long-standing."""
    return entry.finding in CONTINENCE and entry.since > LATE_DAYS


def _residual(chart: Chart) -> list[Entry]:
    """PVR of 200 mL or more without a known cause; less changes nothing."""
    volume = latest(chart, "pvr_ml", 7)
    if volume is None or volume < 200 or has(chart, "longstanding_incontinence", EVER):
        return []
    return [Entry("pvr_ml", hours=m.hours) for m in chart.measured if m.name == "pvr_ml"]


def _derived_bilateral(chart: Chart) -> list[Entry]:
    """A deficit in both legs; symmetric neuropathy and old weakness excluded."""
    excluded = {
        "motor_deficit": has(chart, "motor_longstanding_stable", EVER),
        "reflex_reduced": has(chart, ("reflex_symmetrical", _STOCKING), LATE_DAYS),
        "sensory_deficit": has(chart, _STOCKING, LATE_DAYS),
    }
    legs = [
        [
            e
            for name, left_out in excluded.items()
            if not left_out
            for e in present(chart, name, SIGN_DAYS)
            if e.side in (leg, "B")
        ]
        for leg in ("L", "R")
    ]
    return [e for found in legs for e in found] if all(legs) else []


_STOCKING = "symmetrical_distal_sensory"


def _bilateral_pain(chart: Chart) -> bool:
    """Root pain in both legs; ruling 38: older than 90 days and not worse gives no row."""
    found = present(chart, "bilateral_radicular_pain", SIGN_DAYS)
    found += [e for e in present(chart, "radicular_pain", LATE_DAYS) if e.side == "B"]
    worse = has(chart, "worsening_14d", RECENT_DAYS)
    return any(e.since <= LATE_DAYS or worse for e in found)


def _acted(chart: Chart, found: list[Entry]) -> bool:
    """Ruling 4: an urgent spinal MRI of the last 72 hours, ordered after the signs began."""
    began = min(_began_hours(e) for e in found)  # a newer sign reopens it
    order = chart.spine_mri
    ordered = order is not None and chart.spine_mri_urgent and order <= 72 and order < began
    return ordered or any(e.hours < began for e in present(chart, "ces_mri_requested", 7))


def _began_hours(entry: Entry) -> float:
    """Real instants only (ruling 32): a stated day began the sign at its end, 9 hours later."""
    return entry.hours if entry.onset is None else entry.onset * 24 - 9
