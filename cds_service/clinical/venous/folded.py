"""What a limb emergency takes over from the DVT question of the same leg (row D1)."""

from collections.abc import Iterator

from cds_service.clinical.finding import Finding, Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.episode import Episode, read_episode
from cds_service.clinical.venous.wells import read_wells


def folded_findings(findings: Findings, rules: TopicRules, leg: Side) -> tuple[Finding, ...]:
    """Triggers, known DVT and present Wells items of this leg; none where nothing asks for DVT.

    `rules` are those of the topic dvt.
    """
    episode = read_episode(findings, rules)
    if not (episode.triggers.any or episode.known_dvt):
        return ()
    return (*_triggers(episode, leg), *_items(findings, rules, leg))


def _triggers(episode: Episode, leg: Side) -> Iterator[Finding]:
    triggers = episode.triggers
    for statement in (*triggers.strong, *triggers.signs, *triggers.weak, *episode.known_dvt):
        if statement.side.covers(leg):
            yield Finding(statement.finding, statement.status, statement.side, (statement,))


def _items(findings: Findings, rules: TopicRules, leg: Side) -> Iterator[Finding]:
    for one in (leg,) if leg.one_sided else (Side.LEFT, Side.RIGHT):
        items = read_wells(findings, rules, one).items.values()
        yield from (item for item in items if item.present)
