"""A card in a site's own words, which keep what the shipped words promise."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.content.check_literature import card_line
from cds_service.content.check_words import card_texts
from cds_service.content.files import ContentReader
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.content.models.card import CardFile
from cds_service.content.models.overlay import SiteCardFile, SiteWording

_AGAIN = "the shipped text has it, write it again"
_NAME = "short"  # how a deferred line names the card, not what it says
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def reworded(reader: ContentReader, path: Path, own: SiteCardFile, library: Library) -> CardFile:
    """The shipped card with the site's words; what they may not change is reported."""
    shipped = library.cards[own.id]
    for sentence in _strangers(own, shipped):
        reader.report(path, sentence)
    made = shipped.model_copy(
        update={
            **_given(own, "summary", "short", "body"),
            "us": _wording(shipped.us, own.us),
            "variant": {
                name: _wording(wording, own.variant.get(name))
                for name, wording in shipped.variant.items()
            },
            "suggestion": tuple(
                offered.model_copy(update=_given(words, "label", "description"))
                if (words := next((s for s in own.suggestion if s.id == offered.id), None))
                else offered
                for offered in shipped.suggestion
            ),
        }
    )
    for sentence in (*_lost(shipped, made), *_phrases(made, library)):
        reader.report(path, sentence)
    return made


def _given(model: object, *keys: str) -> dict[str, Any]:
    return {key: getattr(model, key) for key in keys if getattr(model, key)}


def _wording(shipped: Any, own: SiteWording | None) -> Any:
    return shipped.model_copy(update=_given(own, "summary", "body")) if shipped and own else shipped


def _strangers(own: SiteCardFile, shipped: CardFile) -> Iterator[str]:
    """Words for parts that the shipped card has not."""
    if own.us and not shipped.us:
        yield "us: the shipped card has no US wording; remove it"
    for name in sorted(set(own.variant) - set(shipped.variant)):
        yield f"variant.{name}: the shipped card has no such variant; remove it"
    offered = {s.id for s in shipped.suggestion}
    for suggestion in own.suggestion:
        if suggestion.id not in offered:
            yield f"suggestion {suggestion.id}: the shipped card does not offer it; remove it"


def _lost(shipped: CardFile, made: CardFile) -> Iterator[str]:
    """Each text keeps every placeholder and every figure of the text that it replaces."""
    now = dict(card_texts(made))
    for where, text in card_texts(shipped):
        names = set(Template.compile(text).names) - set(Template.compile(now[where]).names)
        figures = _figures(text) - _figures(now[where]) if where != _NAME else set()
        for kind, lost in (
            ("placeholder", {f"{{{{{name}}}}}" for name in names}),
            ("figure", figures),
        ):
            if lost:
                yield f"{where}: {kind} {', '.join(sorted(lost))} is missing; {_AGAIN}"


def _figures(text: str) -> set[str]:
    return set(_FIGURE.findall(text))


def _phrases(made: CardFile, library: Library) -> Iterator[str]:
    """Words that a claim or a disagreement points to stay; words that it avoids stay away."""
    line, literature = card_line(made), library.literature
    entries = (literature.claims.items(), literature.disagreements.items())
    for key, places in ((key, entry.reflected) for kind in entries for key, entry in kind):
        for place in places:
            if (place.kind, place.name) == ("card", made.id) and (place.phrase or "") not in line:
                yield f"the words {place.phrase!r} are missing; {key} rests on them"
    for key, claim in literature.claims.items():
        for words in claim.avoided:
            if words.lower() in line.lower():
                yield f"contains {words!r}, which no card may say (claim {key})"
