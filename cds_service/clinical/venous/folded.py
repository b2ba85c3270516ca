"""What an emergency of lung or limb takes over from the DVT question (row D1)."""

from dataclasses import replace

from cds_service.clinical.assessment import Assessment, distinct
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.dvt_card import reasons
from cds_service.clinical.venous.episode import read_episode
from cds_service.clinical.venous.leg import read_leg


def folded_findings(findings: Findings, rules: TopicRules, side: Side) -> tuple[Finding, ...]:
    """All that the DVT card would print of this leg, less what is absent; of each leg for BOTH.

    A Wells item that counts for either leg is told whatever leg it names. Nothing where nothing
    asks for DVT. `rules` are those of the topic dvt.
    """
    episode = read_episode(findings, rules)
    if not (episode.triggers.any or episode.known_dvt):
        return ()
    legs = (side,) if side.one_sided else (Side.LEFT, Side.RIGHT)
    told = (
        reason for leg in legs for reason in reasons(read_leg(findings, rules, episode, leg, ()))
    )
    items = rules.groups["wells_items"]
    return distinct(f for f in told if not f.absent and (f.side.covers(side) or f.id in items))


def telling_of_both_legs(danger: Assessment, findings: Findings, rules: TopicRules) -> Assessment:
    """Phlegmasia of one leg takes the place of everything said of the other, so it tells that."""
    folded = folded_findings(findings, rules, Side.BOTH)
    return replace(danger, findings=distinct((*danger.findings, *folded)))
