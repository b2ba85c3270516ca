"""Random abstract charts, biased so that each row of each table is reached.

A chart is one or two scenes (a swollen leg, a cauda equina, a set of joint tests ...) and a few
odds and ends. Windows are met just inside, at and just outside. Where the documents leave open how
two entries about one finding combine, only one of them is written.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Literal, TypeVar

from tests.reference.model import Chart, DDimer, Entry, Measured, Result, Scan, Side
from tests.reference.other_vascular import SVT_DAYS
from tests.reference.sij import SIX
from tests.reference.triggers import SYMPTOMS

T = TypeVar("T")
D_DIMER_CODES = ("48065-7", "48065-7", "48067-3", "48066-5", "48058-2", "7799-0")
UNITS = ("ng/mL", "ug/L", "mg/L", "ng/mL FEU", "mg/L FEU", "ng/mL DDU", "mg/mL", "", "ug/mL")
VALUES = (200, 249, 250, 251, 499, 500, 501, 599, 600, 640, 720, 760, 4000)
EXAM_HOURS = (2, 30, 71, 73, 400)
FRESH = (2, 2, 2, 30)


class Maker:
    """One chart in the making."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        self.leg: Literal["L", "R"] = dice.choice(("L", "R"))
        self.entries: dict[str, list[Entry]] = {}
        self.measured: list[Measured] = []
        self.chart = Chart(age=self._age(), male=dice.random() < 0.5)

    def _age(self) -> int | None:
        ages = (8, 15, 16, 17, 18, 28, 34, 40, 44, 49, 50, 51, 60, 64, 74, 75, 76, 82)
        if self.maybe(0.04):
            return None
        return self.pick((28, 40, 50, 60, 76)) if self.maybe(0.6) else self.pick(ages)

    def maybe(self, chance: float) -> bool:
        """Yes, with this chance."""
        return self.dice.random() < chance

    def pick(self, options: Sequence[T]) -> T:
        """One of these."""
        return self.dice.choice(options)

    def side(self) -> Side | None:
        """The painful leg mostly; sometimes both, none or the other."""
        other: Literal["L", "R"] = "R" if self.leg == "L" else "L"
        return self.pick((*[self.leg] * 16, "B", None, other))

    def say(self, finding: str, *, present: bool = True, **more: Any) -> None:
        """One entry on this finding; a second one only with another age on the same side."""
        self.entries[finding] = [Entry(finding, present, **more)]

    def complain(self, finding: str, *, sided: bool = True) -> None:
        """A complaint with its onset, told or on the problem list."""
        hours = self.pick((2, 2, 2, 30, 13 * 24, 15 * 24, 40 * 24, 89 * 24, 91 * 24))
        onset = self.pick(
            (0, 1, 4, 4, 10, 14, 15, 20, 27, 28, 42, 43, 80, 90, 91, 120, 180, 181, 400)
        )
        self.say(
            finding,
            side=self.side() if sided else None,
            hours=hours,
            onset=max(onset, math.ceil(hours / 24)),
            problem=self.maybe(0.5),
        )

    def tell(
        self,
        findings: Sequence[str],
        chance: float,
        *,
        yes: float = 0.5,
        sided: bool = False,
        hours: Sequence[float] = FRESH,
    ) -> None:
        """Answer some of these, present or absent."""
        for finding in findings:
            if self.maybe(chance):
                side = self.side() if sided else None
                present = self.maybe(yes)
                self.say(finding, present=present, side=side, hours=self.pick(hours))

    def measure(
        self, name: str, values: Sequence[float], hours: Sequence[float], **more: Any
    ) -> None:
        """One number."""
        self.measured.append(Measured(name, self.pick(values), hours=self.pick(hours), **more))

    def set(self, **more: Any) -> None:
        """Change what is no entry."""
        self.chart = replace(self.chart, **more)

    def finished(self) -> Chart:
        """The chart with its entries in order; symmetrical signs are on both sides."""
        if "buttock_leg_pain" in self.entries:
            self.entries.pop("buttock_pain", None)
        if self.chart.delivered is not None:
            self.set(pregnant=False)
        if any(m.name == "calf_circumference" for m in self.measured):
            self.entries.pop("calf_swelling_3cm", None)
        if {"reflex_symmetrical", "symmetrical_distal_sensory"} & set(self.entries):
            for name in ("reflex_reduced", "sensory_deficit"):
                if name in self.entries:
                    self.entries[name] = [replace(e, side="B") for e in self.entries[name]]
        entries = tuple(e for found in self.entries.values() for e in found)
        if any(not e.present for e in self.entries.get("motor_deficit", ())):
            self.measured = [m for m in self.measured if m.name != "mrc"]
        measured = {(m.name, m.side): m for m in self.measured}
        return replace(self.chart, entries=entries, measured=tuple(measured.values()))


