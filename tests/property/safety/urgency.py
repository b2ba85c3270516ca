"""How urgent an answer is."""

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import Tier
from cds_service.pipeline import Advice

INDICATORS = ("info", "warning", "critical")
TIERS = (Tier.ROUTINE, Tier.URGENT, Tier.EMERGENCY)
URGENT = TIERS.index(Tier.URGENT)


def shown(advised_: Advice) -> list[Assessment]:
    """The assessments whose cards are shown, in order."""
    return [placed.assessment for placed in advised_.placed if placed.shown]


def tier(assessment: Assessment) -> int:
    """The place of its tier."""
    return TIERS.index(assessment.tier or Tier.ROUTINE)


def rank(advised_: Advice) -> tuple[int, int]:
    """The highest tier and the highest indicator shown."""
    indicators = [INDICATORS.index(str(a.row.indicator)) for a in shown(advised_)]
    return max(map(tier, shown(advised_)), default=-1), max(indicators, default=-1)
