"""Findings set to present, absent or unknown, and the call that shows what follows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from cds_service.content.library import Library
from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo.amend import Amendment, Assumption, amended
from cds_service.pages.demo.chart import WHAT_IF
from cds_service.pages.demo.explanation import Explanation, Told, explanation_of
from cds_service.pages.demo.form import Choice
from cds_service.pages.demo.inside import Inside

_UNKNOWN = "unknown"
_ROUNDS = 4
_GATE = "gate"
_SIDED = ("left", "right")


@dataclass(frozen=True, slots=True)
class Play:
    """A request, amended or not, and what came of it; `base` explains the record as it is."""

    request: Json
    answer: Answer
    base: Explanation | None
    explanation: Explanation | None
    changes: Mapping[str, Choice]


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of the panel; it `reads` other than chosen where another finding implies it."""

    id: str
    topic: str
    recorded: str
    chosen: str
    side: str
    day: str
    evidence: tuple[str, ...]
    reads: str

    @property
    def changed(self) -> bool:
        """Whether it is other than the record has it."""
        return self.chosen != self.recorded


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
        for _ in range(_ROUNDS):
            assumed = tuple(_assumptions(base, changes, removed, sideless))
            request = amended(self.request, Amendment(removed, assumed), self.library, self.now)
            answer = await self.inside.call(self.service, request)
            explanation = explanation_of(answer)
            others = list(_others(explanation, changes))
            contradicting = {e for f in others for e in f.evidence if WHAT_IF not in e} - removed
            elsewhere = {f.id for f in others} - sideless
            if contradicting:
                removed |= contradicting
            elif elsewhere:
                sideless |= elsewhere
            else:
                break
        return Play(request, answer, base, explanation, changes)


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
    told = {finding.id: finding for finding in base.findings()}
    for finding, choice in changes.items():
        if choice.chosen != _UNKNOWN:
            known = told[finding].side if finding in told else choice.side
            side = "" if finding in sideless else known
            yield Assumption(finding, choice.chosen == "present", side)
    for finding in told.values():
        lost = removed.intersection(finding.evidence)
        if lost and finding.id not in changes and finding.status != _UNKNOWN:
            yield Assumption(finding.id, finding.status == "present", finding.side)


def _others(explanation: Explanation | None, changes: Mapping[str, Choice]) -> Iterator[Told]:
    """Findings that are read other than was chosen: by an entry left, or for another leg."""
    for finding in explanation.findings() if explanation else ():
        if finding.id in changes and finding.status != changes[finding.id].chosen:
            yield finding


def items_of(
    play: Play, choices: Mapping[str, Choice], library: Library
) -> tuple[Item, ...]:
    """Findings of the record, of topics that a choice opened, and all other choices.

    Measurements are left out: they are more than present or absent.
    """
    now = {told.id: told for told in _findings(play.explanation)}
    told = {told.id: told for told in _findings(play.base)}
    recorded = {finding: one.status for finding, one in told.items()}
    chosen = {finding: choice.chosen for finding, choice in play.changes.items()}
    for finding, one in now.items():
        change = play.changes.get(finding)
        recorded.setdefault(finding, change.was if change else one.status)
    for finding, choice in choices.items():
        recorded.setdefault(finding, choice.was)
    return tuple(
        _item(finding, status, chosen.get(finding, status), told.get(finding) or now.get(finding), now)
        for finding, status in recorded.items()
        if finding in library.rulebook.findings and (finding in told or finding in now or finding in chosen)
    )


def _item(
    finding: str, recorded: str, chosen: str, told: Told | None, now: Mapping[str, Told]
) -> Item:
    return Item(
        id=finding,
        topic=told.topic if told else "",
        recorded=recorded,
        chosen=chosen,
        side=told.side if told and told.side in _SIDED else "",
        day=told.day if told else "",
        evidence=told.evidence if told else (),
        reads=now[finding].status if finding in now else chosen,
    )


def _findings(explanation: Explanation | None) -> Iterable[Told]:
    return explanation.findings() if explanation else ()


def complaints(items: Iterable[Item], library: Library) -> tuple[str, ...]:
    """Complaints that are not on the panel yet; setting one opens its topics."""
    groups = library.rulebook.topics[_GATE].groups
    shown = {item.id for item in items}
    listed = dict.fromkeys((*groups["pain"], *groups["vascular"]))
    return tuple(finding for finding in listed if finding not in shown)
