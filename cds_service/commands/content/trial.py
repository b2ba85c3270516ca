"""One patient tried on the content in use and, where that differs, on the content that ships."""

from dataclasses import dataclass

from cds_service.commands.assess import Result, advice_on
from cds_service.commands.content.verdict import Verdict, outcome, verdicts
from cds_service.content.library import SERVICE
from cds_service.hooks.gathering import chart_of
from cds_service.hooks.request import HookRequest
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice
from cds_service.writing.cards import WrittenCard

_CLOSED = "the topic does not open"


@dataclass(frozen=True, slots=True)
class Trial:
    """A patient who was assessed, and the topic that is asked about (None: all that opened)."""

    result: Result
    request: HookRequest
    topic: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """What a topic says now and not in the shipped content, and the other way round."""

    topic: str
    now: tuple[str, ...]
    shipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell; `differences` are of what is in use against what ships."""

    trial: Trial
    verdicts: tuple[Verdict, ...] = ()
    compared: bool = False
    differences: tuple[Difference, ...] = ()


def compared(trial: Trial, service: Service, shipped: Service | None) -> Told:
    """The verdicts of the content in use, and where those of the shipped one differ."""
    advice, instant = trial.result.advice, trial.result.as_of
    if advice is None or instant is None:
        return Told(trial)
    found = verdicts(service, chart_of(trial.request), instant, advice, trial.topic)
    if shipped is None:
        return Told(trial, tuple(found))
    before = advice_on(shipped, trial.request, instant)
    differences = _differences(advice, service, before, shipped)
    return Told(trial, tuple(found), compared=True, differences=differences)


def _differences(
    advice: Advice, service: Service, before: Advice | str, shipped: Service
) -> tuple[Difference, ...]:
    now = _said(advice, service)
    was = {} if isinstance(before, str) else _said(before, shipped)
    nothing = [before if isinstance(before, str) else _CLOSED]
    found = []
    for topic in dict.fromkeys((*now, *was)):
        here, there = now.get(topic, [_CLOSED]), was.get(topic, nothing)
        if here != there:
            mine = tuple(line for line in here if line not in there)
            theirs = tuple(line for line in there if line not in here)
            found.append(Difference(topic, mine or tuple(here), theirs or tuple(there)))
    return tuple(found)


def _said(advice: Advice, service: Service) -> dict[str, list[str]]:
    """Per topic its outcomes, and every line of its cards but the one that names the version."""
    written = {id(card.placed): card for card in advice.cards}
    found: dict[str, list[str]] = {}
    for placed in advice.placed:
        made = placed.assessment
        if made.topic == SERVICE:
            continue
        said = found.setdefault(made.topic, [])
        said.append(f"{outcome(placed, service.library)} [row {made.row.id}]")
        if card := written.get(id(placed)):
            said += [card.summary, *_lines(card), *(draft.label for draft in card.suggestions)]
    return found


def _lines(card: WrittenCard) -> list[str]:
    return [line for paragraph in card.paragraphs[:-1] for line in paragraph.splitlines() if line]
