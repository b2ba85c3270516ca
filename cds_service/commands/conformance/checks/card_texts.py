"""The cards themselves: what must be there, and how it must be written."""

import re
from collections.abc import Callable, Iterator
from uuid import UUID

from cds_service.commands.conformance.answer import Json
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    Verdict,
    broken,
    kept,
    not_applicable,
)

THEME = Theme("Cards")
SHALL, DERIVED = Level.SHALL, Level.DERIVED
Slips = Callable[[Json], Iterator[str]]
_MOST_SUMMARY = 139
_INDICATORS = ("info", "warning", "critical")
_WEB = re.compile(r"https?://[^\s/]+\S*")
_TAG = re.compile(r"<\s*/?\s*[a-zA-Z!]")
_CODE_SPAN = re.compile(r"`[^`]*`|\\<|<https?://[^>\s]*>")
_MEMBERS = frozenset(
    {
        "uuid",
        "summary",
        "detail",
        "indicator",
        "source",
        "suggestions",
        "selectionBehavior",
        "overrideReasons",
        "links",
        "extension",
    }
)


def text(value: object) -> bool:
    """Whether it is text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def listed(value: object) -> list[Json]:
    """The objects of an array, none for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def judge_cards(probe: Probe, slips: Slips, right: str) -> Verdict:
    """Every card that any sample patient got is free of these slips."""
    seen = 0
    for shown in probe.showcase():
        for card in shown.answer.cards:
            seen += 1
            slip = next(slips(card), "")
            if slip:
                return broken(f"Patient {shown.patient.name!r}: a card {slip}.")
    if not seen:
        return not_applicable("The service shows no card for any of the patients.")
    return kept(f"{seen} cards: {right}.")


@THEME.add(
    "card-summary", "CARD-1", level=SHALL, title="summary: text of fewer than 140 characters"
)
def _summary(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        summary = card.get("summary")
        if not text(summary):
            yield "without a summary"
        elif len(str(summary).encode("utf-16-le")) // 2 > _MOST_SUMMARY:
            yield f"with a summary of {len(str(summary))} characters, 139 are allowed"

    return judge_cards(probe, slips, "every summary has 1 to 139 characters")


@THEME.add("card-indicator", "CARD-2", level=SHALL, title="indicator: info, warning or critical")
def _indicator(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        if card.get("indicator") not in _INDICATORS:
            yield "without one of the three indicators"

    return judge_cards(probe, slips, "every indicator is one of the three")


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


def _uuids(card: Json) -> list[str]:
    found = [card.get("uuid"), *(s.get("uuid") for s in listed(card.get("suggestions")))]
    return [str(uuid) for uuid in found if uuid is not None]


def _is_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False


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


@THEME.add(
    "detail-html",
    *("CARD-10", "CARD-11"),
    level=Level.SHOULD,
    title="detail is Markdown text without raw HTML",
)
def _detail(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        detail = card.get("detail", "-")
        if not text(detail):
            yield "whose detail is no text"
        elif _TAG.search(_CODE_SPAN.sub("", str(detail))):
            yield "with raw HTML in detail"

    return judge_cards(probe, slips, "no raw HTML")


@THEME.add(
    "override-reasons",
    "CARD-14",
    level=SHALL,
    title="Every override reason has code, system and display",
)
def _override_reasons(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        for reason in listed(card.get("overrideReasons")):
            lacking = [m for m in ("code", "system", "display") if not text(reason.get(m))]
            if lacking:
                yield f"with an override reason without {', '.join(lacking)}"

    return judge_cards(probe, slips, "override reasons are complete")


@THEME.add(
    "card-members",
    "EXT-3",
    level=DERIVED,
    title="A card has members of the specification only; others stand in extension",
)
def _members(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        if odd := sorted(card.keys() - _MEMBERS):
            yield f"with the member {', '.join(odd)}"

    return judge_cards(probe, slips, "no unknown members")
