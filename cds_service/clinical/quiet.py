"""Quiet period: what a clinician has answered is not repeated until something changes.

Only feedback starts it; having been shown never does, so that the same request twice gets the same
cards (rulings 41 and 50). Emergencies are shown until acted on: an override takes their suggestions
away and is named on the card.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from cds_service.clinical.assessment import Answered, Assessment
from cds_service.clinical.rulebook import QuietRule, QuietRules, Tier

_INDICATORS = ("critical", "warning", "info")
_OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class PastFeedback:
    """One answer of a clinician to one card of this patient.

    `outcome` is accepted or overridden, `reason` the code of the override reason, `evidence` the
    marks of what the card rested on (see `marks`), `at` a timezone-aware instant.
    """

    card: str
    topic: str
    tier: Tier
    indicator: str
    evidence: frozenset[str]
    encounter: str
    at: datetime
    outcome: str
    reason: str = ""


def marks(assessment: Assessment) -> frozenset[str]:
    """What identifies the evidence of an assessment: each finding with status, side and time."""
    return frozenset(
        f"{finding.id}|{finding.status}|{entry.side}|{entry.noted.first.isoformat()}"
        for finding in assessment.findings
        for entry in finding.evidence
        if entry.noted is not None
    )


@dataclass(frozen=True, slots=True)
class Showing:
    """When and in which encounter the cards would be shown; an unknown encounter is empty."""

    as_of: datetime
    encounter: str = ""


def after_feedback(
    assessments: tuple[Assessment, ...],
    history: Iterable[PastFeedback],
    showing: Showing,
    rules: QuietRules,
) -> tuple[Assessment, ...]:
    """The same assessments; those that were answered and have not changed carry the answer."""
    newest_first = sorted(
        (past for past in history if past.at <= showing.as_of), key=lambda p: p.at, reverse=True
    )
    if not newest_first:
        return assessments
    return tuple(_answered(a, newest_first, showing, rules) for a in assessments)


def _answered(
    assessment: Assessment, history: list[PastFeedback], showing: Showing, rules: QuietRules
) -> Assessment:
    if assessment.card is None:
        return assessment
    if assessment.tier is Tier.EMERGENCY:
        overridden = next((p for p in history if _overrides(p, assessment)), None)
        answer = Answered(overridden.at, overridden.reason, quiet=False) if overridden else None
        return replace(assessment, answered=answer)
    rule = rules.rule_for(assessment.row, assessment.topic)
    for past in history:
        if _same(past, assessment, rule) and _still_quiet(past, assessment, showing, rule):
            until = past.at + rule.span if rule.span else None
            return replace(
                assessment, answered=Answered(past.at, past.reason, quiet=True, until=until)
            )
    return assessment


def _overrides(past: PastFeedback, assessment: Assessment) -> bool:
    return (
        past.outcome == _OVERRIDDEN
        and past.card == assessment.card
        and not marks(assessment) - past.evidence
    )


def _same(past: PastFeedback, assessment: Assessment, rule: QuietRule) -> bool:
    return past.topic == assessment.topic if rule.any_card else past.card == assessment.card


def _still_quiet(
    past: PastFeedback, assessment: Assessment, showing: Showing, rule: QuietRule
) -> bool:
    """Not more urgent, nothing newly dated, within the time, and in the encounter if it counts."""
    if rule.same_encounter and (not showing.encounter or past.encounter != showing.encounter):
        return False
    if rule.span is not None and showing.as_of - past.at >= rule.span:
        return False
    return not (_more_urgent(assessment, past) or marks(assessment) - past.evidence)


def _more_urgent(assessment: Assessment, past: PastFeedback) -> bool:
    tiers = list(Tier)
    now = (tiers.index(assessment.tier or Tier.ROUTINE), _rank(assessment.row.indicator or ""))
    return now < (tiers.index(past.tier), _rank(past.indicator))


def _rank(indicator: str) -> int:
    return _INDICATORS.index(indicator)
