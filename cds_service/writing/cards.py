"""Cards written from assessments: summary, detail with its reasons, drafts, override reasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cds_service.clinical.assessment import Assessment, Value
from cds_service.clinical.fact import Facts, Order
from cds_service.clinical.side import Side
from cds_service.clinical.triage import Placed
from cds_service.content.check_cards import MOST_SUMMARY
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.content.models.card import SuggestionModel
from cds_service.writing.detail import detail
from cds_service.writing.drafts import Json, Subject, draft
from cds_service.writing.identity import Signer
from cds_service.writing.values import Formatter
from cds_service.writing.wordings import wordings


@dataclass(frozen=True, slots=True)
class Writer:
    """What writing needs besides the assessment; `guidelines` is nice or us."""

    library: Library
    signer: Signer
    public_url: str
    guidelines: str = "nice"
    tenant: str = "demo"


@dataclass(frozen=True, slots=True)
class WrittenSuggestion:
    """One draft offered with a card."""

    uuid: str
    label: str
    description: str
    recommended: bool
    resource: Json


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """One card as text, before a client's dialect shapes it."""

    id: str
    uuid: str
    topic: str
    title: str
    indicator: str
    summary: str
    detail: str
    source_label: str
    source_url: str
    link_label: str
    link_url: str
    suggestions: tuple[WrittenSuggestion, ...] = ()
    selection: str | None = None
    override_reasons: tuple[tuple[str, str], ...] = ()
    placed: Placed | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """Whom the answer is for."""

    patient_id: str
    encounter_id: str = ""


def write_cards(
    placed: tuple[Placed, ...], facts: Facts, call: Call, writer: Writer
) -> tuple[WrittenCard, ...]:
    """The cards to show, in order."""
    return tuple(_write(p, facts, call, writer) for p in placed if p.shown)


def _write(placed: Placed, facts: Facts, call: Call, writer: Writer) -> WrittenCard:
    assessment, library = placed.assessment, writer.library
    card = library.cards[str(assessment.card)]
    topic = library.topic_of_card[card.id]
    words = wordings(card, assessment.row.variant, writer.guidelines)
    uuid = writer.signer.card(writer.tenant, card.id)
    source = library.sources[words.source]
    offered = () if assessment.answered else words.suggestions
    open_, already = _split(offered, assessment, facts, library)
    values: Mapping[str, Value] = assessment.values
    summary = _cut(
        Formatter(library, summary=True).fill(Template.compile(words.summary), dict(values))
    )
    text = detail(placed, words, already, facts, library)
    link = Template.compile(str(library.sentences["link"]["evidence"]))
    return WrittenCard(
        id=card.id,
        uuid=uuid,
        topic=topic,
        title=library.topics[topic].title,
        indicator=str(assessment.row.indicator),
        summary=summary,
        detail=text,
        source_label=source.label,
        source_url=Template.compile(source.url).fill({"public_url": writer.public_url}),
        link_label=link.fill({"title": library.topics[topic].title}),
        link_url=f"{writer.public_url}/evidence/{topic}",
        suggestions=tuple(_suggestions(open_, uuid, assessment, call, writer)),
        selection=card.selection if open_ else None,
        override_reasons=_reasons(assessment, topic, library),
        placed=placed,
    )


def _cut(summary: str) -> str:
    """Fewer than 140 characters whatever the values are (CARD-1)."""
    return summary if len(summary) <= MOST_SUMMARY else summary[: MOST_SUMMARY - 1] + "…"


def _split(
    offered: tuple[SuggestionModel, ...], assessment: Assessment, facts: Facts, library: Library
) -> tuple[tuple[SuggestionModel, ...], tuple[str, ...]]:
    """Suggestions still worth making, and the labels of those already ordered."""
    open_: list[SuggestionModel] = []
    already: list[str] = []
    for suggestion in offered:
        model = library.orders[suggestion.order]
        families = set(model.same_as)
        if any(
            _equal(order, families, assessment.side, facts, model.window_hours)
            for order in facts.orders
        ):
            already.append(model.text)
        else:
            open_.append(suggestion)
    return tuple(open_), tuple(already)


def _equal(order: Order, families: set[str], side: Side, facts: Facts, hours: int) -> bool:
    recent = order.authored is not None and (
        order.authored.age(facts.as_of).total_seconds() <= hours * 3600
    )
    wanted = order.placed and order.status == "active" and order.side.covers(side)
    return wanted and recent and bool(order.kinds & families)


def _suggestions(
    models: tuple[SuggestionModel, ...],
    card_uuid: str,
    assessment: Assessment,
    call: Call,
    writer: Writer,
) -> Iterator[WrittenSuggestion]:
    reasons = tuple(
        dict.fromkeys(s.resource for f in assessment.findings for s in f.evidence if s.source)
    )
    subject = Subject(
        patient_id=call.patient_id,
        encounter_id=call.encounter_id,
        side=assessment.side,
        reasons=reasons,
        reason_text=writer.library.topics[assessment.topic].title,
        missing=assessment.missing,
    )
    for model in models:
        uuid = writer.signer.suggestion(card_uuid, model.id)
        yield WrittenSuggestion(
            uuid=uuid,
            label=model.label,
            description=model.description,
            recommended=model.recommended,
            resource=draft(model, uuid, subject, writer.library),
        )


def _reasons(assessment: Assessment, topic: str, library: Library) -> tuple[tuple[str, str], ...]:
    """Override reasons offered for this tier and topic."""
    return tuple(
        (reason.code, reason.display)
        for reason in library.reasons.reason
        if (not reason.tiers or assessment.tier in reason.tiers)
        and (not reason.topics or topic in reason.topics)
    )
