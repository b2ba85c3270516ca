"""The detail of a card: its text, the notes, the reasons with dates, what is missing, evidence."""

from collections.abc import Iterator
from datetime import datetime

from cds_service.clinical.assessment import Note
from cds_service.clinical.fact import Facts, Outcome, Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.moment import Moment
from cds_service.clinical.triage import Placed
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.writing.markdown import quoted
from cds_service.writing.values import Formatter, number, when
from cds_service.writing.wordings import Wordings


def detail(
    placed: Placed, words: Wordings, already: tuple[str, ...], facts: Facts, library: Library
) -> str:
    """All paragraphs in the order a busy reader needs them.

    `already` are the labels of suggestions dropped because an equal order is open.
    """
    assessment = placed.assessment
    formatter = Formatter(library, summary=False)
    heads = library.sentences["sections"]
    topic = assessment.topic
    sections = (
        (heads["why"], [_reason(f, library) for f in assessment.findings]),
        (heads["missing"], [_unknown(f, library) for f in assessment.unknown]),
        (
            heads["notes"],
            [
                *_notes(assessment.notes, topic, formatter, library),
                *_lines(placed, already, library),
            ],
        ),
        ("", [formatter.fill(Template.compile(words.body), dict(assessment.values))]),
        (heads["gaps"], list(_gaps(facts, topic, library))),
        (heads["deferred"], list(_deferred(placed, library))),
        (heads["evidence"], list(_evidence(words.evidence, topic, library))),
    )
    paragraphs = [_section(head, lines) for head, lines in sections if lines]
    footer = Template.compile(str(library.sentences["footer"]["disclaimer"]))
    return "\n\n".join([*paragraphs, f"*{footer.fill({'version': library.version})}*"])


def _section(head: str, lines: list[str]) -> str:
    if not head:
        return "\n\n".join(lines)
    bullets = "\n".join(f"- {line}" for line in lines)
    return f"**{head}**\n\n{bullets}"


def _notes(
    notes: tuple[Note, ...], topic: str, formatter: Formatter, library: Library
) -> Iterator[str]:
    for note in notes:
        template = Template.compile(library.notes[topic][note.id])
        yield formatter.fill(template, dict(note.values))


def _lines(placed: Placed, already: tuple[str, ...], library: Library) -> Iterator[str]:
    if placed.waits:
        yield str(library.sentences["deferred"]["waits"])
    template = Template.compile(str(library.sentences["footer"]["already"]))
    for label in already:
        yield template.fill({"label": label})


def _reason(finding: Finding, library: Library) -> str:
    """One finding with its status, side, date and kind of source."""
    statement = finding.evidence[0] if finding.evidence else None
    parts = [_phrase(finding, statement, library)]
    if finding.side.value != "unspecified":
        parts.append(str(library.sentences["sides"]["side"][finding.side.value]))
    if statement is not None:
        parts.append(_dated(statement, library))
    return " · ".join(parts)


def _unknown(finding: Finding, library: Library) -> str:
    """One item that could still change the verdict, with the reason why it is not known."""
    newest = max((s.noted for s in finding.evidence if s.noted), key=_last, default=None)
    date = when(newest) if newest else str(library.sentences["fallback"]["no_date"])
    reason = library.sentences["unknown"][finding.reason or Unknown.NOT_RECORDED]
    return f"{library.display(finding.id)}: {Template.compile(reason).fill({'date': date})}"


def _last(moment: Moment) -> datetime:
    return moment.last


def _phrase(finding: Finding, statement: Statement | None, library: Library) -> str:
    known = library.findings.finding.get(finding.id)
    name = library.display(finding.id)
    if statement is not None and statement.quantity is not None and not known:
        return f"{name}: {_measured(statement)}"
    if statement is not None and finding.id == "anticoag" and statement.label:
        return f"{name}: {quoted(statement.label)}"
    own = {Status.PRESENT: known.present, Status.ABSENT: known.absent} if known else {}
    word = library.sentences["status"][finding.status.value]
    return (own.get(finding.status) or f"{name}: {word}") + _measurements(finding, library)


def _measurements(finding: Finding, library: Library) -> str:
    """The numbers behind a finding, with their sides."""
    sides = library.sentences["sides"]["side"]
    measured = [
        f"{sides[s.side.value]} {_measured(s)}" if s.side.one_sided else _measured(s)
        for s in finding.evidence
        if s.quantity is not None
    ]
    return f" ({', '.join(measured)})" if measured else ""


def _measured(statement: Statement) -> str:
    """Canonical units are ours; a unit kept as recorded is quoted."""
    quantity = statement.quantity
    if quantity is None:
        return ""
    if statement.finding == "reader:d_dimer":
        unit = quantity.unit or quantity.code
        return quoted(f"{quantity.comparator}{quantity.value:g} {unit}".strip())
    return f"{number(quantity.value)} {quantity.unit}"


def _dated(statement: Statement, library: Library) -> str:
    kind = statement.source.partition("/")[0]
    source = library.sentences.get("kinds", {}).get(kind, kind)
    if statement.noted is None:
        return f"{library.sentences['fallback']['no_date']} ({source})"
    return f"{when(statement.noted)} ({source})"


def _gaps(facts: Facts, topic: str, library: Library) -> Iterator[str]:
    """Queries the topic reads that were not answered in full; all of them for the service."""
    reads = tuple(facts.queries or {}) if topic == SERVICE else library.topics[topic].reads
    names, footer = library.sentences["queries"], library.sentences["footer"]
    for key in reads:
        outcome = (facts.queries or {}).get(key, Outcome.COMPLETE)
        if outcome is not Outcome.COMPLETE:
            sentence = footer["partial" if outcome is Outcome.PARTIAL else "unread"]
            yield Template.compile(str(sentence)).fill({"query": str(names[key])})
    if facts.text_only:
        yield Template.compile(str(footer["text_only"])).fill({"count": str(facts.text_only)})


def _deferred(placed: Placed, library: Library) -> Iterator[str]:
    """One sentence per reason, naming what was withheld."""
    by_reason: dict[str, list[str]] = {}
    for withheld in placed.deferring:
        card = library.cards[str(withheld.assessment.card)]
        by_reason.setdefault(str(withheld.because), []).append(card.short)
    for reason, names in by_reason.items():
        template = Template.compile(str(library.sentences["deferred"][reason]))
        yield template.fill({"cards": ", ".join(names)})


def _evidence(keys: tuple[str, ...], topic: str, library: Library) -> Iterator[str]:
    for key in keys:
        entry = library.evidence.get(topic, {}).get(key)
        if entry is not None:
            doubt = "" if entry.confirmed == "seen" else f", {entry.confirmed}"
            yield f"{key}: {entry.citation} ({entry.kind}{doubt})"
