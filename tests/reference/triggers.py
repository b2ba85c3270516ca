"""What opens the vascular tables, on which leg: vascular.md §1.2, rulings 3, 7, 46, 48."""

from dataclasses import dataclass

from tests.reference.d_dimer import d_dimer
from tests.reference.model import Chart, Entry, Leg, Says
from tests.reference.recorded import LEG_PAIN, began, day_back, has, present, sides, tape

SYMPTOMS = (
    "calf_pain",
    "leg_swelling",
    "calf_swelling",
    "leg_erythema_warmth",
    "leg_discoloration",
)
ITEMS_4_TO_8 = (
    "deep_vein_tenderness",
    "calf_tenderness",
    "entire_leg_swollen",
    "calf_swelling_3cm",
    "pitting_edema",
    "collateral_superficial_veins",
)
WEAK = (*LEG_PAIN, "exertional_calf_pain")
DAYS_RECORDED = 14
DAYS_ONSET = 90
EXAM_DAYS = 3
SUSPICION_DAYS = 7
SCAN_HOURS = 8 * 24


@dataclass(frozen=True, slots=True)
class Triggers:
    """The entries that count as T1 and as T2, and the legs to be assessed."""

    strong: tuple[Entry, ...]
    weak: tuple[Entry, ...]
    legs: tuple[Leg, ...]
    onset: int | None

    def on(self, leg: Leg) -> tuple[list[Entry], list[Entry]]:
        """T1 and T2 of one leg; an entry without side belongs to each leg assessed."""
        return _of(self.strong, leg), _of(self.weak, leg)

    @property
    def bilateral_only(self) -> bool:
        """Whether every T1 is on both legs at once."""
        return bool(self.strong) and all(e.side == "B" for e in self.strong)


def _of(entries: tuple[Entry, ...], leg: Leg) -> list[Entry]:
    return [e for e in entries if leg is None or not sides([e]) or leg in sides([e])]


def triggers(chart: Chart) -> Triggers:
    """Ruling 3: recorded within 14 days; an onset beyond 90 days needs a reason to count."""
    signs = present(chart, ITEMS_4_TO_8, EXAM_DAYS) + measured(chart)
    suspected = present(chart, "suspected_dvt", SUSPICION_DAYS)
    lively = bool(signs or suspected or has(chart, "worsening_14d", DAYS_RECORDED))
    symptoms = _counting(chart, SYMPTOMS, lively=lively)
    weak = _counting(chart, WEAK, lively=lively)
    strong = {*symptoms, *suspected, *signs}
    if weak and _company(chart, began([*symptoms, *suspected, *weak, *signs])):
        strong |= set(weak)
    legs = _legs(sorted(strong - {*signs}, key=repr), weak, signs, chart)
    return Triggers(tuple(strong), tuple(weak), legs, began([*symptoms, *suspected, *weak, *signs]))


def measured(chart: Chart) -> list[Entry]:
    """A calf measured larger is item 6."""
    tapes = [m for m in chart.measured if m.name == "calf_circumference"]
    return [
        Entry("calf_swelling_3cm", side=m.side, hours=min(t.hours for t in tapes))
        for m in tapes
        if m.side != "B" and tape(chart, m.side) is Says.PRESENT
    ]


def _counting(chart: Chart, names: tuple[str, ...], *, lively: bool) -> list[Entry]:
    found = present(chart, names, DAYS_RECORDED)
    return [e for e in found if e.onset is None or e.onset <= DAYS_ONSET or lively]


def _company(chart: Chart, onset: int | None) -> bool:
    """Ruling 7: T2 with a valid positive D-dimer, or a leg-vein scan after onset, is T1."""
    scanned = [s for s in chart.scans if onset is None or day_back(s.hours) <= onset]
    scanned = [s for s in scanned if s.hours <= SCAN_HOURS]
    return d_dimer(chart, onset) == "positive" or bool(scanned)


def _legs(
    strong: list[Entry], weak: list[Entry], signs: list[Entry], chart: Chart
) -> tuple[Leg, ...]:
    """Ruling 48 and decision 0006: symptoms name the leg, signs only where none has a side."""
    spoken = [e for e in strong if e.finding not in ITEMS_4_TO_8]
    named = sides([*spoken, *weak]) if sides(spoken) else sides([*weak, *strong, *signs])
    if chart.dvt and chart.dvt[1] <= DAYS_ONSET:
        named |= {chart.dvt[0]}
    if named == {"L", "R"}:
        told = present(chart, ("entire_leg_swollen", "calf_swelling_3cm"), EXAM_DAYS)
        worse = sides(told + measured(chart))
        named = worse if len(worse) == 1 else named
    if named:
        named |= {leg for leg in _LEGS if len(_own_signs(signs, leg)) >= 2}
    return tuple(sorted(named, key=str)) or (None,)


_LEGS: tuple[Leg, ...] = ("L", "R")


def _own_signs(signs: list[Entry], leg: Leg) -> set[str]:
    """Ruling 43: the items recorded of exactly this leg; two of them make it worth a score."""
    alias = {"calf_tenderness": "deep_vein_tenderness"}
    return {alias.get(e.finding, e.finding) for e in signs if e.side == leg}
