"""The narrower question of one new problem: what it opens or changes, and emergencies."""

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import Tier, TriageRules
from cds_service.clinical.triage import triage


def changed_topics(now: tuple[Assessment, ...], before: tuple[Assessment, ...]) -> frozenset[str]:
    """Topics whose assessments differ: another row, side, score, reason or missing item."""
    new = [a for a in now if a not in before]
    gone = [a for a in before if a not in now]
    return frozenset(a.topic for a in (*new, *gone))


def focused(
    assessments: tuple[Assessment, ...], topics: frozenset[str], rules: TriageRules
) -> tuple[Assessment, ...]:
    """The assessments that may speak where only these topics were asked about.

    Emergencies stay, and so does a card that withholds one of these topics: what it withholds is
    named there. Silent states stay as reasons. The others are left out before the cap is applied,
    so that they take no place.
    """
    asked = {id(a) for a in assessments if a.topic in topics or a.tier is Tier.EMERGENCY}
    asked |= {
        id(placed.assessment)
        for placed in triage(assessments, rules)
        if any(id(held.assessment) in asked for held in placed.deferring)
    }
    return tuple(a for a in assessments if id(a) in asked or not a.speaks)
