"""Table E: vascular.md §2.2 with rulings 11, 13, 18, 47 and 49."""

from dataclasses import dataclass

from tests.reference.model import Chart, Leg, Verdict
from tests.reference.recorded import has, latest, matches, present
from tests.reference.triggers import EXAM_DAYS, Triggers
from tests.reference.wells import DVT_DAYS

CHEST = ("dyspnea_new", "pleuritic_chest_pain", "hemoptysis", "syncope")
COLD_LEG = ("pulseless", "pallor", "cold")
SIX_PS: tuple[tuple[str, ...], ...] = (
    ("leg_pain", "leg_pain_below_knee", "calf_pain", "radicular_pain", "buttock_leg_pain"),
    ("pallor",),
    ("pulseless",),
    ("cold",),
    ("paresthesia", "sensory_deficit"),
    ("paralysis", "motor_deficit"),
)
CAUSES = ("limb_fracture", "crush_injury", "limb_surgery", "tight_cast", "reperfusion", "long_lie")
CARDINAL = ("pain_out_of_proportion", "passive_stretch_pain", "tense_compartment")
ACUTE_DAYS = 14
INJURY_DAYS = 7


@dataclass(frozen=True, slots=True)
class Emergencies:
    """What table E says, each with the leg it concerns."""

    embolism: Verdict
    ischemia: Verdict
    compartment: Verdict
    phlegmasia: frozenset[Leg]

    def folds(self, leg: Leg) -> bool:
        """Ruling 11: DVT folds into PE, into phlegmasia, or into E3/E4 of the same leg."""
        if self.embolism.row in ("E1", "E2") or leg in self.phlegmasia:
            return True
        same = [v for v in (self.ischemia, self.compartment) if v.card]
        return any(v.side is None or leg is None or v.side == leg for v in same)


def current_dvt(chart: Chart) -> bool:
    """A confirmed DVT whose onset is 90 days ago or less (ruling 19), or a positive scan."""
    confirmed = chart.dvt is not None and chart.dvt[1] <= DVT_DAYS
    return confirmed or any(s.result == "positive" for s in chart.scans)


def emergencies(chart: Chart, opened: Triggers) -> Emergencies:
    """All rows that match."""
    ischemia = limb_ischemia(chart)
    compartment = compartment_syndrome(chart)
    blue = phlegmasia(chart)
    return Emergencies(embolism(chart, opened), ischemia, compartment, blue)


def embolism(chart: Chart, opened: Triggers) -> Verdict:
    """E0, E1, E2 and E6; an endangered limb does not take the word on the lung away."""
    clot = current_dvt(chart)
    saturation = latest(chart, "spo2", 1)
    symptom = bool(_chest(chart)) or (saturation is not None and saturation < 90)
    pressure = latest(chart, "sbp", 1)
    low = pressure is not None and pressure < 90
    if low and (opened.strong or clot or (opened.weak and symptom)):
        return Verdict("pulmonary_embolism", "E1", "pe-unstable", "pe-unstable", "critical")
    if _known_or_imaged(chart):
        return Verdict("pulmonary_embolism", "E0")
    if symptom and ((opened.strong and not opened.bilateral_only) or clot):
        return Verdict("pulmonary_embolism", "E2", "pe-suspected", "pe-suspected", "critical")
    weak_or_both = bool(opened.weak or opened.bilateral_only)
    if weak_or_both and symptom and _strained(chart):
        return Verdict("pulmonary_embolism", "E6", "pe-consider", "pe-consider", "warning")
    return Verdict("pulmonary_embolism", "otherwise")


def _chest(chart: Chart) -> list[str]:
    return [e.finding for e in present(chart, CHEST, ACUTE_DAYS) if e.since <= ACUTE_DAYS]


def _known_or_imaged(chart: Chart) -> bool:
    """E0 of ruling 13."""
    known = chart.pulmonary_embolism is not None and chart.pulmonary_embolism <= 90
    return known or (chart.ct_angiogram_ordered is not None and chart.ct_angiogram_ordered <= 24)


def _strained(chart: Chart) -> bool:
    pulse, saturation = latest(chart, "hr", 1), latest(chart, "spo2", 1)
    breaths = latest(chart, "rr", 1)
    return (
        (pulse is not None and pulse > 100)
        or (saturation is not None and saturation < 95)
        or (breaths is not None and breaths > 20)
    )


def limb_ischemia(chart: Chart) -> Verdict:
    """E3: at least two of the six Ps on one leg, acute, one of them pulseless, pale or cold."""
    return _of_legs("limb_ischemia", "E3", [leg for leg in ("L", "R") if _ischemic(chart, leg)])


def _ischemic(chart: Chart, leg: Leg) -> bool:
    found = [group for group in SIX_PS if _acute(chart, group, leg)]
    return len(found) >= 2 and _acute(chart, COLD_LEG, leg)


def _of_legs(topic: str, row: str, legs: list[Leg]) -> Verdict:
    """The leg in danger, or both without naming one."""
    if not legs:
        return Verdict(topic, "otherwise")
    card = topic.replace("_", "-")
    return Verdict(topic, row, card, card, "critical", legs[0] if len(legs) == 1 else None)


def _acute(chart: Chart, names: tuple[str, ...], leg: Leg) -> bool:
    """A chronic sign is none: begun over 14 days ago, or with PAD an undated absent pulse (49)."""
    known = has(chart, "pad_known", 100_000)
    return any(
        matches(e, leg)
        and e.since <= ACUTE_DAYS
        and not (known and e.finding == "pulseless" and e.onset is None)
        for e in present(chart, names, ACUTE_DAYS)
    )


def compartment_syndrome(chart: Chart) -> Verdict:
    """E4: a cause and a cardinal sign, two signs without a cause, or delta-P below 30 alone."""
    return _of_legs("compartment_syndrome", "E4", [leg for leg in ("L", "R") if _tense(chart, leg)])


def _tense(chart: Chart, leg: Leg) -> bool:
    cause = has(chart, CAUSES, INJURY_DAYS, leg)
    signs = [name for name in CARDINAL if has(chart, name, EXAM_DAYS, leg)]
    delta = latest(chart, "delta_pressure", EXAM_DAYS, leg)
    low = delta is not None and delta < 30
    return bool((cause and signs) or len(signs) >= 2 or low)


def phlegmasia(chart: Chart) -> frozenset[Leg]:
    """E5: the legs that are swollen whole and blue or mottled."""
    return frozenset(
        leg
        for leg in ("L", "R")
        if has(chart, "entire_leg_swollen", EXAM_DAYS, leg)
        and has(chart, ("cyanosis", "leg_discoloration"), ACUTE_DAYS, leg)
    )
