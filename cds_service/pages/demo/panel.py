"""The what-if panel: each finding as recorded, as chosen, and as the service reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cds_service.content.library import Library
from cds_service.pages.demo.explanation import Explanation, Told
from cds_service.pages.demo.form import Choice
from cds_service.pages.demo.what_if import Play

_GATE = "gate"
_SIDED = ("left", "right")


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


def items_of(play: Play, choices: Mapping[str, Choice], library: Library) -> tuple[Item, ...]:
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
        _item(
            finding, status, chosen.get(finding, status), told.get(finding) or now.get(finding), now
        )
        for finding, status in recorded.items()
        if finding in library.rulebook.findings
        and (finding in told or finding in now or finding in chosen)
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
