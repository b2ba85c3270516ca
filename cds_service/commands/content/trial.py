"""One patient tried on the content in use and, where that differs, on the content that ships."""

from dataclasses import dataclass

from cds_service.commands.assess import Result, advice_on
from cds_service.commands.content.verdict import Verdict, outcome, verdicts
from cds_service.content.library import SERVICE
from cds_service.hooks.gathering import chart_of
from cds_service.hooks.request import HookRequest
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice


@dataclass(frozen=True, slots=True)
class Trial:
    """A patient who was assessed, and the topic that is asked about (None: all that opened)."""

    result: Result
    request: HookRequest
    topic: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell; `differences` are pairs of what is in use and what ships."""

    trial: Trial
    verdicts: tuple[Verdict, ...] = ()
    compared: bool = False
    differences: tuple[tuple[str, str, str], ...] = ()


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
) -> tuple[tuple[str, str, str], ...]:
    now = _outcomes(advice, service)
    was = {} if isinstance(before, str) else _outcomes(before, shipped)
    nothing = before if isinstance(before, str) else "the topic does not open"
    topics = dict.fromkeys((*now, *was))
    pairs = ((t, now.get(t, "the topic does not open"), was.get(t, nothing)) for t in topics)
    return tuple(pair for pair in pairs if pair[1] != pair[2])


def _outcomes(advice: Advice, service: Service) -> dict[str, str]:
    """Per topic its outcomes, and the first line of what is shown, in one text."""
    words = {id(card.placed): card.summary for card in advice.cards}
    found: dict[str, list[str]] = {}
    for placed in advice.placed:
        made = placed.assessment
        if made.topic != SERVICE:
            told = f"{outcome(placed, service.library)} [row {made.row.id}]"
            summary = words.get(id(placed))
            found.setdefault(made.topic, []).append(f"{told}: {summary}" if summary else told)
    return {topic: ", ".join(lines) for topic, lines in found.items()}
