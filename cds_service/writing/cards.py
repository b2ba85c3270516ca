"""Cards written from assessments: summary, detail with its reasons, drafts, override reasons."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cds_service.clinical.assessment import Assessment, Value
from cds_service.clinical.fact import Facts
from cds_service.clinical.moment import Moment
from cds_service.clinical.triage import Placed
from cds_service.content.check_cards import MOST_SUMMARY
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.content.models.card import SuggestionModel
from cds_service.writing.detail import paragraphs
from cds_service.writing.drafts import Json, Subject, draft
from cds_service.writing.identity import Signer
from cds_service.writing.offers import Offers, offers
from cds_service.writing.values import Formatter
from cds_service.writing.wordings import Wordings, wordings


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
    """One draft offered with a card; `local` where it carries the site's own order code."""

    uuid: str
    label: str
    description: str
    recommended: bool
    resource: Json
    local: bool = False


@dataclass(frozen=True, slots=True)
class WrittenLink:
    """A page of this service that a card leads to."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class WrittenCard:
    """One card as text, before a client's dialect shapes it."""

    id: str
    uuid: str
    topic: str
    title: str
    indicator: str
    summary: str
    paragraphs: tuple[str, ...]
    source_label: str
    source_url: str
    evidence: WrittenLink
    leaflet: WrittenLink | None = None
    suggestions: tuple[WrittenSuggestion, ...] = ()
    selection: str | None = None
    override_reasons: tuple[tuple[str, str], ...] = ()
    placed: Placed | None = field(default=None, compare=False)

    @property
    def links(self) -> tuple[WrittenLink, ...]:
        """The pages in the order shown: the reasons first."""
        return (self.evidence, self.leaflet) if self.leaflet else (self.evidence,)

    @property
    def detail(self) -> str:
        """The whole text in Markdown; its last paragraph says what the service is."""
        return "\n\n".join(self.paragraphs)


@dataclass(frozen=True, slots=True)
class Call:
    """Whom the answer is for."""

    patient_id: str
    encounter_id: str = ""


def write_cards(
    placed: tuple[Placed, ...], facts: Facts, call: Call, writer: Writer
) -> tuple[WrittenCard, ...]:
    """The cards to show, in order."""
    written: list[WrittenCard] = []
    made: list[Offers] = []
    for one in (p for p in placed if p.shown):
        offered = () if one.assessment.answered else _words(one, writer).suggestions
        made.append(offers(offered, one.assessment.side, made, facts, writer.library))
        written.append(_write(one, made[-1], facts, call, writer))
    return tuple(written)


def _words(placed: Placed, writer: Writer) -> Wordings:
    row = placed.assessment.row
    return wordings(writer.library.cards[str(row.card)], row.variant, writer.guidelines)


def _write(placed: Placed, made: Offers, facts: Facts, call: Call, writer: Writer) -> WrittenCard:
    assessment, library = placed.assessment, writer.library
    card = library.cards[str(assessment.card)]
    topic = library.topic_of_card[card.id]
    words = _words(placed, writer)
    uuid = writer.signer.card(writer.tenant, card.id)
    source = library.sources[words.source]
    values: Mapping[str, Value] = assessment.values
    summary = _cut(
        Formatter(library, summary=True).fill(Template.compile(words.summary), dict(values))
    )
    return WrittenCard(
        id=card.id,
        uuid=uuid,
        topic=topic,
        title=library.topics[topic].title,
        indicator=str(assessment.row.indicator),
        summary=summary,
        paragraphs=paragraphs(placed, words, made, facts, library),
        source_label=source.label,
        source_url=Template.compile(source.url).fill({"public_url": writer.public_url}),
        evidence=_evidence(topic, writer),
        leaflet=_leaflet(topic, writer) if words.leaflet else None,
        suggestions=tuple(_suggestions(made.worth, uuid, assessment, call, writer)),
        selection=card.selection if made.worth else None,
        override_reasons=_reasons(assessment, topic, library),
        placed=placed,
    )


def _evidence(topic: str, writer: Writer) -> WrittenLink:
    label = Template.compile(str(writer.library.sentences["link"]["evidence"]))
    title = writer.library.topics[topic].title
    return WrittenLink(label.fill({"title": title}), f"{writer.public_url}/evidence/{topic}")


def _leaflet(topic: str, writer: Writer) -> WrittenLink:
    """Its plain address: the page answers in the language that the browser asks for."""
    leaflets = writer.library.leaflets
    label = Template.compile(str(writer.library.sentences["link"]["leaflet"]))
    words = {
        "title": next(iter(leaflets.by_topic[topic].values())).file.title,
        "languages": ", ".join(words.name for words in leaflets.words.values()),
    }
    return WrittenLink(label.fill(words), f"{writer.public_url}/leaflets/{topic}")


def _cut(summary: str) -> str:
    """Fewer than 140 characters whatever the values are (CARD-1)."""
    return summary if len(summary) <= MOST_SUMMARY else summary[: MOST_SUMMARY - 1] + "…"


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
    study = assessment.values.get("scan_date")
    subject = Subject(
        patient_id=call.patient_id,
        encounter_id=call.encounter_id,
        side=assessment.side,
        reasons=reasons,
        reason_text=writer.library.topics[assessment.topic].title,
        missing=assessment.missing,
        study=study if isinstance(study, Moment) else None,
    )
    for model in models:
        uuid = writer.signer.suggestion(card_uuid, model.id)
        resource = draft(model, uuid, subject, writer.library)
        coded = bool(resource["code"].get("coding"))
        yield WrittenSuggestion(
            uuid=uuid,
            label=model.label,
            description=model.description,
            recommended=model.recommended,
            resource=resource,
            local=coded and model.order in writer.library.local_orders,
        )


def _reasons(assessment: Assessment, topic: str, library: Library) -> tuple[tuple[str, str], ...]:
    """Override reasons offered for this tier and topic."""
    return tuple(
        (reason.code, reason.display)
        for reason in library.reasons.reason
        if (not reason.tiers or assessment.tier in reason.tiers)
        and (not reason.topics or topic in reason.topics)
    )
