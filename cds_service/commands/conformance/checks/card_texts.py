"""The cards themselves: what must be there, and how it must be written."""

import re
from collections.abc import Callable, Iterator

from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    Verdict,
    broken,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Json

THEME = Theme("Cards")
SHALL, DERIVED = Level.SHALL, Level.DERIVED
Slips = Callable[[Json], Iterator[str]]
_MOST_SUMMARY = 139
_INDICATORS = ("info", "warning", "critical")
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
