"""Whether an emergency of lung or limb is shown: other vascular cards then stay away (table O)."""

from collections.abc import Iterable

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import TopicRules


def vascular_emergency(earlier: Iterable[Assessment], rules: TopicRules) -> bool:
    """Whether an earlier topic shows one of the cards of rows E1 to E5."""
    return any(assessment.card in rules.groups["emergencies"] for assessment in earlier)
