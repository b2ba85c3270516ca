"""Wells items and the score interval: vascular.md §1.3 and §2.1, rulings 45, 46, 48."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from tests.reference.model import Chart, Leg, Says
from tests.reference.recorded import ask, latest, on_side, present, sides, tape, within
from tests.reference.triggers import EXAM_DAYS

State: TypeAlias = Literal[
    "LIKELY_CERTAIN", "LIKELY_PENDING_ALT", "UNDETERMINED", "UNLIKELY_CERTAIN"
]
HISTORY = (
    "active_cancer",
    "paralysis_or_leg_immobilization",
    "bedridden_or_major_surgery",
    "previous_dvt",
)
P, A, U = Says.PRESENT, Says.ABSENT, Says.UNKNOWN
PARESIS_DAYS = 28
SURGERY_DAYS = 84
DVT_DAYS = 90


@dataclass(frozen=True, slots=True)
class Score:
    """The nine items of one leg and the answer on the alternative."""

    items: dict[str, Says]
    alternative: Says

    @property
    def points(self) -> int:
        """P: items present."""
        return list(self.items.values()).count(P)

    @property
    def interval(self) -> tuple[int, int]:
        """§2.1: lower and upper."""
        unknown = list(self.items.values()).count(U)
        lower = self.points - (0 if self.alternative is A else 2)
        upper = self.points + unknown - (2 if self.alternative is P else 0)
        return lower, upper

    @property
    def state(self) -> State:
        """§2.1: the score state."""
        lower, upper = self.interval
        if lower >= 2:
            return "LIKELY_CERTAIN"
        if upper <= 1:
            return "UNLIKELY_CERTAIN"
        if self.alternative is U and self.points in (2, 3):
            return "LIKELY_PENDING_ALT"
        return "UNDETERMINED"


def score(chart: Chart, leg: Leg) -> Score:
    """The ten items of one leg."""
    items = {
        "active_cancer": ask(chart, "active_cancer", 183),
        "paralysis_or_leg_immobilization": _paralysis(chart),
        "bedridden_or_major_surgery": _bed_or_surgery(chart),
        "deep_vein_tenderness": _tenderness(chart, leg),
        "entire_leg_swollen": _sign(chart, "entire_leg_swollen", leg),
        "calf_swelling_3cm": _calf(chart, leg),
        "pitting_edema": _pitting(chart, leg),
        "collateral_superficial_veins": _sign(chart, "collateral_superficial_veins", leg),
        "previous_dvt": _previous(chart),
    }
    return Score(items, _alternative(chart, leg))


def told_risk(chart: Chart, score: Score) -> list[str]:
    """The four history items present; a root-type deficit alone opens no row (design §6.4)."""
    found = [name for name in HISTORY if score.items[name] is P]
    if ask(chart, "paralysis_or_leg_immobilization", 28) is not P:
        found = [name for name in found if name != "paralysis_or_leg_immobilization"]
    return found


def _paralysis(chart: Chart) -> Says:
    """Either leg; MRC 3 or less is paresis, MRC 4 leaves the item unknown (ruling 45)."""
    said = ask(chart, "paralysis_or_leg_immobilization", 28)
    grades = [g for leg in ("L", "R") if (g := latest(chart, "mrc", PARESIS_DAYS, leg)) is not None]
    if any(g <= 3 for g in grades):
        return P
    return said


def _bed_or_surgery(chart: Chart) -> Says:
    """Surgery within 84 days, or the answer; an older operation says nothing on bed rest."""
    if chart.operation is not None and chart.operation <= SURGERY_DAYS:
        return P
    return ask(chart, "bedridden_or_major_surgery", 28)


def _previous(chart: Chart) -> Says:
    """An old DVT of the record, or the answer."""
    old = chart.dvt is not None and chart.dvt[1] > DVT_DAYS
    return P if old else ask(chart, "previous_dvt", 100_000)


def _sign(chart: Chart, name: str, leg: Leg) -> Says:
    """Items 4 to 8; a sign of the other leg only leaves the item unknown (ruling 48)."""
    return on_side(chart, name, EXAM_DAYS, leg)


def _tenderness(chart: Chart, leg: Leg) -> Says:
    """Ruling 46: tender calf is tender deep veins."""
    both = [_sign(chart, name, leg) for name in ("deep_vein_tenderness", "calf_tenderness")]
    if P in both:
        return P
    return both[0]


def _pitting(chart: Chart, leg: Leg) -> Says:
    """Confined to the symptomatic leg: pitting of both legs is absent."""
    both = sides(present(chart, "pitting_edema", EXAM_DAYS)) == {"L", "R"}
    return A if both else _sign(chart, "pitting_edema", leg)


def _calf(chart: Chart, leg: Leg) -> Says:
    """An answer, or the tape."""
    said = _sign(chart, "calf_swelling_3cm", leg)
    return tape(chart, leg) if said is U else said


def _alternative(chart: Chart, leg: Leg) -> Says:
    """§3 R1: an explicit answer of today, not older than the newest examination, same leg."""
    exams = [e.hours for e in within(chart, [*_EXAM_ITEMS], EXAM_DAYS)]
    answer = within(chart, "alternative_diagnosis_as_likely", 1)
    answer = [e for e in answer if not exams or e.hours <= min(exams)]
    if not answer:
        return U
    return on_side(chart, "alternative_diagnosis_as_likely", 1, leg)


_EXAM_ITEMS = (
    "deep_vein_tenderness",
    "calf_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
)