Scene = Callable[[Maker], None]
HISTORY = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "previous_dvt",
)
SIGNS = (
    "deep_vein_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
)
WEAK = ("leg_pain", "radicular_pain", "buttock_leg_pain", "exertional_calf_pain")


def swollen_leg(m: Maker) -> None:
    """A strong trigger and a little of Wells."""
    for finding in (m.pick(SYMPTOMS), m.pick(SYMPTOMS)):
        m.complain(finding)
    m.tell(HISTORY, 0.3)
    m.tell(SIGNS, 0.3, sided=True, hours=EXAM_HOURS)
    _alternative(m)
    if m.maybe(0.3):
        _tapes(m)
    if m.maybe(0.4):
        _d_dimer(m)
    if m.maybe(0.15):
        m.set(operation=m.pick((10, 84, 85)))


def denied_wells(m: Maker) -> None:
    """A trigger with nearly all items recorded absent."""
    m.say(m.pick(("calf_pain", "leg_swelling")), side=m.leg, hours=2, onset=m.pick((1, 4)))
    for finding in HISTORY:
        m.say(finding, present=False, hours=2)
    for finding in SIGNS:
        m.say(finding, present=False, side=m.leg, hours=2)
    if m.maybe(0.5):
        m.say(m.pick(HISTORY), present=True, hours=2)
    if m.maybe(0.4):
        del m.entries[m.pick(SIGNS)]
    _alternative(m)
    if m.maybe(0.7):
        _d_dimer(m)
    if m.maybe(0.3):
        _scan(m)


def _alternative(m: Maker) -> None:
    if m.maybe(0.35):
        m.say(
            "alternative_diagnosis_as_likely",
            present=m.maybe(0.6),
            side=m.leg,
            hours=m.pick((0.5, 0.5, 0.5, 26)),
        )


def _tapes(m: Maker) -> None:
    larger = m.pick((36.0, 38.9, 39.0, 39.1, 42.0))
    m.entries.pop("calf_swelling_3cm", None)
    for side, value in ((m.leg, larger), ("R" if m.leg == "L" else "L", 36.0)):
        hours = m.pick((2, 2, 2, 30))
        m.measured.append(Measured("calf_circumference", value, side, hours))


def _d_dimer(m: Maker) -> None:
    results = []
    for _ in range(m.pick((1, 1, 2))):
        value, unit = float(m.pick(VALUES)), m.pick(UNITS)
        in_unit = value / 1000 if unit.startswith(("mg/L", "ug/mL", "mg/mL")) else value
        hours = m.pick((2, 5, 20, 71, 73, 200))
        bound: Literal["", "<", ">"] = m.pick(("", "", "", "<", ">"))
        pending = m.maybe(0.1)
        results.append(DDimer(m.pick(D_DIMER_CODES), in_unit, unit, hours, bound, pending))
    distinct = {result.hours: result for result in results}
    m.set(d_dimers=tuple(distinct.values()))
    if m.maybe(0.2):
        m.set(d_dimer_ordered=m.pick((1, 3)))


def _scan(m: Maker) -> None:
    results: tuple[Result, ...] = (
        "ordered",
        "ordered",
        "negative",
        "negative",
        "inconclusive",
        "unreadable",
    )
    result = m.pick(results)
    hours = m.pick((1.5, 3, 5, 23, 25, 100, 167, 169, 180, 220))
    other: Side = "R" if m.leg == "L" else "L"
    sides: tuple[Side | None, ...] = (m.leg, m.leg, m.leg, None, "B", other)
    side = m.pick(sides)
    scans = [Scan(result, side, hours, whole=m.maybe(0.4))]
    if result == "negative" and m.maybe(0.4):
        scans.append(Scan("ordered", m.leg, 1.2))
    m.set(scans=tuple(scans))


