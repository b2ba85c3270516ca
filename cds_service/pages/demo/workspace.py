"""One open chart with everything beside it: what the templates show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from cds_service.content.library import Library
from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo import reasons
from cds_service.pages.demo.cards import Card, cards_of
from cds_service.pages.demo.chart import Person, Section, chart_of, person_of
from cds_service.pages.demo.feedback import Done, after
from cds_service.pages.demo.form import Form
from cds_service.pages.demo.inside import Inside
from cds_service.pages.demo.moment import Moment, Problem, at, moments, problems
from cds_service.pages.demo.score import NumberLine, number_lines
from cds_service.pages.demo.trials import Trials, tried
from cds_service.pages.demo.what_if import Item, Play, Stage, complaints, items_of
from cds_service.pages.demo.wire import Part, parts_of

_FIRST = "patient-view"


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

    chart: Chart
    person: Person
    sections: tuple[Section, ...]
    moments: tuple[Moment, ...]
    moment: Moment
    problems: tuple[Problem, ...]
    problem: str
    cards: tuple[Card, ...]
    refusal: str
    silences: tuple[reasons.Silence, ...]
    gaps: tuple[str, ...]
    lay_user: bool
    explained: bool
    lines: tuple[NumberLine, ...]
    panel: tuple[tuple[str, tuple[Item, ...]], ...]
    complaints: tuple[str, ...]
    changed: int
    done: Done
    answer: Answer
    request_parts: tuple[Part, ...]
    answer_parts: tuple[Part, ...]
    trials: Trials | None

    @property
    def announcement(self) -> str:
        """What a screen reader is told when the answer has changed."""
        if self.refusal:
            return f"The service refused: {self.refusal}"
        shown = [f"{card.word}: {card.summary}" for card in self.cards if card.hidden is None]
        told = f"{self.done.sent.sentence} " if self.done.sent else ""
        counted = f"{len(shown)} card{'' if len(shown) == 1 else 's'}. " if shown else "No cards."
        return told + counted + " ".join(shown)


class Desk:
    """Opens charts: every view is one real call, two where something was changed."""

    def __init__(self, inside: Inside, library: Library) -> None:
        self.inside = inside
        self.library = library

    async def open(self, chart: Chart, form: Form, *, with_trials: bool = False) -> Workspace:
        """The chart as the form asks for it."""
        stage, offered, service = await self._stage(chart, form)
        moment = next(m for m in offered if m.service == service)
        play = await stage.play(form.choices)
        trials = await tried(stage, play, form.choices) if with_trials else None
        done = await after(form, service, self.inside)
        return self._workspace(chart, form, play, done, trials, offered, moment)

    async def trials(self, chart: Chart, form: Form) -> Trials:
        """What missing items would change, apart from the rest because it takes many calls."""
        stage, _, _ = await self._stage(chart, form)
        return await tried(stage, await stage.play(form.choices), form.choices)

    async def _stage(self, chart: Chart, form: Form) -> tuple[Stage, tuple[Moment, ...], str]:
        services = await self.inside.services()
        offered = moments(services, chart.request)
        chosen = [m for m in offered if m.service == form.service]
        first = [m for m in offered if m.hook == _FIRST]
        service = (chosen or first or list(offered))[0].service
        entry = next(one for one in services if one["id"] == service)
        request = at(chart.request, entry, _problem(chart.request, form))
        now = datetime.now(UTC)
        return Stage(self.inside, service, request, self.library, now), offered, service

    def _workspace(
        self,
        chart: Chart,
        form: Form,
        play: Play,
        done: Done,
        trials: Trials | None,
        offered: tuple[Moment, ...],
        moment: Moment,
    ) -> Workspace:
        items = items_of(play, form.choices, self.library)
        shown = Form(orders=done.orders, hidden=done.hidden)
        return Workspace(
            chart=chart,
            person=person_of(chart.request, datetime.now(UTC).date()),
            sections=chart_of(play.request),
            moments=offered,
            moment=moment,
            problems=problems(chart.request),
            problem=_problem(chart.request, form),
            cards=cards_of(play.answer.cards, shown),
            refusal=reasons.refusal(play.answer),
            silences=reasons.silences(play.explanation, self.library),
            gaps=tuple(reasons.gaps(play.explanation, self.library)),
            lay_user=reasons.lay_user(play.request),
            explained=play.base is not None,
            lines=number_lines(play.explanation, self.library),
            panel=self._panel(items),
            complaints=complaints(items, self.library) if play.base is not None else (),
            changed=len(play.changes),
            done=done,
            answer=play.answer,
            request_parts=parts_of(play.request),
            answer_parts=parts_of(play.answer.document),
            trials=trials,
        )

    def _panel(self, items: tuple[Item, ...]) -> tuple[tuple[str, tuple[Item, ...]], ...]:
        """Findings by the topic that asks for them."""

        def title(item: Item) -> str:
            return self.library.topics[item.topic].title if item.topic else "Added complaints"

        return tuple((name, tuple(group)) for name, group in groupby(items, title))


def _problem(request: Json, form: Form) -> str:
    """The problem to add: the chosen one, else the newest."""
    known = [problem.id for problem in problems(request)]
    return form.problem if form.problem in known else (known or [""])[0]
