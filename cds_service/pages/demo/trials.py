"""Which missing items would change the answer: each is tried, present and absent, by real calls."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cds_service.ehr.answer import Answer
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


async def tried(stage: Stage, play: Play, choices: Mapping[str, Choice]) -> Trials:
    """Every missing item of the answer, up to a dozen."""
    if play.base is None or play.explanation is None:
        return Trials((), (), ())
    findings = stage.library.rulebook.findings
    missing = [finding for finding in play.explanation.missing() if finding in findings]
    now = _cards(play.answer)
    found = [await _try(stage, play, finding, choices) for finding in missing[:_MOST]]
    different = [
        Trial(trial.finding, tuple(o for o in trial.outcomes if o.cards != now)) for trial in found
    ]
    return Trials(
        deciding=tuple(trial for trial in different if trial.outcomes),
        idle=tuple(trial.finding for trial in different if not trial.outcomes),
        untried=tuple(missing[_MOST:]),
    )


async def _try(
    stage: Stage, play: Play, finding: str, choices: Mapping[str, Choice]
) -> Trial:
    side = next((f.side for f in (play.explanation or play.base).findings() if f.id == finding), "")
    outcomes = []
    for status in _TRIED:
        changes = {**play.changes, finding: Choice(status, "unknown", side)}
        replayed = await stage.replay(play.base, changes)
        outcomes.append(Outcome(status, _cards(replayed.answer)))
    return Trial(finding, tuple(outcomes))


def _cards(answer: Answer) -> tuple[tuple[str, str], ...]:
    return tuple(_named(answer))


def _named(answer: Answer) -> Iterator[tuple[str, str]]:
    for card in answer.cards:
        source = card.get("source")
        topic = source.get("topic") if isinstance(source, dict) else None
        code = topic.get("code") if isinstance(topic, dict) else ""
        yield text(card.get("indicator")), text(code)
