"""The page of one topic: criteria, decision table, cards, numbers, worked patients, doubts."""

from collections.abc import Mapping, Sequence

from cds_service.content.book.findings import Reading
from cds_service.content.book.literature_pages import claims, disagreements, treatments
from cds_service.content.book.markdown import section, some, table, text
from cds_service.content.book.worked import Worked
from cds_service.content.doubts import doubts, span
from cds_service.content.library import Library
from cds_service.content.models.card import CardFile, Wording
from cds_service.content.models.topic import RowModel, Threshold, Window

_MOST_NAMED = 4


def topic_page(
    library: Library, topic: str, patients: Sequence[Worked], findings: Sequence[Reading]
) -> str:
    """The page as Markdown."""
    file = library.topics[topic]
    dates = f"reviewed {file.reviewed}, next review {file.next_review}"
    signed = "Signed off." if file.signed_off else "**Not signed off by a clinician yet.**"
    lines = [
        f"# {file.title}",
        "",
        text(file.purpose),
        "",
        f"{signed} Version {file.version}, {dates}; owner: {text(file.owner)}.",
        "",
        *_leaflets(library, topic, linked=bool(patients)),
        *section(
            "Criteria", _criteria(topic, library, findings), "Findings that this topic reads."
        ),
        *section("Decision table", _rows(topic, library, patients), _FIRST),
        *section("Cards", _cards(topic, library)),
        *section("Sentences added when the chart calls for them", _notes(topic, library)),
        *section("Thresholds and windows", _numbers(topic, library)),
        *section("Worked patients", _patients(_told(library, topic, patients)), _PASSING),
        *section("Local policy, and what was not verified", _doubts(topic, library), _TO_SETTLE),
        *disagreements(library, topic),
        *treatments(library, topic),
        *claims(library, topic),
        *section("Evidence", _evidence(topic, library)),
    ]
    return "\n".join(lines).rstrip() + "\n"


_FIRST = "Rows are tried from top to bottom; the first that applies decides."
_PASSING = "Each was run when this page was made, and got what stands here."
_TO_SETTLE = "To be settled by a clinician before clinical use."


def _leaflets(library: Library, topic: str, *, linked: bool) -> list[str]:
    """Where the text for patients stands, in each language; `linked` beside the content only."""
    written = library.leaflets.by_topic.get(topic, {}).values()
    names = library.leaflets.words
    told = [
        f"[{names[one.language].name}](../../cards/{one.name})"
        if linked
        else names[one.language].name
        for one in written
    ]
    return [f"Leaflet for patients: {', '.join(told)}.", ""] if told else []


def _criteria(topic: str, library: Library, findings: Sequence[Reading]) -> list[str]:
    known = library.findings.finding
    rows = [
        (
            f"`{finding.id}`",
            text(finding.display),
            known[finding.id].reading,
            f"{known[finding.id].window_days} days"
            if known[finding.id].window_days
            else "for life",
        )
        for finding in findings
        if topic in finding.topics
    ]
    return table(("Finding", "Shown as", "Read as", "Counts for"), rows)


def _rows(topic: str, library: Library, patients: Sequence[Worked]) -> list[str]:
    reached: Mapping[str, list[str]] = {
        row.id: [p.id for p in patients if (topic, row.id) in p.rows]
        for row in library.topics[topic].row
    }
    head = ("Row", "Situation", "State", "Card", *(("Reached by",) if patients else ()))
    rows = [
        (
            f"`{row.id}`",
            text(row.situation),
            row.state,
            _shows(row, library),
            some(reached[row.id], _MOST_NAMED) or "see [coverage](coverage.md)",
        )[: len(head)]
        for row in library.topics[topic].row
    ]
    return table(head, rows)


def _shows(row: RowModel, library: Library) -> str:
    if row.card is None:
        return "silent"
    shown = f"{row.indicator}: [{row.card}](#{row.card})"
    return f"switched off here: {shown}" if row.card in library.switched_off else shown


