"""The clinical book: every page by file name, and the holes of its coverage register."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cds_service.content.doubts import span
from cds_service.content.library import Library
from cds_service.content.load import load_library
from tests.book.coverage import register
from tests.book.findings import readings
from tests.book.guards import guards
from tests.book.markdown import section, table, text
from tests.book.patients import Patient, worked_patients
from tests.book.topic_page import topic_page

FOLDER = Path(__file__).parents[2] / "docs" / "clinical-book"


@dataclass(frozen=True, slots=True)
class Book:
    """File name → text; `holes` are sentences of the coverage register."""

    pages: dict[str, str]
    holes: tuple[str, ...]


def make_book() -> Book:
    """The book of the content and tests as they stand.

    Raises FailingPatientError when a worked patient does not get what it should.
    """
    library = load_library()
    patients = worked_patients()
    findings = readings(library)
    coverage = register(library, patients, guards(), findings)
    pages = {
        "index.md": _index(library, patients),
        "coverage.md": "\n".join(coverage.lines).rstrip() + "\n",
    }
    for topic in library.topics:
        pages[f"{_file(topic)}.md"] = topic_page(library, topic, patients, findings)
    return Book(pages, tuple(coverage.holes))


def _file(topic: str) -> str:
    return topic.strip("_")


def _index(library: Library, patients: Sequence[Patient]) -> str:
    rows = sum(len(file.row) for file in library.topics.values())
    size = f"{len(library.cards)} cards, {rows} decision rows, {len(patients)} worked patients."
    lines = [
        "# Clinical book",
        "",
        _INTRODUCTION,
        "",
        f"{size} {_REGISTER}",
        "",
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
    "with their evidence, worked patients, what is local policy or unverified, where sources "
    "disagree, and treatments with honest strength. Made by `make book` from "
    "[`cards/`](../../cards/README.md) and the worked patients; do not edit it by hand."
)
_REGISTER = (
    "What reaches or guards each row, card, ruling and claim stands in the "
    "[coverage register](coverage.md). Decision support, not a diagnosis; nothing here is signed "
    "off unless its page says so."
)
_CAP = (
    "Emergencies and urgent cards are never cut; routine cards fill up to {most} in all. What is "
    "withheld is named on the card that withheld it."
)
_DOCUMENTS = "Judged claim by claim on the topic pages; no card cites one of them."


def _topics(library: Library, patients: Sequence[Patient]) -> list[str]:
    rows = []
    for name, file in library.topics.items():
        cards = {card for card, topic in library.topic_of_card.items() if topic == name}
        told = sum(p.concerns({row.state for row in file.row}, cards) for p in patients)
        title = f"[{file.title}]({_file(name)}.md)"
        rows.append((title, text(file.purpose), f"{len(file.row)}", f"{len(cards)}", f"{told}"))
    rows.sort(key=lambda row: row[0].lower())
    return table(("Topic", "Purpose", "Rows", "Cards", "Worked patients"), rows)


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
