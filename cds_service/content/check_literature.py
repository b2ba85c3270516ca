"""Checks that every claim is answered, and that every place and every citation really exists."""

from collections.abc import Iterator, Mapping

from cds_service.content.library import Library
from cds_service.content.models.card import CardFile, Wording
from cds_service.content.models.literature import Place

_CLAIMS, _TREATMENTS, _QUESTIONS, _EVIDENCE = (
    f"_common/{name}.toml" for name in ("claims", "treatments", "disagreements", "evidence")
)
Problem = tuple[str, str]


def check_literature(library: Library) -> Iterator[Problem]:
    """File and sentence of every problem."""
    places = _places(library)
    texts = _texts(library)
    yield from ((_CLAIMS, sentence) for sentence in _claims(library, places, texts))
    yield from ((_TREATMENTS, sentence) for sentence in _treatments(library))
    yield from ((_QUESTIONS, sentence) for sentence in _disagreements(library, places, texts))
    yield from ((_EVIDENCE, sentence) for sentence in _evidence(library))


def _claims(
    library: Library, places: Mapping[str, set[str]], texts: Mapping[str, str]
) -> Iterator[str]:
    literature = library.literature
    expected = [f"A{number:02d}" for number in literature.numbers]
    for key in sorted({*expected} - set(literature.claims)):
        yield f"claim.{key}: missing; every claim of the documents is answered"
    for key in sorted(set(literature.claims) - {*expected}):
        yield f"claim.{key}: not one of {expected[0]} to {expected[-1]}"
    for key, claim in literature.claims.items():
        yield from _known(f"claim.{key}", "document", claim.documents, set(literature.documents))
        yield from _known(f"claim.{key}", "topic", claim.topics, set(library.topics))
        yield from _known(f"claim.{key}", "evidence", claim.evidence, _evidence_keys(library))
        for place in claim.reflected:
            yield from _found(f"claim.{key}", place, places, texts)
        for words in claim.avoided:
            for text in (name for name, text in texts.items() if words.lower() in text.lower()):
                yield f"claim.{key}: {text} contains the words {words!r}, which no card may use"


def _treatments(library: Library) -> Iterator[str]:
    literature = library.literature
    used = set()
    for key, entry in literature.treatments.items():
        where = f"treatment.{key}"
        levels = (entry.level, *(context.level for context in entry.context.values()))
        used |= set(levels)
        yield from _known(where, "level", levels, set(literature.levels))
        yield from _known(where, "document", entry.documents, set(literature.documents))
        yield from _known(where, "topic", entry.topics, set(library.topics))
        for name, context in entry.context.items():
            yield from _known(where, "context", (name,), set(literature.contexts))
            yield from _known(where, "evidence", context.evidence, _evidence_keys(library))
    for level in sorted(set(literature.levels) - used):
        yield f"levels.{level}: used by no treatment"


def _disagreements(
    library: Library, places: Mapping[str, set[str]], texts: Mapping[str, str]
) -> Iterator[str]:
    literature = library.literature
    for key, entry in literature.disagreements.items():
        where = f"disagreement.{key}"
        yield from _known(where, "topic", entry.topics, set(library.topics))
        for position in entry.position:
            yield from _known(where, "evidence", position.evidence, _evidence_keys(library))
            yield from _known(where, "document", position.documents, set(literature.documents))
        if not entry.reflected:
            yield f"{where}: say where it is reflected"
        for place in entry.reflected:
            yield from _found(where, place, places, texts)


def _evidence(library: Library) -> Iterator[str]:
    cited = {key for topic in library.topics for key in library.literature.cited(topic)}
    for key in sorted(set(library.literature.evidence) - cited):
        yield f"{key}: cited by no claim, treatment or disagreement; remove it"


def _known(where: str, kind: str, named: tuple[str, ...], known: set[str]) -> Iterator[str]:
    for name in named:
        if name not in known:
            yield f"{where}: there is no {kind} {name}"


def _found(
    where: str, place: Place, places: Mapping[str, set[str]], texts: Mapping[str, str]
) -> Iterator[str]:
    if place.name not in places[place.kind]:
        yield f"{where}: there is no {place.kind} {place.name}"
    elif place.phrase is not None and place.phrase not in texts[f"{place.kind} {place.name}"]:
        yield f"{where}: {place.kind} {place.name} does not contain {place.phrase!r}"


def _evidence_keys(library: Library) -> set[str]:
    return {key for entries in library.evidence.values() for key in entries} | set(
        library.literature.evidence
    )


def _places(library: Library) -> dict[str, set[str]]:
    """The places of each kind that a claim or disagreement may name."""
    topics = library.topics.items()
    return {
        "card": set(library.cards),
        "note": {f"{name}.{note}" for name, notes in library.notes.items() for note in notes},
        "row": {f"{name}.{row.id}" for name, topic in topics for row in topic.row},
        "threshold": {f"{name}.{key}" for name, topic in topics for key in topic.thresholds},
        "deferral": {line.id for line in library.triage.defer},
        "treatment": set(library.literature.treatments),
        "disagreement": set(library.literature.disagreements),
        "topic": set(library.topics),
    }


def _texts(library: Library) -> dict[str, str]:
    """Everything a reader may see of each card, note and leaflet, in one line."""
    texts = {f"card {card.id}": card_line(card) for card in library.cards.values()}
    for topic, notes in library.notes.items():
        texts |= {f"note {topic}.{note}": _line(text) for note, text in notes.items()}
    for leaflet in library.leaflets.all():
        texts[f"leaflet {leaflet.name}"] = _line(leaflet.file.lead, leaflet.file.body)
    return texts


def card_line(card: CardFile) -> str:
    """Everything a reader may see of a card, in one line."""
    return _line(*_parts(card))


def _parts(card: CardFile) -> Iterator[str]:
    wordings = (card.us, *card.variant.values())
    texts: tuple[CardFile | Wording, ...] = (card, *(w for w in wordings if w))
    for text in texts:
        yield from (part for part in (text.summary, text.body) if part)
    yield card.short
    for suggestion in card.suggestion:
        yield from (suggestion.label, suggestion.description)


def _line(*parts: str) -> str:
    """Everything in one line, as phrases are looked for."""
    return " ".join(" ".join(parts).split())
