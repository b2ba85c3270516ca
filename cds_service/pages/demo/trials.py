"""Which missing items would change the answer: each is tried, present and absent, by real calls."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.ehr.answer import Answer
from cds_service.pages.demo.explanation import Explanation
from cds_service.pages.demo.fhir_text import text
from cds_service.pages.demo.form import Choice
from cds_service.pages.demo.what_if import Play, Stage

_MOST = 12
_TRIED = ("present", "absent")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One status and the cards it would give, as indicator and card id."""

    status: str
    cards: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """A missing item; `outcomes` are those that differ from the answer as it stands."""

    finding: str
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Trials:
    """All missing items in the order that their assessments give."""

    deciding: tuple[Trial, ...]
    idle: tuple[str, ...]
    untried: tuple[str, ...]


async def tried(stage: Stage, play: Play) -> Trials:
    """Every missing item of the answer, up to a dozen."""
    base, explanation = play.base, play.explanation
    if base is None or explanation is None:
        return Trials((), (), ())
    findings = stage.library.rulebook.findings
    sides = {finding.id: finding.side for finding in explanation.findings()}
    missing = [finding for finding in explanation.missing() if finding in findings]
    found = [
        await _try(stage, base, play, finding, sides.get(finding, ""))
        for finding in missing[:_MOST]
    ]
    return Trials(
        deciding=tuple(trial for trial in found if trial.outcomes),
        idle=tuple(trial.finding for trial in found if not trial.outcomes),
        untried=tuple(missing[_MOST:]),
    )


async def _try(stage: Stage, base: Explanation, play: Play, finding: str, side: str) -> Trial:
    outcomes = []
    for status in _TRIED:
        changes = {**play.changes, finding: Choice(status, "unknown", side)}
        cards = _cards((await stage.replay(base, changes)).answer)
        if cards != _cards(play.answer):
            outcomes.append(Outcome(status, cards))
    return Trial(finding, tuple(outcomes))


def _cards(answer: Answer) -> tuple[tuple[str, str], ...]:
    return tuple(_named(answer))


def _named(answer: Answer) -> Iterator[tuple[str, str]]:
    for card in answer.cards:
        source = card.get("source")
        topic = source.get("topic") if isinstance(source, dict) else None
        code = topic.get("code") if isinstance(topic, dict) else ""
        yield text(card.get("indicator")), text(code)