def _cards(topic: str, library: Library) -> list[str]:
    lines: list[str] = []
    for card in library.cards.values():
        if library.topic_of_card[card.id] == topic:
            lines += _card(card, library)
    return lines[:-1]


def _card(card: CardFile, library: Library) -> list[str]:
    lines = [f"### {card.id}", "", f"**{card.summary}**", "", *_quoted(card.body), ""]
    if card.leaflet:
        lines += ["Links the leaflet for patients.", ""]
    offered = [f"{s.label} ({s.priority})" for s in card.suggestion]
    if offered:
        lines += [f"Drafts offered: {'; '.join(offered)}.", ""]
    cited = f"; evidence {', '.join(card.evidence)}" if card.evidence else ""
    lines += [f"Source: {library.sources[card.source].label}{cited}.", ""]
    wordings = {"US wording": card.us, **{f"Variant {n}": w for n, w in card.variant.items()}}
    for name, wording in wordings.items():
        if wording:
            lines += _wording(name, wording, library)
    return lines


def _wording(name: str, wording: Wording, library: Library) -> list[str]:
    """What a wording changes; whatever it does not name stays as above."""
    summary = f" **{wording.summary}**" if wording.summary else ""
    source = f" Source: {library.sources[wording.source].label}." if wording.source else ""
    leaflet = " Links no leaflet." if wording.leaflet is False else ""
    body = [*_quoted(wording.body), ""] if wording.body else []
    return [f"{name}:{summary}{source}{leaflet}", "", *body]


def _quoted(body: str) -> list[str]:
    return [f"> {line}".rstrip() for line in body.strip().splitlines()]


def _notes(topic: str, library: Library) -> list[str]:
    return [f"- `{key}`: {text(note)}" for key, note in library.notes.get(topic, {}).items()]


def _numbers(topic: str, library: Library) -> list[str]:
    file = library.topics[topic]
    rows: list[tuple[str, str, str, Threshold | Window]] = [
        (name, f"{t.value:g} {t.unit}", f"{t.allowed[0]:g} to {t.allowed[1]:g}", t)
        for name, t in file.thresholds.items()
    ]
    rows += [
        (name, span(w), f"{w.allowed[0]} to {w.allowed[1]}", w) for name, w in file.windows.items()
    ]
    return table(
        ("Name", "Value", "A site may set", "Meaning", "Status", "Evidence"),
        [
            (f"`{name}`", value, allowed, text(n.meaning), n.status, ", ".join(n.evidence) or "–")
            for name, value, allowed, n in rows
        ],
    )


def _told(library: Library, topic: str, patients: Sequence[Worked]) -> list[Worked]:
    states = {row.state for row in library.topics[topic].row}
    cards = {card for card, home in library.topic_of_card.items() if home == topic}
    return [patient for patient in patients if patient.concerns(states, cards)]


def _patients(patients: Sequence[Worked]) -> list[str]:
    rows = [
        (
            f"**{patient.id}** {text(patient.title)}",
            text(patient.says),
            "<br>".join(f"{s.indicator}: {text(s.summary)}" for s in patient.shown) or "no card",
            text(patient.why),
        )
        for patient in patients
    ]
    return table(("Patient", "The record says", "Cards", "Why"), rows)


def _doubts(topic: str, library: Library) -> list[str]:
    return [
        f"- **{doubt.kind}** {text(doubt.subject)}: {text(doubt.text)}"
        for doubt in doubts(library, topic)
    ]


def _evidence(topic: str, library: Library) -> list[str]:
    keys = sorted({*library.evidence.get(topic, {}), *library.literature.cited(topic)})
    entries = [(key, library.entry(key, topic)) for key in keys]
    return [
        f"- **{key}** {text(e.citation)}. {text(e.claim)} ({e.kind}, {e.year}; {e.confirmed}"
        + (f"; <{e.url}>)" if e.url else ")")
        for key, e in entries
    ]
