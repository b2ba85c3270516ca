"""The content's files compiled into the rulebook that the clinical logic reads."""

from collections.abc import Mapping
from datetime import timedelta

from cds_service.clinical.rulebook import (
    Deferral,
    FindingRule,
    QuietRule,
    QuietRules,
    Reading,
    Row,
    Rulebook,
    Tier,
    TopicRules,
    TriageRules,
)
from cds_service.content.models.codes import FindingsFile
from cds_service.content.models.quiet import QuietFile, QuietModel
from cds_service.content.models.topic import TopicFile, Window
from cds_service.content.models.triage import TriageFile


def compile_rulebook(
    topics: dict[str, TopicFile],
    findings: FindingsFile,
    shared: dict[str, Window],
    triage: TriageFile,
    quiet: QuietFile,
) -> Rulebook:
    """All files of the content as the rules of one version."""
    return Rulebook(
        topics={name: compile_topic(topic, shared) for name, topic in topics.items()},
        findings={
            name: FindingRule(
                id=name,
                reading=Reading(model.reading),
                window=timedelta(days=model.window_days) if model.window_days else None,
                weak_sites=frozenset(
                    findings.defaults.weak_sites if model.weak_sites is None else model.weak_sites
                ),
                weak_side=model.weak_side,
                undated=model.undated,
            )
            for name, model in findings.finding.items()
        },
        implied={name: m.implies for name, m in findings.finding.items() if m.implies},
        carriers=findings.carriers,
        triage=_triage(triage),
        quiet=_quiet(quiet),
    )


def _quiet(file: QuietFile) -> QuietRules:
    return QuietRules(
        cards={card: _quiet_rule(model) for card, model in file.card.items()},
        topics={topic: _quiet_rule(model) for topic, model in file.topic.items()},
        tiers={
            Tier.URGENT: _quiet_rule(file.tier.urgent),
            Tier.ROUTINE: _quiet_rule(file.tier.routine),
        },
    )


def _quiet_rule(model: QuietModel) -> QuietRule:
    return QuietRule(model.span, model.same_encounter, model.any_card)


def compile_topic(topic: TopicFile, shared: Mapping[str, Window]) -> TopicRules:
    """One topic, with the windows that all topics share."""
    return TopicRules(
        id=topic.id,
        rows=tuple(
            Row(
                id=row.id,
                table=row.table,
                state=row.state,
                card=row.card,
                indicator=row.indicator,
                tier=Tier(row.tier) if row.tier else None,
                variant=row.variant,
                vascular=row.vascular,
                told_by=topic.groups.get(row.told_by or "", ()),
            )
            for row in topic.row
        ),
        thresholds={name: threshold.value for name, threshold in topic.thresholds.items()},
        windows={name: _span(window) for name, window in {**shared, **topic.windows}.items()},
        groups=topic.groups,
        units=topic.units,
    )


def _span(window: Window) -> timedelta:
    return timedelta(days=window.days or 0, hours=window.hours or 0)


def _triage(file: TriageFile) -> TriageRules:
    return TriageRules(
        order={tier: file.order.of(tier.value) for tier in Tier},
        deferrals=tuple(
            Deferral(
                id=line.id,
                vascular=frozenset(line.vascular),
                states=frozenset(line.states),
                tiers=frozenset(Tier(tier) for tier in line.tiers),
                drops_topics=frozenset(line.drops_topics),
                drops_cards=frozenset(line.drops_cards),
                drops_tiers=frozenset(Tier(tier) for tier in line.drops_tiers),
                keeps=frozenset(line.keeps),
                silent_keeps=frozenset(line.silent_keeps),
            )
            for line in file.defer
        ),
        most_cards=file.most_cards,
        never_cut=frozenset(file.never_cut),
        closed_states=frozenset(file.closed_states),
        pain_states=frozenset(file.pain_states),
    )
