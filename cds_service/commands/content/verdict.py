"""What each topic concludes for one patient, and which missing finding would change it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.finding import Finding
from cds_service.clinical.triage import CAP, Placed
from cds_service.commands.content.what_if import Supposed, can_suppose, suppose
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.fhir.chart import Chart
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice

REFUSED = "no answer: required data are missing"


@dataclass(frozen=True, slots=True)
class Change:
    """An unknown finding: what would follow if present and if absent, None for no change.

    `tried` is false for measurements and dates, which yes or no cannot say.
    """

    finding: Finding
    tried: bool
    if_present: str | None = None
    if_absent: str | None = None

    @property
    def matters(self) -> bool:
        """Whether knowing it would change what is shown."""
        return self.if_present is not None or self.if_absent is not None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One topic: the row that decided with its situation, and why a card shows or not."""

    placed: Placed
    title: str
    situation: str
    card: str
    changes: tuple[Change, ...]

    @property
    def assessment(self) -> Assessment:
        """What the topic concluded."""
        return self.placed.assessment


def verdicts(
    service: Service, chart: Chart, instant: datetime, advice: Advice, topic: str | None
) -> Iterator[Verdict]:
    """One per topic that opened, in the order of the answer; with `topic`, of that topic only."""
    library = service.library
    closed = library.rulebook.triage.closed_states
    for placed in advice.placed:
        made = placed.assessment
        wanted = made.topic == topic if topic else made.state not in closed
        if wanted and made.topic != SERVICE:
            yield Verdict(
                placed=placed,
                title=library.topics[made.topic].title,
                situation=situation(made, library),
                card=outcome(placed, library),
                changes=tuple(_changes(service, chart, instant, advice, placed)),
            )


def situation(made: Assessment, library: Library) -> str:
    """The decision row in words."""
    return next(row.situation for row in library.topics[made.topic].row if row.id == made.row.id)


def outcome(placed: Placed, library: Library) -> str:
    """The card with its urgency, or the reason of silence."""
    made = placed.assessment
    shipped = next(row for row in library.topics[made.topic].row if row.id == made.row.id)
    if made.card is None and shipped.card in library.switched_off:
        return f"no card: {shipped.card} is switched off here"
    if made.card is None:
        return "no card: this row is silent"
    card = f"{made.card} ({made.row.indicator})"
    if placed.shown:
        return card
    if placed.because == CAP:
        return f"{card}, not shown to keep the number of cards small"
    sentence = Template.compile(str(library.sentences["deferred"][placed.because]))
    return f"{card}, withheld: {sentence.fill({'cards': library.cards[made.card].short})}"


def _changes(
    service: Service, chart: Chart, instant: datetime, advice: Advice, placed: Placed
) -> Iterator[Change]:
    made = placed.assessment
    for finding in made.unknown:
        if not can_suppose(service, finding.id):
            yield Change(finding, tried=False)
            continue
        found = []
        for present in (True, False):
            supposed = Supposed(finding.id, made.side, present)
            then = suppose(service, chart, instant, supposed)
            found.append(_difference(advice, then, made, service.library))
        yield Change(finding, tried=True, if_present=found[0], if_absent=found[1])


def _difference(
    before: Advice, then: Advice | None, made: Assessment, library: Library
) -> str | None:
    """What this topic would say instead, and which cards of others would come or go."""
    if then is None:
        return REFUSED
    told = []
    now = _told(before, made, library)
    later = _told(then, made, library)
    if now != later:
        told.append(later)
    shown, instead = _shown(before, made.topic), _shown(then, made.topic)
    told += [f"also {card}" for card in instead if card not in shown]
    told += [f"no longer {card}" for card in shown if card not in instead]
    return "; ".join(told) or None


def _told(advice: Advice, made: Assessment, library: Library) -> str:
    """The topic's outcomes on this side, with their rows."""
    of_topic = [p for p in advice.placed if p.assessment.topic == made.topic]
    same_side = [p for p in of_topic if p.assessment.side is made.side] or of_topic
    lines = [f"{outcome(p, library)} [row {p.assessment.row.id}]" for p in same_side]
    return ", ".join(lines) or "the topic does not open"


def _shown(advice: Advice, but: str) -> list[str]:
    return [
        f"{p.assessment.card} ({p.assessment.row.indicator})"
        for p in advice.placed
        if p.shown and p.assessment.topic != but
    ]
