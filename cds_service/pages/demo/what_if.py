"""Findings set to present, absent or unknown, and the call that shows what follows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cds_service.content.library import Library
from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo.amend import Amendment, Assumption, amended
from cds_service.pages.demo.explanation import Explanation, Told, explanation_of
from cds_service.pages.demo.form import Choice
from cds_service.pages.demo.inside import Inside
from cds_service.pages.demo.record import WHAT_IF

_UNKNOWN = "unknown"
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Play:
    """A request, amended or not, and what came of it; `base` explains the record as it is."""

    request: Json
    answer: Answer
    base: Explanation | None
    explanation: Explanation | None
    changes: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where calls are made: a service, the request for it, and the content that names things."""

    inside: Inside
    service: str
    request: Json
    library: Library
    now: datetime

    async def play(self, choices: Mapping[str, Choice]) -> Play:
        """The answer with these choices; entries that contradict one are taken out in turn."""
        answer = await self.inside.call(self.service, self.request)
        base = explanation_of(answer)
        changes = _changes(choices, base)
        if not changes or base is None:
            return Play(self.request, answer, base, base, {})
        return await self.replay(base, changes)

    async def replay(self, base: Explanation, changes: Mapping[str, Choice]) -> Play:
        """The same where the record as it is was explained already."""
        removed = frozenset(e for f in base.findings() if f.id in changes for e in f.evidence)
        sideless: frozenset[str] = frozenset()
        play = await self._attempt(base, changes, removed, sideless)
        for _ in range(_ROUNDS):
            others = tuple(_others(play.explanation, changes))
            contradicting = {e for f in others for e in f.evidence if WHAT_IF not in e} - removed
            elsewhere = {finding.id for finding in others} - sideless
            if not contradicting and not elsewhere:
                break
            removed |= contradicting
            sideless |= frozenset() if contradicting else elsewhere
            play = await self._attempt(base, changes, removed, sideless)
        return play

    async def _attempt(
        self,
        base: Explanation,
        changes: Mapping[str, Choice],
        removed: frozenset[str],
        sideless: frozenset[str],
    ) -> Play:
        assumed = tuple(_assumptions(base, changes, removed, sideless))
        request = amended(self.request, Amendment(removed, assumed), self.library, self.now)
        answer = await self.inside.call(self.service, request)
        return Play(request, answer, base, explanation_of(answer), changes)


def _changes(choices: Mapping[str, Choice], base: Explanation | None) -> dict[str, Choice]:
    recorded = {told.id: told.status for told in base.findings()} if base else {}
    return {
        finding: choice
        for finding, choice in choices.items()
        if choice.chosen != recorded.get(finding, choice.was)
    }


def _assumptions(
    base: Explanation,
    changes: Mapping[str, Choice],
    removed: frozenset[str],
    sideless: frozenset[str],
) -> Iterator[Assumption]:
    """What was chosen, and what else the removed entries said, which is to stay."""
    sides = {finding.id: finding.side for finding in base.findings()}
    for name, choice in changes.items():
        if choice.chosen != _UNKNOWN:
            side = "" if name in sideless else sides.get(name, choice.side)
            yield Assumption(name, choice.chosen == "present", side)
    for finding in base.findings():
        lost = removed.intersection(finding.evidence)
        if lost and finding.id not in changes and finding.status != _UNKNOWN:
            yield Assumption(finding.id, finding.status == "present", finding.side)


def _others(explanation: Explanation | None, changes: Mapping[str, Choice]) -> Iterator[Told]:
    """Findings that are read other than was chosen: by an entry left, or for another leg."""
    for finding in explanation.findings() if explanation else ():
        if finding.id in changes and finding.status != changes[finding.id].chosen:
            yield finding