def scanned_leg(m: Maker) -> None:
    """A swollen leg with imaging."""
    swollen_leg(m)
    _scan(m)
    if m.maybe(0.5):
        _d_dimer(m)


def scanned_and_denied(m: Maker) -> None:
    """Imaging beside a proven low score."""
    denied_wells(m)
    _scan(m)


def treated_leg(m: Maker) -> None:
    """On an anticoagulant."""
    m.pick((swollen_leg, denied_wells, scanned_leg))(m)
    m.set(anticoagulant=m.pick((1, 10, 2000)), anticoagulant_dose=m.maybe(0.7))


def known_clot(m: Maker) -> None:
    """A DVT on record."""
    if m.maybe(0.7):
        m.pick((swollen_leg, root_pain, buttock))(m)
    m.set(dvt=(m.pick(("L", "R")), m.pick((7, 13, 15, 80, 90, 91, 200))), age=m.pick((18, 50, 76)))
    if m.maybe(0.6):
        m.set(anticoagulant=100, anticoagulant_dose=True)
    if m.maybe(0.2):
        m.say("worsening_14d", hours=2)


def expecting(m: Maker) -> None:
    """Pregnant or after delivery, with any complaint."""
    m.pick((swollen_leg, scanned_leg, root_pain, weak_leg, buttock, pelvic_pain, pelvic_pain))(m)
    if m.maybe(0.15):
        m.pick((saddle, infected_back, injured_back, cancer_spine))(m)
    if m.maybe(0.6):
        m.set(pregnant=True, male=m.maybe(0.06), age=m.pick((18, 28, 34)))
    else:
        m.set(delivered=m.pick((10, 42, 43, 150, 729, 731)), male=False, age=34)


def in_hospital(m: Maker) -> None:
    """An inpatient."""
    m.pick((swollen_leg, denied_wells))(m)
    m.set(inpatient_hours=m.pick((20, 47, 49, 110)))


def amputee(m: Maker) -> None:
    """An amputated leg."""
    m.pick((swollen_leg, denied_wells))(m)
    m.say("amputated_side", side=m.leg, hours=24 * 900, problem=True)


def red_leg(m: Maker) -> None:
    """Cellulitis."""
    m.pick((swollen_leg, denied_wells, denied_wells))(m)
    m.say("cellulitis_same_leg", side=m.side(), hours=m.pick((5, 13 * 24, 15 * 24)), problem=True)
    if m.maybe(0.2):
        m.say("antibiotic_failing", hours=2)


def both_legs(m: Maker) -> None:
    """Both legs swollen."""
    m.say("leg_swelling", side="B", hours=2, onset=4)
    if m.maybe(0.4):
        m.say("leg_erythema_warmth", side="B", hours=2, onset=4)
    m.tell(HISTORY, 0.3)
    if m.maybe(0.2):
        m.say("entire_leg_swollen", side=m.leg, hours=2)
    if m.maybe(0.3):
        _d_dimer(m)


def weak_leg(m: Maker) -> None:
    """A weak trigger with or without risk."""
    m.complain(m.pick(WEAK))
    m.tell(HISTORY, 0.2, yes=0.6)
    if m.maybe(0.15):
        _d_dimer(m)


def breathless(m: Maker) -> None:
    """Signs of pulmonary embolism."""
    m.pick((swollen_leg, weak_leg, weak_leg, both_legs, known_clot))(m)
    if m.maybe(0.8):
        m.say(
            m.pick(("dyspnea_new", "pleuritic_chest_pain", "hemoptysis", "syncope")),
            hours=m.pick((2, 30)),
            onset=m.pick((2, 14, 15, 40)),
            problem=m.maybe(0.5),
        )
    vitals = (2, 23, 25)
    if m.maybe(0.3):
        m.measure("sbp", (84, 89, 90, 130), vitals)
    if m.maybe(0.5):
        m.measure("spo2", (88, 89, 90, 94, 95, 98), vitals)
    if m.maybe(0.5):
        m.measure("hr", (70, 100, 101, 130), vitals)
    if m.maybe(0.3):
        m.measure("rr", (16, 20, 21, 30), vitals)
    if m.maybe(0.1):
        m.set(pulmonary_embolism=m.pick((20, 90, 91)))
    if m.maybe(0.1):
        m.set(ct_angiogram_ordered=m.pick((3, 23, 25)))


