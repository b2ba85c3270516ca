"""Where on a topic's page each piece of evidence is used, and where a place of the content is."""

from collections import defaultdict
from collections.abc import Iterator

from cds_service.content.library import SERVICE, Library
from cds_service.content.models.literature import Place

Use = tuple[str, str]  # what uses it, and its anchor on the page


def uses(library: Library, topic: str) -> dict[str, list[Use]]:
    """Evidence key → everything on the topic's page that cites it."""
    found: dict[str, list[Use]] = defaultdict(list)
    for keys, use in _citing(library, topic):
        for key in keys:
            if use not in found[key]:
                found[key].append(use)
    return dict(sorted(found.items()))


def _citing(library: Library, topic: str) -> Iterator[tuple[tuple[str, ...], Use]]:
    file = library.topics[topic]
    for name, threshold in file.thresholds.items():
        yield threshold.evidence, (name, f"threshold-{name}")
    for name, window in file.windows.items():
        yield window.evidence, (name, f"window-{name}")
    for card in library.cards.values():
        if library.topic_of_card[card.id] == topic:
            wordings = (card.us, *card.variant.values())
            keys = [key for wording in wordings if wording for key in wording.evidence or ()]
            yield (*card.evidence, *keys), (card.id, card.id)
    for note, keys_of_note in library.note_evidence.get(topic, {}).items():
        yield keys_of_note, (note, f"note-{note}")
    for plot in library.pages.topics[topic].plot:
        yield plot.cited, (plot.title, f"plot-{plot.id}")
    yield tuple(library.leaflets.cited(topic)), ("leaflet for patients", "leaflet")
    yield from _literature(library, topic)


def _literature(library: Library, topic: str) -> Iterator[tuple[tuple[str, ...], Use]]:
    literature = library.literature
    for key, treatment in literature.treatments_of(topic).items():
        for context in treatment.context.values():
            yield context.evidence, (treatment.name.partition(":")[0], f"treatment-{key}")
    for key, question in literature.disagreements_of(topic).items():
        for position in question.position:
            yield position.evidence, (question.question, f"disagreement-{key}")
    for key, claim in literature.claims_of(topic).items():
        yield claim.evidence, (f"claim {key}", key)


def address(place: Place, library: Library) -> str | None:
    """The evidence page and anchor of a place, without the root; None where no page shows it."""
    topic, _, name = place.name.partition(".")
    literature = library.literature
    found: tuple[str, str] | None = None
    match place.kind:
        case "card":
            found = library.topic_of_card[place.name], place.name
        case "note" | "row" | "threshold":
            found = topic, f"{place.kind}-{name}"
        case "treatment":
            found = literature.treatments[place.name].topics[0], f"treatment-{place.name}"
        case "disagreement":
            found = literature.disagreements[place.name].topics[0], f"disagreement-{place.name}"
        case "topic":
            found = place.name, "content"
        case _:
            pass
    return f"/evidence/{found[0]}#{found[1]}" if found and found[0] != SERVICE else None
