"""The two-level Wells items for one leg, and the score as an interval.

Version: the ten items as printed in NICE NG158, table 1. An item that is not recorded is unknown
and widens the interval; the alternative-diagnosis item is never inferred by the machine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cds_service.clinical.assessment import Interval
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous import wells_history, wells_signs

ALTERNATIVE = "alternative_diagnosis_as_likely"


class WellsState(StrEnum):
    """What the interval allows to be said."""

    LIKELY_CERTAIN = "likely-certain"
    LIKELY_PENDING_ALTERNATIVE = "likely-pending-alternative"
    UNDETERMINED = "undetermined"
    UNLIKELY_CERTAIN = "unlikely-certain"


@dataclass(frozen=True, slots=True)
class Wells:
    """The nine +1 items and the alternative item for one leg."""

    items: Mapping[str, Finding]
    alternative: Finding
    likely_from: int
    alternative_points: int

    @property
    def present(self) -> int:
        """How many of the nine +1 items are recorded present."""
        return sum(item.present for item in self.items.values())

    @property
    def unknown(self) -> int:
        """How many of the nine +1 items are not recorded."""
        return sum(item.unknown for item in self.items.values())

    @property
    def interval(self) -> Interval:
        """Lowest and highest possible score; an unknown alternative lowers only the lower end."""
        low = self.present - (0 if self.alternative.absent else self.alternative_points)
        high = self.present + self.unknown
        return Interval(low, high - (self.alternative_points if self.alternative.present else 0))

    @property
    def state(self) -> WellsState:
        """The score state of the decision table."""
        interval = self.interval
        if interval.lower >= self.likely_from:
            return WellsState.LIKELY_CERTAIN
        if interval.upper < self.likely_from:
            return WellsState.UNLIKELY_CERTAIN
        if self.alternative.unknown and self.present >= self.likely_from:
            return WellsState.LIKELY_PENDING_ALTERNATIVE
        return WellsState.UNDETERMINED

    @property
    def missing(self) -> tuple[str, ...]:
        """The +1 items still unknown, in the order of the table."""
        return tuple(name for name, item in self.items.items() if item.unknown)


def read_wells(findings: Findings, rules: TopicRules, leg: Side) -> Wells:
    """Read all ten items for one leg."""
    items = {
        "active_cancer": wells_history.active_cancer(findings, rules),
        "paralysis_or_leg_immobilization": wells_history.paralysis(findings, rules),
        "bedridden_or_major_surgery": wells_history.surgery_or_bed_rest(findings, rules),
        "deep_vein_tenderness": wells_signs.sign(findings, "deep_vein_tenderness", leg),
        "entire_leg_swollen": wells_signs.sign(findings, "entire_leg_swollen", leg),
        "calf_swelling_3cm": wells_signs.calf_difference(findings, rules, leg),
        "pitting_edema": wells_signs.pitting_edema(findings, leg),
        "collateral_superficial_veins": wells_signs.sign(
            findings, "collateral_superficial_veins", leg
        ),
        "previous_dvt": wells_history.previous_dvt(findings, rules),
    }
    return Wells(
        items={name: items[name] for name in rules.groups["wells_items"]},
        alternative=_alternative(findings, rules, leg, items),
        likely_from=int(rules.thresholds["wells_likely"]),
        alternative_points=int(rules.thresholds["wells_alternative_points"]),
    )


def _alternative(
    findings: Findings, rules: TopicRules, leg: Side, items: Mapping[str, Finding]
) -> Finding:
    """Only a practitioner's explicit, final answer in this encounter counts (vascular R1)."""
    signs = [
        item.noted
        for name, item in items.items()
        if name in rules.groups["leg_signs"] and not item.unknown and item.noted
    ]
    newest_sign = max(signs, key=lambda moment: moment.last, default=None)
    answers = [
        statement
        for statement in findings.statements(ALTERNATIVE)
        if statement.side.covers(leg)
        and statement.status is not Status.UNKNOWN
        and statement.by_practitioner
        and not statement.other_encounter
        and not (statement.preliminary or statement.issued_only or statement.suspected)
        and statement.noted is not None
        and statement.noted.within(rules.windows["alternative_answer"], findings.as_of)
        and (newest_sign is None or statement.noted.not_before(newest_sign))
    ]
    if not answers:
        return Finding(ALTERNATIVE, Status.UNKNOWN, leg)
    newest = max(answers, key=lambda s: (s.noted.last if s.noted else findings.as_of, s.source))
    return Finding(ALTERNATIVE, newest.status, newest.side, (newest,))