def cold_leg(m: Maker) -> None:
    """Signs of limb ischemia."""
    if m.maybe(0.8):
        m.say("leg_pain", side=m.leg, hours=2, onset=m.pick((0, 1, 1, 14, 15, 60)))
    onset = m.pick((0, 1, 1, 14, 15, 60))
    for sign in ("pulseless", "pallor", "cold", "paresthesia", "paralysis"):
        if m.maybe(0.4):
            m.say(sign, side=m.leg, hours=2, onset=onset, present=m.maybe(0.85))
    if m.maybe(0.2):
        m.say("pad_known", hours=24 * 400, problem=True)


def tense_leg(m: Maker) -> None:
    """Signs of compartment syndrome."""
    m.say("leg_pain", side=m.leg, hours=2, onset=1)
    if m.maybe(0.7):
        cause = m.pick(("limb_fracture", "crush_injury", "limb_surgery", "tight_cast"))
        m.say(cause, side=m.leg, hours=m.pick((5, 30, 167, 169)))
    signs = ("pain_out_of_proportion", "passive_stretch_pain", "tense_compartment")
    m.tell(signs, 0.4, yes=0.8, sided=True, hours=(2, 71, 73))
    if m.maybe(0.2):
        m.measure("delta_pressure", (20, 29, 30, 45), (2, 71, 73), side=m.leg)


def blue_leg(m: Maker) -> None:
    """Phlegmasia."""
    m.say("leg_swelling", side=m.leg, hours=2, onset=2)
    m.say("entire_leg_swollen", side=m.side(), hours=m.pick((2, 71, 73)))
    m.say(m.pick(("cyanosis", "leg_discoloration")), side=m.side(), hours=2)


def walking_pain(m: Maker) -> None:
    """Claudication and worse."""
    if m.maybe(0.7):
        m.complain("exertional_calf_pain")
    if m.maybe(0.5):
        m.measure("abi", (0.5, 0.9, 0.91, 1.02, 1.4, 1.41), (2, 24 * 300, 24 * 370), side=m.leg)
    if m.maybe(0.3):
        m.say("pad_known", hours=24 * 400, problem=True)
    if m.maybe(0.4):
        lost = m.pick(("rest_pain", "tissue_loss"))
        m.say(lost, side=m.leg, hours=2, onset=m.pick((3, 13, 14, 30)))


def tender_vein(m: Maker) -> None:
    """Superficial vein thrombosis."""
    m.pick((weak_leg, swollen_leg, buttock))(m)
    days = m.pick((2, 30, SVT_DAYS, SVT_DAYS + 1, 400))
    m.say(m.pick(("svt", "svt", "svt_high")), side=m.leg, hours=2, onset=days, problem=True)


def root_pain(m: Maker) -> None:
    """Leg pain with a neurological examination."""
    m.complain(m.pick(("leg_pain", "leg_pain_below_knee", "radicular_pain", "leg_pain")))
    if m.maybe(0.5):
        m.complain("low_back_pain", sided=False)
    elif m.maybe(0.3):
        m.tell(("low_back_pain", "buttock_pain"), 0.8, yes=0)
    tests = ("slr", "reflex_reduced", "sensory_deficit", "motor_deficit")
    thorough = m.pick((0.0, 0.4, 1.0))
    for test in tests:
        if m.maybe(thorough):
            m.say(test, present=m.maybe(0.25), side=m.leg, hours=m.pick((2, 48)))
    if m.maybe(0.15):
        m.say("crossed_slr", present=m.maybe(0.6), side=m.leg, hours=2)
    features = ("leg_pain_dominant", "pain_cough_sneeze", "radicular_quality")
    m.tell(features, 0.3, yes=0.7)
    if m.maybe(0.3):
        m.say("paresthesia", side=m.leg, hours=2, present=m.maybe(0.8))
    if m.maybe(0.08):
        m.say(m.pick(("symmetrical_distal_sensory", "reflex_symmetrical")), hours=2)
    if m.maybe(0.12):
        m.say("radicular_pain", hours=30 * 24, onset=120, problem=True)
        m.set(managed_root=True)
    if m.maybe(0.1):
        m.say("worsening_14d", hours=2)


