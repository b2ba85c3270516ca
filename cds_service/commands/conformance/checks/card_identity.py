"""What identifies a card: its source, its topic, its uuids."""

import re
from collections.abc import Iterator
from uuid import UUID

from cds_service.commands.conformance.checks.card_texts import THEME, judge_cards, listed, text
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import Level, Verdict, broken, kept, not_applicable
from cds_service.ehr.answer import Json

SHALL, DERIVED = Level.SHALL, Level.DERIVED
_WEB = re.compile(r"https?://[^\s/]+\S*")


def _uuids(card: Json) -> list[str]:
    found = [card.get("uuid"), *(s.get("uuid") for s in listed(card.get("suggestions")))]
    return [str(uuid) for uuid in found if uuid is not None]


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


@THEME.add("card-source", *("CARD-3", "CARD-4"), level=SHALL, title="source, with a label")
def _source(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        source = card.get("source")
        if not isinstance(source, dict):
            yield "without a source"
        elif not text(source.get("label")):
            yield "whose source has no label"

    return judge_cards(probe, slips, "every source has a label")


@THEME.add(
    "source-members",
    *("CARD-5", "CARD-6", "CARD-7"),
    level=SHALL,
    title="source.url and icon absolute, source.topic with code and system",
)
def _source_members(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        source = card.get("source")
        source = source if isinstance(source, dict) else {}
        for member in ("url", "icon"):
            if member in source and not _WEB.fullmatch(str(source[member])):
                yield f"whose source.{member} is no absolute http(s) URL"
        topic = source.get("topic", {"code": "-", "system": "-"})
        if not isinstance(topic, dict) or not (
            text(topic.get("code")) and text(topic.get("system"))
        ):
            yield "whose source.topic lacks code or system"

    return judge_cards(probe, slips, "sources are well formed")


@THEME.add(
    "topic-present",
    "CARD-7",
    level=Level.MAY,
    title="source.topic is there, so that clients can tell cards apart",
)
def _topic_present(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        source = card.get("source")
        if isinstance(source, dict) and "topic" not in source:
            yield "without source.topic, which some clients need"

    return judge_cards(probe, slips, "every source has a topic")


@THEME.add(
    "uuids",
    *("CARD-9", "SUG-2"),
    level=DERIVED,
    title="uuids are bare UUIDs, each once in a response",
    safety=True,
)
def _unique(probe: Probe) -> Verdict:
    seen = 0
    for shown in probe.showcase():
        uuids = [uuid for card in shown.answer.cards for uuid in _uuids(card)]
        seen += len(uuids)
        if len(set(uuids)) < len(uuids):
            return broken(f"Patient {shown.patient.name!r}: one uuid stands twice.")
        odd = [uuid for uuid in uuids if not _is_uuid(uuid)]
        if odd:
            return broken(f"Patient {shown.patient.name!r}: a uuid that is no bare UUID.")
    if not seen:
        return not_applicable("No card carries a uuid.")
    return kept(f"{seen} uuids: bare, and each once.")


@THEME.add(
    "uuid-present",
    *("CARD-9", "SUG-2"),
    level=Level.MAY,
    title="Cards and suggestions carry a uuid, without which no feedback comes",
)
def _uuid_present(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        if "uuid" not in card:
            yield "without uuid"
        if any("uuid" not in one for one in listed(card.get("suggestions"))):
            yield "with a suggestion without uuid"

    return judge_cards(probe, slips, "all carry uuids")
