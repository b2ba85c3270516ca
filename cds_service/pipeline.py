"""From chart to cards: read, find, assess, triage, write. One way, no circles."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.engine import Crash, assess_all, find
from cds_service.clinical.fact import Facts, Outcome
from cds_service.clinical.focus import changed_topics, focused
from cds_service.clinical.quiet import PastFeedback, Showing, after_feedback
from cds_service.clinical.rulebook import Row, Rulebook, Tier
from cds_service.clinical.triage import Placed, triage
from cds_service.content.library import SERVICE, Library
from cds_service.content.site.translations import SiteMap
from cds_service.errors import DataUnavailableError
from cds_service.facts.read import read_facts
from cds_service.facts.vocabulary import Relatives, Unit, Vocabulary
from cds_service.fhir.chart import Chart
from cds_service.fhir.problems import without_problems
from cds_service.fhir.queries import QUERIES
from cds_service.writing.cards import Call, Writer, WrittenCard, write_cards

_REQUIRED = tuple(query.key for query in QUERIES if query.required)
_UNREAD = (Outcome.NOT_ASKED, Outcome.FAILED)
_CRITICAL = "critical"
# What withholds cards without a card of its own, and the message that says so.
_WAITING = {"dvt-open": "waiting", "fracture-known": "waiting-fracture"}


@dataclass(frozen=True, slots=True)
class Advice:
    """What one call concluded: the cards to show and everything behind them."""

    cards: tuple[WrittenCard, ...]
    placed: tuple[Placed, ...]
    facts: Facts
    crashes: tuple[Crash, ...]

    @property
    def gaps(self) -> tuple[tuple[str, Outcome], ...]:
        """The queries that were not answered in full, by key."""
        queries = (self.facts.queries or {}).items()
        return tuple((key, outcome) for key, outcome in queries if outcome is not Outcome.COMPLETE)


def vocabulary(library: Library, site: SiteMap | None = None) -> Vocabulary:
    """The reading side of the content and of a site's maps, compiled once."""
    answers = library.findings.answers
    return Vocabulary(
        codes=library.codes,
        units={
            name: Unit(unit.canonical, unit.factors, unit.plausible, unit.bare, unit.offsets)
            for name, unit in library.units.items()
        },
        present_words=frozenset(answers.present_words),
        absent_words=frozenset(answers.absent_words),
        present_flags=frozenset(answers.present_flags),
        absent_flags=frozenset(answers.absent_flags),
        pain_sites=library.findings.pain_sites,
        topical_routes=frozenset(answers.topical_routes),
        text_only_window=timedelta(days=answers.text_only_days),
        relatives=Relatives(
            first_degree=frozenset(library.findings.relatives.first_degree),
            diseases={
                finding: frozenset(diseases)
                for finding, diseases in library.findings.relatives.diseases.items()
            },
        ),
        reported=frozenset(
            name for name, model in library.findings.finding.items() if model.reported
        ),
        site=site or SiteMap(),
    )


def advise(
    chart: Chart,
    words: Vocabulary,
    writer: Writer,
    as_of: datetime,
    history: Iterable[PastFeedback] = (),
) -> Advice:
    """Assess the chart as of a timezone-aware instant.

    Where problems were just added to the chart, only topics that they open or change speak, and
    emergencies. `history` is what clinicians answered to earlier cards of this patient.

    Raises DataUnavailableError when a required query could not be read and what did arrive shows
    neither an emergency nor a critical card.
    """
    library = writer.library
    book = library.rulebook
    facts = read_facts(chart, words, as_of)
    evaluation = assess_all(find(facts, book), book)
    found = evaluation.assessments
    if chart.problems is not None:
        found = _of_problems(found, read_facts(without_problems(chart), words, as_of), book)
    service = _service_messages(found, evaluation.crashes, facts, library)
    assessments = after_feedback(
        (*found, *service), history, Showing(as_of, chart.encounter_id), book.quiet
    )
    placed = triage(assessments, book.triage)
    placed = _instead_of_silence(placed, facts, library)
    _refuse_without_required(placed, facts, evaluation.crashes, chart.other_version)
    return Advice(
        cards=write_cards(placed, facts, Call(chart.patient_id, chart.encounter_id), writer),
        placed=placed,
        facts=facts,
        crashes=evaluation.crashes,
    )