def both_roots(m: Maker) -> None:
    """Root pain in both legs and the three questions."""
    onset = m.pick((2, 10, 14, 15, 60, 120))
    m.say("bilateral_radicular_pain", side="B", hours=2, onset=onset)
    if m.maybe(0.5):
        m.complain("low_back_pain", sided=False)
    asked = ("saddle_sensory_change", "bladder_dysfunction", "bowel_dysfunction")
    m.tell(asked, m.pick((0.4, 1.0)), yes=0.03)
    if m.maybe(0.15):
        m.say("worsening_14d", hours=2)


def saddle(m: Maker) -> None:
    """Cauda equina signs with their onset."""
    if m.maybe(0.85):
        m.complain(m.pick(("low_back_pain", "leg_pain")), sided=False)
    names = (
        "saddle_sensory_change",
        "bladder_dysfunction",
        "bowel_dysfunction",
        "sexual_dysfunction",
        "anal_tone_reduced",
        "bladder_dysfunction",
    )
    for name in [m.pick(names) for _ in range(m.pick((1, 1, 2)))]:
        onset = m.pick((0, 1, 5, 14, 15, 60, 90, 91, 400))
        m.say(name, hours=m.pick((2, 2, 29 * 24, 31 * 24)), onset=onset)
        found = m.entries[name][0]
        m.entries[name] = [replace(found, onset=max(onset, math.ceil(found.days)))]
    if m.maybe(0.2):
        m.measure("pvr_ml", (50, 199, 200, 450), (2, 160, 170))
    if m.maybe(0.2):
        m.say("longstanding_incontinence", hours=24 * 800, onset=900, problem=True)
    if m.maybe(0.25):
        m.set(spine_mri=m.pick((3, 20, 71, 73)), spine_mri_urgent=m.maybe(0.8))
    if m.maybe(0.1):
        m.say("worsening_14d", hours=2)


def cancer_spine(m: Maker) -> None:
    """Cancer on record and a spine."""
    m.pick((root_pain, buttock, back, saddle))(m)
    m.say("cancer_history", hours=24 * 1500, problem=True)
    m.tell(("night_pain", "unremitting_pain", "pain_straining", "weight_loss"), 0.15, yes=0.7)
    if m.maybe(0.15):
        m.say(m.pick(("umn_signs", "gait_disturbance")), hours=2)


def cord(m: Maker) -> None:
    """Upper motor neuron signs without cancer."""
    if m.maybe(0.7):
        m.complain(m.pick(("low_back_pain", "leg_pain")), sided=False)
    m.say("umn_signs", hours=m.pick((2, 29 * 24, 31 * 24)), present=m.maybe(0.9))


def back(m: Maker) -> None:
    """Low back pain alone."""
    m.complain("low_back_pain", sided=False)


def infected_back(m: Maker) -> None:
    """Infection signs."""
    m.pick((back, buttock, root_pain))(m)
    if m.maybe(0.3):
        m.say("fever", hours=m.pick((5, 13 * 24, 15 * 24)))
    if m.maybe(0.4):
        m.measure("temperature", (37.2, 37.9, 38.0, 39.5), (5, 13 * 24, 15 * 24))
    m.tell(("bacteraemia",), 0.1, yes=0.8)
    m.tell(("crp_raised", "esr_raised"), 0.4, yes=0.8, hours=(5, 29 * 24, 31 * 24))
    m.tell(("ivdu", "immunosuppression", "recent_spinal_procedure", "night_pain"), 0.25, yes=0.7)
    if m.maybe(0.15):
        m.say("inflammatory_disease", hours=24 * 300, problem=True)
    if m.maybe(0.2):
        m.say(m.pick(("sensory_deficit", "reflex_reduced")), side=m.leg, hours=2)
    if m.maybe(0.15):
        m.say("worsening_14d", hours=2)


