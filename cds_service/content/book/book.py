"""Every page of the clinical book by file name, from the content alone or with worked patients."""

from collections.abc import Sequence

from cds_service.content.book.findings import readings
from cds_service.content.book.markdown import section, table, text
from cds_service.content.book.topic_page import topic_page
from cds_service.content.book.worked import Worked
from cds_service.content.doubts import span
from cds_service.content.library import Library

INDEX = "index.md"


def content_pages(library: Library, patients: Sequence[Worked] = ()) -> dict[str, str]:
    """The index and one page per topic; worked patients are printed where there are any."""
    findings = readings(library)
    pages = {INDEX: _index(library, patients)}
    for topic in library.topics:
        pages[f"{_file(topic)}.md"] = topic_page(library, topic, patients, findings)
    return pages


def _file(topic: str) -> str:
    return topic.strip("_")


def _index(library: Library, patients: Sequence[Worked]) -> str:
    rows = sum(len(file.row) for file in library.topics.values())
    size = f"{len(library.cards)} cards, {rows} decision rows"
    lines = [
        "# Clinical book",
        "",
        f"{_INTRODUCTION} {_WITH_PATIENTS if patients else _ALONE.format(library.version)}",
        "",
        f"{size}, {len(patients)} worked patients. {_REGISTER}" if patients else f"{size}.",
        "",
        _UNSIGNED,
        "",
        *section("Switched off here", [f"- {card}" for card in sorted(library.switched_off)]),
        *section("Topics", _topics(library, patients)),
        *section(
            "Order of the cards", _order(library), _CAP.format(most=library.triage.most_cards)
        ),
        *section("What withholds what", _deferrals(library)),
        *section("Windows that all topics share", _windows(library)),
        *section("The five source documents", _documents(library), _DOCUMENTS),
    ]
    return "\n".join(lines).rstrip() + "\n"


_INTRODUCTION = (
    "What the service decides by, one page per topic: criteria, decision table, cards, numbers "
    "with their evidence, what is local policy or unverified, where sources disagree, and "
    "treatments with honest strength."
)
_WITH_PATIENTS = (
    "Made by `make book` from [`cards/`](../../cards/README.md) and the worked patients; do not "
    "edit it by hand."
)
_ALONE = "Made by `legpain-cds content render` from content version {}; do not edit it by hand."
_REGISTER = (
    "What reaches or guards each row, card, ruling and claim stands in the "
    "[coverage register](coverage.md)."
)
_UNSIGNED = "Decision support, not a diagnosis; nothing here is signed off unless its page says so."
_CAP = (
    "Emergencies and urgent cards are never cut; routine cards fill up to {most} in all. What is "
    "withheld is named on the card that withheld it."
)
_DOCUMENTS = "Judged claim by claim on the topic pages; no card cites one of them."


def _topics(library: Library, patients: Sequence[Worked]) -> list[str]:
    head = ("Topic", "Purpose", "Rows", "Cards", *(("Worked patients",) if patients else ()))
    rows = []
    for name, file in library.topics.items():
        cards = {card for card, topic in library.topic_of_card.items() if topic == name}
        told = sum(p.concerns({row.state for row in file.row}, cards) for p in patients)
        title = f"[{file.title}]({_file(name)}.md)"
        row = (title, text(file.purpose), f"{len(file.row)}", f"{len(cards)}", f"{told}")
        rows.append(row[: len(head)])
    rows.sort(key=lambda row: row[0].lower())
    return table(head, rows)


def _order(library: Library) -> list[str]:
    order = library.triage.order
    tiers = (("Emergency", order.emergency), ("Urgent", order.urgent), ("Routine", order.routine))
    return [f"- **{tier}:** {', '.join(cards)}" for tier, cards in tiers]


def _deferrals(library: Library) -> list[str]:
    sentences = library.sentences["deferred"]
    rows = [
        (
            ", ".join((*line.tiers, *line.states, *line.vascular)),
            ", ".join((*line.drops_tiers, *line.drops_topics, *line.drops_cards)),
            ", ".join((*line.keeps, *line.silent_keeps)) or "–",
            text(str(sentences[line.id])),
        )
        for line in library.triage.defer
    ]
    return table(("While there is", "withheld", "kept", "Sentence"), rows)


def _windows(library: Library) -> list[str]:
    rows = [
        (f"`{name}`", span(window), text(window.meaning), window.status)
        for name, window in library.shared_windows.items()
    ]
    return table(("Name", "Value", "Meaning", "Status"), rows)


def _documents(library: Library) -> list[str]:
    documents = library.literature.documents.values()
    return [f"- **{text(d.title)}:** {text(d.interest)}" for d in documents]