def _of_problems(
    found: tuple[Assessment, ...], before: Facts, book: Rulebook
) -> tuple[Assessment, ...]:
    """What the problems just added open or change, against the record without them."""
    earlier = assess_all(find(before, book), book)
    return focused(found, changed_topics(found, earlier.assessments), book.triage)


def _refuse_without_required(
    placed: tuple[Placed, ...],
    facts: Facts,
    crashes: tuple[Crash, ...],
    other_version: frozenset[str],
) -> None:
    queries = facts.queries or {}
    unread = tuple(key for key in _REQUIRED if queries.get(key) in _UNREAD)
    partial = tuple(
        key for key in _REQUIRED if queries.get(key) is Outcome.PARTIAL and key not in facts.damaged
    )
    shown = [p.assessment for p in placed if p.shown]
    urgent = any(a.tier is Tier.EMERGENCY or a.row.indicator == _CRITICAL for a in shown)
    if unread and not urgent:
        raise DataUnavailableError(unread, other_version=bool(other_version & set(unread)))
    if partial and not shown and not crashes:
        raise DataUnavailableError(partial)


def _service_messages(
    assessments: tuple[Assessment, ...],
    crashes: tuple[Crash, ...],
    facts: Facts,
    library: Library,
) -> tuple[Assessment, ...]:
    """A failed topic and a failed query that could change a card speak for themselves."""
    rows = {row.id: row for row in library.rulebook.topics[SERVICE].rows}
    messages = []
    if crashes:
        titles = tuple(library.topics[crash.topic].title for crash in crashes)
        messages.append(_message(rows["failed"], "topic", ", ".join(titles)))
    lost = _lost_queries(assessments, facts, library)
    if lost:
        messages.append(_message(rows["incomplete"], "query", ", ".join(lost)))
    return tuple(messages)


def _message(row: Row, name: str, value: str) -> Assessment:
    return Assessment(topic=SERVICE, row=row, values={name: value})


def _lost_queries(
    assessments: tuple[Assessment, ...], facts: Facts, library: Library
) -> tuple[str, ...]:
    """Optional queries that failed in this call and that an opened topic reads.

    A key that was never delivered is only named on the cards that show: many sites never grant
    it (ruling 26). Queries that lost single entries are judged when nothing else shows.
    """
    closed = library.rulebook.triage.closed_states
    opened = {a.topic for a in assessments if a.state not in closed}
    read = {key for topic in opened for key in library.topics[topic].queries}
    names = library.sentences["queries"]
    lost = (Outcome.FAILED, Outcome.PARTIAL)
    return tuple(
        str(names[key])
        for key, outcome in (facts.queries or {}).items()
        if outcome in lost and key in read and key not in _REQUIRED and key not in facts.damaged
    )


def _instead_of_silence(
    placed: tuple[Placed, ...], facts: Facts, library: Library
) -> tuple[Placed, ...]:
    """Where nothing shows, one card may have to say what waits or what could not be read."""
    if any(p.shown for p in placed):
        return placed
    rows = {row.id: row for row in library.rulebook.topics[SERVICE].rows}
    for reason, row in _WAITING.items():
        held = tuple(p for p in placed if p.because == reason)
        if held:
            withheld = ", ".join(library.cards[str(p.assessment.card)].short for p in held)
            message = _message(rows[row], "query", withheld)
            waits = reason == "dvt-open"
            return (Placed(message, shown=True, deferring=held, waits=waits), *placed)
    pain = library.rulebook.triage.pain_states
    if facts.damaged and any(p.assessment.state in pain for p in placed):
        names = tuple(str(library.sentences["queries"].get(key, key)) for key in facts.damaged)
        message = _message(rows["incomplete"], "query", ", ".join(sorted(names)))
        return (Placed(message, shown=True), *placed)
    return placed