def injured_back(m: Maker) -> None:
    """Trauma and fragile bone."""
    m.pick((back, buttock))(m)
    if m.maybe(0.4):
        m.say("major_trauma", hours=m.pick((5, 41 * 24, 43 * 24)))
    if m.maybe(0.5):
        name = m.pick(("osteoporosis", "steroid_longterm", "pelvic_radiotherapy"))
        m.say(name, hours=24 * 600, problem=True)
    triggers = ("minor_trauma", "sudden_onset", "sacral_tenderness", "cannot_weightbear")
    m.tell(triggers, 0.3, yes=0.8, hours=(5, 41 * 24, 43 * 24))


def weak_foot(m: Maker) -> None:
    """Weakness with or without a grade."""
    m.pick((root_pain, root_pain, back, buttock))(m)
    onset = m.pick((None, None, 1, 14, 15, 25))
    hours = m.pick((2, 2, 29 * 24, 31 * 24))
    if onset is not None:
        onset = max(onset, math.ceil(hours / 24))
    m.say("motor_deficit", side=m.leg, hours=hours, onset=onset)
    if m.maybe(0.7):
        m.measure("mrc", (1, 2, 3, 4), (hours,), side=m.leg)
    if m.maybe(0.15):
        m.say("motor_progressive", hours=2)
    if m.maybe(0.2):
        m.say("motor_longstanding_stable", side=m.leg, hours=24 * 800, problem=True)
    if m.maybe(0.25):
        m.say("sij_injection_48h", side=m.leg, hours=m.pick((3, 47, 49)))
        if m.maybe(0.2):
            m.set(anticoagulant=1000)


def numb_after_block(m: Maker) -> None:
    """Weakness within two days of a block."""
    m.say("buttock_pain", side=m.leg, hours=2, onset=30)
    block = m.pick((3, 20, 35, 47, 49))
    m.say("sij_injection_48h", side=m.leg, hours=block)
    m.say("motor_deficit", side=m.pick((m.leg, m.leg, m.leg, "B")), hours=m.pick((1, 2)))
    if m.maybe(0.5):
        m.measure("mrc", (1, 3, 4), (1,), side=m.leg)
    if m.maybe(0.15):
        m.set(anticoagulant=1000)
    if m.maybe(0.15):
        m.say("motor_progressive", hours=1)


def repeat_of_scan(m: Maker) -> None:
    """A negative proximal scan beside a positive D-dimer or treatment, repeated or not."""
    swollen_leg(m)
    m.say("leg_swelling", side=m.leg, hours=2, onset=m.pick((9, 20)))
    scans = [Scan("negative", m.leg, m.pick((3, 100, 190)), whole=m.maybe(0.15))]
    if m.maybe(0.5):
        scans.append(Scan("ordered", m.leg, 1.2))
    m.set(scans=tuple(scans), age=m.pick((40, 60)))
    if m.maybe(0.7):
        m.set(d_dimers=(DDimer("48065-7", m.pick((200.0, 4000.0)), "ng/mL FEU", 5),))
    else:
        m.set(anticoagulant=100)


def positive_joint(m: Maker) -> None:
    """Many positive tests, with and without centralization."""
    m.say("buttock_pain", side=m.leg, hours=2, onset=30)
    for test in SIX:
        if m.maybe(0.8):
            m.say(test, present=m.maybe(0.75), side=m.leg, hours=2)
    if m.maybe(0.4):
        m.say("centralizes", hours=2)


def measured_ankle(m: Maker) -> None:
    """Claudication with an ankle-brachial index at its limits."""
    m.say("exertional_calf_pain", side=m.leg, hours=2, onset=m.pick((20, 200)))
    for side in ("L", "R"):
        if m.maybe(0.7):
            m.measure("abi", (0.5, 0.9, 0.91, 1.02, 1.4, 1.41, 1.6), (2, 24 * 300), side=side)
    if m.maybe(0.1):
        m.say("pad_known", hours=24 * 400, problem=True)


