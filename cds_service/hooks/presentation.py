"""Written cards shaped for one client: what it cannot show as a member is told in the text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.hooks.client_profiles import ClientProfile, Offered
from cds_service.hooks.response import Action, Card, Coding, Link, Source, Suggestion
from cds_service.writing.cards import WrittenCard, WrittenSuggestion

_CONTENT_TYPE = "com.epic.cdshooks.card.detail.content-type"


@dataclass(frozen=True, slots=True)
class Presentation:
    """How cards look to one caller.

    `links` are the beginnings of addresses that the client lets through, empty where it lets all
    through. `indicators` are the site's own, by card id.
    """

    profile: ClientProfile
    library: Library
    public_url: str
    links: tuple[str, ...] = ()
    indicators: Mapping[str, str] = field(default_factory=dict)

    @property
    def topic_system(self) -> str:
        """The system of `card.source.topic`."""
        return f"{self.public_url}/card-topics"

    def card(self, written: WrittenCard) -> Card:
        """One card as this client can show it."""
        sent = tuple(s for s in written.suggestions if self._sends(s))
        told = tuple(s for s in written.suggestions if s not in sent)
        two = self.profile.since_two
        return Card(
            uuid=written.uuid if two else None,
            summary=written.summary,
            detail=self._detail(written, told),
            indicator=self.indicators.get(written.id, written.indicator),  # type: ignore[arg-type]  # checked by pydantic
            source=self._source(written),
            suggestions=[self._suggestion(s) for s in sent] or None,
            selectionBehavior=self._selection(written) if sent else None,  # type: ignore[arg-type]  # checked by pydantic
            overrideReasons=self._reasons(written) if two else None,
            links=self._links(written),
            extension=self._extension(),
        )

    def _sends(self, suggestion: WrittenSuggestion) -> bool:
        match self.profile.offered:
            case Offered.ALL:
                return True
            case Offered.LOCALLY_CODED:
                return suggestion.local
            case Offered.NONE:
                return False

    def _detail(self, written: WrittenCard, told: tuple[WrittenSuggestion, ...]) -> str:
        """What is not sent as a suggestion stands before the last paragraph, to be done by hand."""
        if not told:
            return written.detail
        line = Template.compile(str(self.library.sentences["footer"]["by_hand"]))
        head = str(self.library.sentences["sections"]["by_hand"])
        lines = (f"- {line.fill({'label': s.label, 'description': s.description})}" for s in told)
        *before, last = written.paragraphs
        return "\n\n".join((*before, "\n".join((f"**{head}**\n", *lines)), last))

    def _source(self, written: WrittenCard) -> Source:
        topic = Coding(
            system=self.topic_system, code=self.topic_code(written.id), display=written.title
        )
        return Source(
            label=written.source_label,
            url=written.source_url,
            topic=topic if self.profile.since_two else None,
        )

    def topic_code(self, card: str) -> str:
        """The card's id, for ever the same; without hyphens where only letters and digits go."""
        return card.replace("-", "") if self.profile.alphanumeric_topics else card

    def _selection(self, written: WrittenCard) -> str | None:
        return self.profile.selection or written.selection

    def _reasons(self, written: WrittenCard) -> list[Coding] | None:
        system = self.library.reasons.system
        return [
            Coding(system=system, code=code, display=display)
            for code, display in written.override_reasons
        ] or None

    def _links(self, written: WrittenCard) -> list[Link] | None:
        return [
            Link(label=link.label, url=link.url, type="absolute")
            for link in written.links
            if not self.links or link.url.startswith(self.links)
        ] or None

    def _suggestion(self, written: WrittenSuggestion) -> Suggestion:
        """Always one action: Epic takes no more, and no suggestion of ours needs more."""
        action = Action(type="create", description=written.description, resource=written.resource)
        recommended = written.recommended and self.profile.since_two
        return Suggestion(
            label=written.label,
            uuid=written.uuid,
            isRecommended=True if recommended else None,
            actions=[action],
        )

    def _extension(self) -> dict[str, str] | None:
        kind = self.profile.content_type
        return {_CONTENT_TYPE: kind} if kind else None
