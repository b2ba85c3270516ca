"""Checks of words: what nothing shown to people may contain, and what fills which sentence."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.content.models.banned import BannedPhrase
from cds_service.content.models.card import CardFile, Wording

Problem = tuple[str, str]

_MARKUP = (
    (re.compile(r"<[A-Za-z/!]"), "HTML is not shown by every EHR; write Markdown or leave it out"),
    (re.compile(r"!\["), "images are not shown by every EHR; leave the image out"),
    (re.compile(r"^\s*\|", re.MULTILINE), "tables are not shown by every EHR; write bullets"),
    (
        re.compile(r"\d\s?(?:mg|mcg|µg|IU|units?)\b(?!/[dm]?L)", re.IGNORECASE),
        "a dose is never named here; leave it to the prescriber",
    ),
    (re.compile(r"\]\("), "cards link to their evidence page only; leave the link out"),
)
_LEFTOVER = re.compile(r"\{\{|\}\}")
_DATE, _CARDS, _NONE = frozenset({"date"}), frozenset({"cards"}), frozenset[str]()
# Sentence of `_common/sentences.toml`, or its whole table → the values that fill it.
_FILLED: Mapping[str, frozenset[str]] = {
    "reasons.begun": frozenset({"onset", "date"}),
    "footer.disclaimer": frozenset({"version"}),
    "footer.text_only": frozenset({"count"}),
    "footer.unread": frozenset({"query"}),
    "footer.partial": frozenset({"query"}),
    "footer.already": frozenset({"label"}),
    "footer.offered": frozenset({"label"}),
    "footer.overridden": frozenset({"time", "reason"}),
    "footer.by_hand": frozenset({"label", "description"}),
    "link.evidence": frozenset({"title"}),
    "link.leaflet": frozenset({"title", "languages"}),
    "deferred.waits": _NONE,
    "deferred": _CARDS,
    "unknown": _DATE,
    "vitals": frozenset({"value"}),
    "errors.wrong-patient": frozenset({"where", "index"}),
    "errors.invalid": frozenset({"where", "index"}),
    "errors.feedback-invalid": frozenset({"where", "index"}),
    "errors.data-unavailable": frozenset({"keys"}),
    "errors.other-version": frozenset({"keys"}),
    "errors.internal": frozenset({"incident"}),
    "service.usage": frozenset({"required", "optional", "scopes_v1", "scopes_v2"}),
}
# Note, as `topic.note` → the values that the topic's logic fills it with.
_NOTES: Mapping[str, frozenset[str]] = {
    "axial_spa.began": _DATE,
    "axial_spa.first-recorded": _DATE,
    "dvt.decide-likely": frozenset({"k", "u"}),
    "dvt.decide-likely-unless-alternative": frozenset({"k", "u"}),
    "dvt.decide-likely-despite-alternative": frozenset({"k"}),
    "dvt.decide-unlikely": frozenset({"k"}),
    "dvt.settle-likely": frozenset({"k", "u"}),
    "dvt.alternative-lowers": frozenset({"points", "score"}),
    "dvt.candidates": frozenset({"names"}),
    "dvt.d-dimer-value": frozenset({"raw", "value", "threshold"}),
    "dvt.d-dimer-ddu": frozenset({"raw", "value", "threshold"}),
    "dvt.d-dimer-lab-flag": frozenset({"threshold"}),
    "dvt.d-dimer-problem": frozenset({"raw", "problem"}),
    "dvt.heart-rate": frozenset({"value", "time"}),
    "dvt.other-leg": frozenset({"leg", "lower", "upper"}),
    "dvt.other-leg-sign": frozenset({"leg", "names"}),
    "dvt.other-calf-larger": frozenset({"leg", "difference"}),
    "dvt.postpartum-late": frozenset({"days"}),
    "dvt.pregnancy-outdated": _DATE,
    "dvt.left-score": frozenset({"k"}),
    "leg_weakness.other-leg": frozenset({"leg"}),
    "lumbar_stenosis.index-on-record": frozenset({"abi", "side"}),
    "pelvic_girdle.conflicting-test": frozenset({"names"}),
    "pelvic_girdle.other-side-tests": frozenset({"side", "names"}),
    "pelvic_girdle.old-tests": _DATE,
    "pelvic_girdle.other-side": frozenset({"side"}),
    "pulmonary_embolism.low-saturation": frozenset({"value"}),
    "radiculopathy.cauda-equina-questions": frozenset({"names"}),
    "radiculopathy.other-side": frozenset({"leg"}),
    "sij.bounds": frozenset(
        {"w5_lower", "w5_upper", "l5_lower", "l5_upper", "l4_lower", "l4_upper"}
    ),
    "sij.other-side-tests": frozenset({"side", "names"}),
    "sij.conflicting-test": frozenset({"names"}),
    "sij.old-tests": _DATE,
    "sij.other-side": frozenset({"side"}),
    "sij.core-negative": frozenset({"names"}),
}


def check_words(library: Library) -> Iterator[Problem]:
    """File and sentence of every problem."""
    yield from _cards(library)
    yield from _notes(library)
    yield from _sentences(library)


def _cards(library: Library) -> Iterator[Problem]:
    for card in library.cards.values():
        for where, text in card_texts(card):
            literal = where == "short" or where.startswith("suggestion")
            open_ = _unfilled(text, _NONE) if literal else ()
            for sentence in (*unfit(text, library.banned), *open_):
                yield f"{library.topic_of_card[card.id]}/{card.id}.md", f"{where}: {sentence}"


def _notes(library: Library) -> Iterator[Problem]:
    for topic, notes in library.notes.items():
        for note, text in notes.items():
            filled = _NOTES.get(f"{topic}.{note}", _NONE)
            for sentence in (*unfit(text, library.banned), *_unfilled(text, filled)):
                yield f"{topic}/notes.toml", f"notes.{note}: {sentence}"


def _sentences(library: Library) -> Iterator[Problem]:
    for key, text in _leaves(library.sentences):
        filled = _FILLED.get(key, _FILLED.get(key.partition(".")[0], _NONE))
        for sentence in (*unfit(text, library.banned, marked=True), *_unfilled(text, filled)):
            yield "_common/sentences.toml", f"{key}: {sentence}"
    for name, source in library.sources.items():
        for sentence in _unfilled(source.url, frozenset({"public_url"})):
            yield "_common/sources.toml", f"{name}.url: {sentence}"


def card_texts(card: CardFile) -> Iterator[tuple[str, str]]:
    """Key and text of everything that a card may show in words of its own."""
    wordings: dict[str, CardFile | Wording | None] = {"": card, "us.": card.us}
    wordings |= {f"variant.{name}.": wording for name, wording in card.variant.items()}
    for prefix, wording in wordings.items():
        for key in ("summary", "body"):
            text = getattr(wording, key, None)
            if text:
                yield f"{prefix}{key}", text
    yield "short", card.short
    for suggestion in card.suggestion:
        yield f"suggestion {suggestion.id}", f"{suggestion.label}\n{suggestion.description}"


def unfit(text: str, banned: Iterable[BannedPhrase], *, marked: bool = False) -> Iterator[str]:
    """Why a text may not be shown; texts of the service itself may be `marked` up."""
    line = " ".join(text.lower().split())
    for phrase in banned:
        if phrase.words.lower() in line:
            yield f"contains {phrase.words!r}: {phrase.because}"
    for pattern, why in _MARKUP:
        if not marked and pattern.search(text):
            yield why


def _unfilled(text: str, filled: frozenset[str]) -> Iterator[str]:
    template = Template.compile(text)
    if any(_LEFTOVER.search(piece) for piece in template.pieces):
        yield "a placeholder is not written as {{ name }} in lower case"
    for name in sorted(set(template.names) - filled):
        known = ", ".join(sorted(filled)) or "none"
        yield f"placeholder {name}: nothing fills it here; allowed: {known}"


def _leaves(value: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        if isinstance(item, Mapping):
            yield from _leaves(item, f"{above}{key}.")
        elif isinstance(item, str):
            yield f"{above}{key}", item
