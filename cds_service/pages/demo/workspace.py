"""One open chart with everything beside it: what the templates show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from cds_service.content.library import Library
from cds_service.ehr.answer import Json
from cds_service.pages.demo import reasons
from cds_service.pages.demo.cards import Card, cards_of
from cds_service.pages.demo.chart import Section, chart_of
from cds_service.pages.demo.feedback import Done
from cds_service.pages.demo.form import Choice
from cds_service.pages.demo.moment import Moment, Problem, problems
from cds_service.pages.demo.panel import Item, complaints, items_of
from cds_service.pages.demo.person import Person, person_of
from cds_service.pages.demo.score import NumberLine, number_lines
from cds_service.pages.demo.trials import Trials
from cds_service.pages.demo.what_if import Play
from cds_service.pages.demo.wire import Part, parts_of


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart to open: the request it makes, where its form goes, and what the form repeats."""

    request: Json
    address: str
    why: str
    repeated: Mapping[str, str]
    told: str = ""
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workspace:
    """Everything that is shown of an open chart."""

    library: Library
    chart: Chart
    moments: tuple[Moment, ...]
    moment: Moment
    problem: str
    choices: Mapping[str, Choice]
    play: Play
    done: Done
    trials: Trials | None

    @property
    def person(self) -> Person:
        """Who it is about."""
        return person_of(self.chart.request, datetime.now(UTC).date())

    @property
    def sections(self) -> tuple[Section, ...]:
        """The chart, with what was changed in it."""
        return chart_of(self.play.request, self.library)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What can be added to the problem list."""
        return problems(self.chart.request)

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards of the answer."""
        return cards_of(self.play.answer.cards, self.done.orders, self.done.hidden)

    @property
    def refusal(self) -> str:
        """Why there is no list of cards."""
        return reasons.refusal(self.play.answer)

    @property
    def silences(self) -> tuple[reasons.Silence, ...]:
        """What was assessed without a card of its own."""
        return reasons.silences(self.play.explanation, self.library)

    @property
    def gaps(self) -> tuple[str, ...]:
        """What could not be read."""
        return tuple(reasons.gaps(self.play.explanation, self.library))

    @property
    def lay_user(self) -> bool:
        """Whether it is a patient who looks."""
        return reasons.lay_user(self.play.request)

    @property
    def lines(self) -> tuple[NumberLine, ...]:
        """The score intervals."""
        return number_lines(self.play.explanation, self.library)

    @property
    def items(self) -> tuple[Item, ...]:
        """All findings of the what-if panel."""
        return items_of(self.play, self.choices, self.library)

    @property
    def panel(self) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        """The findings by the topic that asks for them."""
        return tuple((name, tuple(group)) for name, group in groupby(self.items, self._title))

    @property
    def complaints(self) -> tuple[str, ...]:
        """Complaints that can be added."""
        return complaints(self.items, self.library)

    @property
    def request_parts(self) -> tuple[Part, ...]:
        """The request as it was sent."""
        return parts_of(self.play.request)

    @property
    def answer_parts(self) -> tuple[Part, ...]:
        """The answer as it came."""
        return parts_of(self.play.answer.document)

    @property
    def announcement(self) -> str:
        """What a screen reader is told when the answer has changed."""
        if self.refusal:
            return f"The service refused: {self.refusal}"
        shown = [f"{card.word}: {card.summary}" for card in self.cards if card.hidden is None]
        counted = f"{len(shown)} card{'' if len(shown) == 1 else 's'}." if shown else "No cards."
        told = [self.done.sent.sentence] if self.done.sent else []
        return " ".join([*told, counted, *shown])

    def _title(self, item: Item) -> str:
        return self.library.topics[item.topic].title if item.topic else "Added complaints"