def small_patient(m: Maker) -> None:
    """A child."""
    m.pick((back, buttock, root_pain, swollen_leg))(m)
    m.set(age=m.pick((6, 10, 15)), dvt=None)
    m.tell(("night_pain", "weight_loss", "spinal_tenderness", "fever"), 0.12, yes=0.8)


def buttock(m: Maker) -> None:
    """Buttock pain without tests."""
    m.complain(m.pick(("buttock_pain", "buttock_pain", "posterior_pelvic_pain")))


def joint_tests(m: Maker) -> None:
    """Buttock pain with provocation tests."""
    buttock(m)
    chance, yes = m.pick((0.4, 0.8, 1.0)), m.pick((0.0, 0.3, 0.6))
    for test in SIX:
        if m.maybe(chance):
            side = m.leg if m.maybe(0.92) else m.side()
            m.say(test, present=m.maybe(yes), side=side, hours=m.pick((2, 2, 89 * 24, 91 * 24)))
            if side and m.maybe(0.1):
                m.entries[test].append(
                    replace(m.entries[test][0], present=m.maybe(0.5), hours=91 * 24 + 5)
                )
    for name in ("centralizes", "osteoporosis", "fortin_finger"):
        if m.maybe(0.1):
            m.say(name, hours=2)
    if m.maybe(0.08):
        m.say("hip_arthroplasty", side=m.side(), hours=24 * 900, problem=True)
    if m.maybe(0.05):
        m.say("sij_fusion", side=m.side(), hours=24 * 900, problem=True)
    if m.maybe(0.05):
        m.say("axspa_known", hours=24 * 900, problem=True)


def mixed_tests(m: Maker) -> None:
    """The tests that no study combined."""
    m.say("buttock_pain", side=m.leg, hours=2, onset=30)
    for test in SIX:
        present = test in ("sij_faber", "sij_gaenslen", "sij_sacral_thrust")
        m.say(test, present=present, side=m.leg, hours=2)


def pelvic_pain(m: Maker) -> None:
    """Pelvic girdle pain with its tests."""
    m.complain(m.pick(("posterior_pelvic_pain", "buttock_pain", "groin_pain")))
    tests = (
        "sij_thigh_thrust",
        "sij_faber",
        "sij_gaenslen",
        "mod_trendelenburg",
        "ldl_palpation",
        "symphysis_palpation",
        "aslr",
    )
    yes, thorough = m.pick((0.0, 0.0, 0.15, 0.6)), m.pick((0.0, 0.5, 1.0))
    for test in tests:
        if m.maybe(thorough):
            side = m.leg if m.maybe(0.9) else m.side()
            m.say(test, present=m.maybe(yes), side=side, hours=m.pick((3, 3, 3, 89 * 24, 91 * 24)))
    if m.maybe(0.3):
        m.measure("aslr", (0, 0.5, 1, 4), (2, 30, 89 * 24, 91 * 24), side=m.side())


def stiff_back(m: Maker) -> None:
    """Inflammatory back pain."""
    m.set(age=m.pick((24, 31, 36, 44, 48)))
    onset = m.pick((89, 90, 91, 91, 400, 400, 2000, 4000))
    m.say("buttock_pain", side=m.side(), hours=2, onset=onset)
    if m.maybe(0.6):
        m.say("low_back_pain", hours=2, onset=onset)
    told = ("wakes_second_half_night", "improves_with_movement", "nsaid_response_48h")
    m.tell(told, m.pick((0.2, 0.8)), yes=m.pick((0.2, 0.7)))
    m.tell(("fdr_spa", "arthritis", "enthesitis", "psoriasis"), 0.4, yes=0.3)
    m.tell(("uveitis", "ibd", "hla_b27", "hla_b27", "sacroiliitis_imaging"), 0.2, yes=0.5)
    if m.maybe(0.06):
        m.say("axspa_known", hours=24 * 900, problem=True)


