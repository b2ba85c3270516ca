"""Table D: vascular.md §2.3 with rulings 8-12, 19, 31, 41, 42, 44 and decision 0008."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.reference.d_dimer import Class, d_dimer
from tests.reference.emergencies import Emergencies, current_dvt
from tests.reference.model import Chart, Entry, Leg, Says, Scan, Verdict
from tests.reference.recorded import EVER, day_back, has, matches, present, sides
from tests.reference.triggers import Triggers
from tests.reference.wells import HISTORY, Score, score, told_risk

OBJECTIVE = (
    "leg_swelling",
    "calf_swelling",
    "calf_tenderness",
    "pitting_edema",
    "collateral_superficial_veins",
    "leg_erythema_warmth",
    "leg_discoloration",
)
# Design §6.4 with ruling 10: what each state means to the other tables.
EXCLUDED = {"imaged-neg-whole", "imaged-neg-closed", "unlikely-ddimer-neg"}
NOTHING = {"silent-no-trigger", "weak-trigger", "weak-trigger-risk", "preg-weak"}


@dataclass(frozen=True, slots=True)
class Situation:
    """One leg, with everything table D asks about."""

    chart: Chart
    leg: Leg
    strong: list[Entry]
    weak: list[Entry]
    opened: Triggers
    fired: Emergencies
    score: Score
    d_dimer: Class
    examined: bool  # a pelvic girdle or radiculopathy card shows

    @property
    def likely(self) -> bool:
        """LIKELY_CERTAIN."""
        return self.score.state == "LIKELY_CERTAIN"

    @property
    def risk(self) -> list[str]:
        """The four history items present."""
        return [name for name in HISTORY if self.score.items[name] is Says.PRESENT]

    @property
    def expecting(self) -> bool:
        """Pregnant, or at most 42 days after delivery."""
        delivered = self.chart.delivered
        return self.chart.pregnant or (delivered is not None and delivered <= 42)

    @property
    def report(self) -> Scan | None:
        """The newest report of this leg, after onset, at most 8 days old."""
        found = [s for s in self._scans() if s.result != "ordered"]
        return min(found, key=lambda s: s.hours, default=None)

    @property
    def order(self) -> Scan | None:
        """The newest order of this leg, at most 8 days old."""
        found = [s for s in self._scans() if s.result == "ordered"]
        return min(found, key=lambda s: s.hours, default=None)

    def _scans(self) -> list[Scan]:
        onset = self.opened.onset
        return [
            s
            for s in self.chart.scans
            if s.side in (self.leg, None, "B") or self.leg is None
            if s.hours <= 8 * 24 and (onset is None or day_back(s.hours) <= onset)
        ]

    @property
    def negative(self) -> bool:
        """A negative proximal scan, answered after any order."""
        return self.report is not None and self.report.result == "negative"


Row = tuple[str, Callable[[Situation], bool], str, str, str]
SILENT = ("", "")


def dvt(chart: Chart, opened: Triggers, fired: Emergencies, *, examined: bool) -> list[Verdict]:
    """The more urgent leg (ruling 43); legs of the same urgency are equally right."""
    found = [_leg(chart, leg, opened, fired, examined=examined) for leg in opened.legs]
    most = min(_urgency(verdict) for verdict in found)
    return [verdict for verdict in found if _urgency(verdict) == most]


def _urgency(verdict: Verdict) -> int:
    """A leg under suspicion, even silent, is more urgent than a routine word on the other."""
    if verdict.urgent:
        return ("critical", "warning", "info").index(verdict.indicator)
    if verdict.state not in EXCLUDED | NOTHING:
        return 3
    return 4 if verdict.card else 5


def _leg(
    chart: Chart, leg: Leg, opened: Triggers, fired: Emergencies, *, examined: bool
) -> Verdict:
    strong, weak = opened.on(leg)
    here = Situation(
        chart,
        leg,
        strong,
        weak,
        opened,
        fired,
        score(chart, leg),
        d_dimer(chart, opened.onset),
        examined,
    )
    for row, holds, state, card, indicator in ROWS:  # T1 of either leg opens Wells for both
        if holds(here):
            return Verdict(
                "dvt",
                row,
                state,
                card,
                indicator,
                leg,
                here.score.interval,
                urgent=bool(card) and not (card == "dvt-weak-risk" and not here.expecting),
            )
    raise AssertionError("the last row of table D always holds")


def _blue(s: Situation) -> bool:
    return bool(s.fired.phlegmasia)


def _clot(s: Situation) -> bool:
    """A current DVT, whichever leg."""
    return current_dvt(s.chart)


def _new_signs(s: Situation) -> bool:
    """D5b: a new sign on the other leg, or recorded worsening, after the diagnosis."""
    if has(s.chart, "worsening_14d", 14) or s.chart.dvt is None:
        return True
    leg, began = s.chart.dvt
    after = [e for e in s.opened.strong if e.side in ("L", "R") and day_back(e.hours) <= began]
    return bool(sides(after) - {leg})


def _treated(s: Situation) -> bool:
    return s.chart.anticoagulant is not None


def _only_root_pain(s: Situation) -> bool:
    """D6a of ruling 9: only root-type pain, no history item, and a card that examines it."""
    names = {e.finding for e in s.weak}
    return names <= {"buttock_leg_pain", "radicular_pain"} and not s.risk and s.examined


def _scan_negative_in_pregnancy(s: Situation) -> bool:
    return s.negative and s.report is not None and s.report.hours <= 7 * 24


def _waiting(s: Situation) -> bool:
    """An order without a result."""
    return s.order is not None and (s.report is None or s.report.hours > s.order.hours)


def _unanswered(s: Situation) -> bool:
    return s.order is not None and s.report is None


def _overdue(s: Situation) -> bool:
    """Ruling 31: silence for 24 hours, for 4 if likely or D-dimer positive."""
    pressing = s.score.state in ("LIKELY_CERTAIN", "LIKELY_PENDING_ALT")
    hours = 4 if pressing or s.d_dimer == "positive" else 24
    return _unanswered(s) and s.order is not None and s.order.hours > hours


def _proximal_negative(s: Situation) -> bool:
    return s.negative and s.report is not None and not s.report.whole


def _safe_to_score(s: Situation) -> bool:
    """Ruling 8: D8, D12 and D13 yield to LIKELY_CERTAIN and to a positive D-dimer."""
    return not s.likely and s.d_dimer != "positive"


def _bilateral(s: Situation) -> bool:
    return s.opened.bilateral_only and s.score.points <= 1 and _safe_to_score(s)


def _cellulitis(s: Situation) -> bool:
    found = [e for e in present(s.chart, "cellulitis_same_leg", 14) if matches(e, s.leg)]
    denied = all(s.score.items[name] is Says.ABSENT for name in HISTORY)
    failing = has(s.chart, "antibiotic_failing", 14)
    return bool(found) and denied and s.score.points <= 3 and not failing and _safe_to_score(s)


def _anticoagulated(s: Situation) -> bool:
    """D10; ruling 12e: D14 and D15 outrank it when the dose is not determinable."""
    if not _treated(s):
        return False
    if s.negative and not _proximal_negative(s):  # "scan next" would be wrong after this scan
        return True
    return s.chart.anticoagulant_dose or not (s.likely or s.d_dimer == "positive")


def _inpatient(s: Situation) -> bool:
    """D11; ruling 42: D14 and D15 outrank it."""
    hours = s.chart.inpatient_hours
    return hours is not None and hours > 48 and not s.likely and s.d_dimer != "positive"


def _unlikely(s: Situation) -> bool:
    return s.score.state == "UNLIKELY_CERTAIN"


def _shows_something(s: Situation) -> bool:
    """D18a: a point, or any objective sign."""
    signs = any(
        s.score.items[name] is Says.PRESENT
        for name in (
            "deep_vein_tenderness",
            "entire_leg_swollen",
            "calf_swelling_3cm",
            "pitting_edema",
            "collateral_superficial_veins",
        )
    )
    return s.score.points >= 1 or signs or any(e.finding in OBJECTIVE for e in s.strong)


def _cancer(s: Situation) -> bool:
    return s.score.items["active_cancer"] is Says.PRESENT


def _triggered(s: Situation) -> bool:
    return bool(s.opened.strong or s.opened.weak)


ROWS: tuple[Row, ...] = (
    ("E5", _blue, "folded-into-emergency", "phlegmasia", "critical"),
    (
        "D1",
        lambda s: s.fired.folds(s.leg),
        "folded-into-emergency",
        *SILENT,
    ),
    ("D2", lambda s: not _triggered(s) and not _clot(s), "silent-no-trigger", *SILENT),
    (
        "D3",
        lambda s: s.chart.age is None and bool(s.opened.strong) and not _clot(s),
        "age-unknown",
        "dvt-age-unknown",
        "info",
    ),
    ("D3 T2", lambda s: s.chart.age is None and not _clot(s), "age-unknown", *SILENT),
    (
        "D4",
        lambda s: s.chart.age is not None and s.chart.age < 18 and bool(s.opened.strong),
        "paediatric",
        "dvt-pediatric",
        "info",
    ),
    ("D4 T2", lambda s: s.chart.age is not None and s.chart.age < 18, "paediatric", *SILENT),
    (
        "D5a",
        lambda s: _clot(s) and not _treated(s),
        "known-untreated",
        "dvt-known-untreated",
        "warning",
    ),
    (
        "D5b",
        lambda s: _clot(s) and _new_signs(s),
        "known-treated-new-signs",
        "dvt-known-new-signs",
        "warning",
    ),
    ("D5c", _clot, "known-treated", *SILENT),
    (
        "D6a",
        lambda s: s.expecting and not s.opened.strong and _only_root_pain(s),
        "preg-weak",
        *SILENT,
    ),
    (
        "D6a' risk",
        lambda s: s.expecting and not s.opened.strong and bool(s.risk),
        "preg-workup",
        "dvt-pregnancy",
        "warning",
    ),
    (
        "D6a'",
        lambda s: s.expecting and not s.opened.strong,
        "preg-weak-examine",
        "dvt-weak-risk",
        "info",
    ),
    (
        "D6b",
        lambda s: s.expecting and _scan_negative_in_pregnancy(s),
        "preg-us-neg",
        "dvt-pregnancy-scan-negative",
        "info",
    ),
    ("D6c", lambda s: s.expecting, "preg-workup", "dvt-pregnancy", "warning"),
    (
        "D7a",
        lambda s: not s.opened.strong and bool(told_risk(s.chart, s.score)),
        "weak-trigger-risk",
        "dvt-weak-risk",
        "info",
    ),
    ("D7b", lambda s: not s.opened.strong, "weak-trigger", *SILENT),
    (
        "D8",
        lambda s: (
            s.leg is not None
            and any(matches(e, s.leg) for e in present(s.chart, "amputated_side", EVER))
            and _safe_to_score(s)
        ),
        "amputated-side",
        "dvt-amputee",
        "info",
    ),
    ("D9a", _overdue, "imaging-overdue", "dvt-scan-overdue", "warning"),
    ("D9b", _unanswered, "imaging-pending", *SILENT),
    (
        "D9c",
        lambda s: s.report is not None and s.report.result == "unreadable",
        "imaged-unreadable",
        "dvt-scan-unreadable",
        "info",
    ),
    (
        "D9d",
        lambda s: s.report is not None and s.report.result == "inconclusive",
        "imaged-inconclusive",
        "dvt-scan-inconclusive",
        "warning",
    ),
    (
        "D9e",
        lambda s: s.negative and not _proximal_negative(s) and not _treated(s),
        "imaged-neg-whole",
        *SILENT,
    ),
    (
        "D9f",
        lambda s: (
            _proximal_negative(s) and not _treated(s) and (_unlikely(s) or s.d_dimer == "negative")
        ),
        "imaged-neg-closed",
        *SILENT,
    ),
    (
        "D9h",
        lambda s: (
            _proximal_negative(s) and (s.d_dimer == "positive" or _treated(s)) and _waiting(s)
        ),
        "repeat-scan-planned",
        *SILENT,
    ),
    (
        "D9g",
        lambda s: _proximal_negative(s) and (s.d_dimer == "positive" or _treated(s)),
        "repeat-scan",
        "dvt-scan-repeat",
        "warning",
    ),
    (
        "D9i",
        _proximal_negative,
        "neg-scan-needs-ddimer",
        "dvt-scan-needs-d-dimer",
        "info",
    ),
    ("D10", _anticoagulated, "anticoagulated", "dvt-anticoagulated", "warning"),
    ("D11", _inpatient, "inpatient", "dvt-inpatient", "warning"),
    ("D12", _bilateral, "bilateral", "dvt-bilateral", "info"),
    ("D13", _cellulitis, "cellulitis-overlap", "dvt-cellulitis", "info"),
    ("D14", lambda s: s.likely, "likely-certain", "dvt-likely", "critical"),
    (
        "D15",
        lambda s: s.d_dimer == "positive",
        "ddimer-positive",
        "dvt-d-dimer-positive",
        "critical",
    ),
    (
        "D16",
        lambda s: s.score.state == "LIKELY_PENDING_ALT",
        "likely-pending-alt",
        "dvt-likely-pending-alt",
        "critical",
    ),
    (
        "D17a",
        lambda s: _unlikely(s) and _cancer(s),
        "unlikely-cancer",
        "dvt-unlikely-cancer",
        "warning",
    ),
    (
        "D17b",
        lambda s: _unlikely(s) and s.d_dimer == "negative",
        "unlikely-ddimer-neg",
        *SILENT,
    ),
    ("D17c", lambda s: _unlikely(s) and s.d_dimer == "pending", "ddimer-pending", *SILENT),
    (
        "D17d",
        lambda s: _unlikely(s) and s.d_dimer in ("uninterpretable", "not_valid"),
        "ddimer-unusable",
        "dvt-d-dimer-unusable",
        "info",
    ),
    ("D17e", _unlikely, "unlikely-certain", "dvt-unlikely", "info"),
    ("D18a", _shows_something, "undetermined", "dvt-undetermined", "warning"),
    ("D18b", lambda _: True, "undetermined", "dvt-undetermined", "info"),
)


def known_treated_days(chart: Chart) -> float | None:
    """Ruling 10: a known treated DVT defers for 14 days after its diagnosis."""
    return chart.dvt[1] if chart.dvt else None


def still_suspected(chart: Chart, verdict: Verdict) -> bool:
    """Design §6.4 and ruling 10: whether the state holds the pelvic tests back."""
    if verdict.state == "known-treated":
        days = known_treated_days(chart)
        return days is None or days <= 14
    if verdict.row in ("D3 T2", "D4 T2"):
        return False
    return verdict.state not in EXCLUDED | NOTHING
