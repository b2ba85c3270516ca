"""Which cards a site may switch off: routine ones that no emergency and no other card needs."""

from collections.abc import Iterator

from cds_service.content.library import Library
from cds_service.content.models.topic import RowModel, TopicFile


def refused_off(off: tuple[str, ...], topic: TopicFile, library: Library) -> Iterator[str]:
    """Why a card stays on, one sentence per card; nothing for those that may be off."""
    for card in off:
        rows = [row for row in topic.row if row.card == card]
        if not rows:
            yield f"{card} is no card of this topic; write the name of a card's file without .md"
        elif why := _needed(card, rows, topic, library):
            yield f"{card} {why} and stays on; remove it from the list"


def _needed(card: str, rows: list[RowModel], topic: TopicFile, library: Library) -> str:
    if any(row.tier != "routine" for row in rows):
        return "is no routine card"
    if any(row.tier == "emergency" for row in topic.row):
        return "belongs to a topic with emergencies"
    if card in library.triage.never_cut:
        return "is never cut"
    states = {row.state for row in rows}
    if any(states & set(line.states) for line in library.triage.defer):
        return "withholds other cards while it shows"
    return ""