def stooped(m: Maker) -> None:
    """Neurogenic claudication."""
    m.set(age=m.pick((49, 50, 64, 76)))
    m.complain(m.pick(("leg_pain", "buttock_pain")))
    m.say("neurogenic_claudication", present=m.maybe(0.9), hours=2)
    m.tell(("no_pain_seated", "relief_bending_forward"), 0.4, yes=0.8)
    if m.maybe(0.3):
        m.say("bilateral_leg_pain", side="B", hours=2)
    if m.maybe(0.3):
        m.complain("exertional_calf_pain")
    if m.maybe(0.3):
        m.measure("abi", (0.5, 1.02), (2, 24 * 364, 24 * 366), side=m.leg)


def hip_pain(m: Maker) -> None:
    """Groin pain with hip signs."""
    m.pick((buttock, joint_tests))(m)
    m.say("groin_pain", side=m.side(), hours=m.pick((2, 89 * 24, 91 * 24)), onset=100)
    m.tell(("hip_ir_painful",), 0.5, yes=0.8, sided=True, hours=(2, 89 * 24, 91 * 24))
    m.tell(("hip_oa",), 0.5, yes=0.8, sided=True, hours=(2, 3000 * 24))


def sitting_pain(m: Maker) -> None:
    """Deep gluteal signs."""
    m.complain("buttock_pain")
    m.say("sitting_intolerance", side=m.side(), hours=2, present=m.maybe(0.9))
    tests = ("seated_piriformis_stretch", "active_piriformis")
    m.tell(tests, 0.6, yes=0.8, sided=True, hours=(2, 2, 89 * 24, 91 * 24))
    for test in SIX if m.maybe(0.5) else SIX[:3]:
        m.say(test, present=m.maybe(0.08), side=m.entries["buttock_pain"][0].side, hours=2)
    if m.maybe(0.4):
        m.say("leg_pain", side=m.entries["buttock_pain"][0].side, hours=2, onset=30)
        for test in ("slr", "reflex_reduced", "sensory_deficit", "motor_deficit"):
            m.say(test, present=False, side=None, hours=2)


def torn_calf(m: Maker) -> None:
    """Calf strain, with a closed work-up for DVT or without."""
    onset = m.pick((1, 5, 20))
    m.say("calf_pain", side=m.leg, hours=m.pick((2, 2, 15 * 24, 20 * 24)), onset=onset)
    found = m.entries["calf_pain"][0]
    m.entries["calf_pain"] = [replace(found, onset=max(onset, math.ceil(found.days)))]
    hours = (2, 2, 13 * 24, 15 * 24)
    m.tell(("calf_strain_mechanism",), 0.9, yes=0.9, sided=True, hours=hours)
    m.tell(("calf_focal_tenderness", "calf_bruising"), 0.7, yes=0.8, sided=True, hours=hours)
    if m.maybe(0.5):
        m.set(scans=(Scan("negative", m.leg, 3, whole=True),))


SCENES: tuple[Scene, ...] = (
    swollen_leg,
    denied_wells,
    scanned_leg,
    scanned_and_denied,
    treated_leg,
    known_clot,
    expecting,
    expecting,
    in_hospital,
    amputee,
    red_leg,
    both_legs,
    weak_leg,
    breathless,
    breathless,
    cold_leg,
    tense_leg,
    blue_leg,
    walking_pain,
    tender_vein,
    root_pain,
    root_pain,
    both_roots,
    saddle,
    cancer_spine,
    cord,
    infected_back,
    injured_back,
    weak_foot,
    numb_after_block,
    repeat_of_scan,
    positive_joint,
    measured_ankle,
    small_patient,
    joint_tests,
    joint_tests,
    mixed_tests,
    pelvic_pain,
    stiff_back,
    stooped,
    hip_pain,
    sitting_pain,
    torn_calf,
)


def random_chart(seed: int, number: int) -> Chart:
    """The chart of this number; the same in every run and on every machine."""
    maker = Maker(Random(f"{seed}/{number}"))  # noqa: S311 - charts, not secrets
    SCENES[number % len(SCENES)](maker)
    if maker.maybe(0.3):
        maker.pick(SCENES)(maker)
    if maker.maybe(0.01):
        maker.set(deceased=True)
    return maker.finished()
