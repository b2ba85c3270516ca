"""The detail of a card: its text, the notes, the reasons with dates, what is missing, evidence."""

from collections.abc import Iterator

from cds_service.clinical.assessment import Answered, Assessment, Note
from cds_service.clinical.fact import Facts, Outcome
from cds_service.clinical.finding import Finding
from cds_service.clinical.moment import Moment
from cds_service.clinical.triage import Placed
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.writing.offers import Offers
from cds_service.writing.reasons import not_known, recorded, told_once
from cds_service.writing.values import Formatter, when
from cds_service.writing.wordings import Wordings


def paragraphs(
    placed: Placed, words: Wordings, made: Offers, facts: Facts, library: Library
) -> tuple[str, ...]:
    """All paragraphs of a card's detail in the order a busy reader needs them.

    `made` tells which suggestions were left out, and why.
    """
    assessment = placed.assessment
    formatter = Formatter(library, summary=False)
    heads = library.sentences["sections"]
    topic = assessment.topic
    sections = (
        (heads["why"], [recorded(f, library) for f in _told(assessment, library)]),
        (heads["missing"], [not_known(f, library) for f in assessment.unknown]),
        (
            heads["notes"],
            [
                *_notes(assessment.notes, topic, formatter, library),
                *_lines(placed, made, library),
            ],
        ),
        ("", [formatter.fill(Template.compile(words.body), dict(assessment.values))]),
        (heads["gaps"], list(_gaps(facts, topic, library))),
        (heads["deferred"], list(_deferred(placed, library))),
        (heads["evidence"], list(_evidence(_cited(words, assessment, library), topic, library))),
    )
    footer = Template.compile(str(library.sentences["footer"]["disclaimer"]))
    disclaimer = f"*{footer.fill({'version': library.version})}*"
    return (*(_section(head, lines) for head, lines in sections if lines), disclaimer)


def _told(assessment: Assessment, library: Library) -> tuple[Finding, ...]:
    return told_once(assessment.findings, library.rulebook.implied)


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


def _lines(placed: Placed, made: Offers, library: Library) -> Iterator[str]:
    if placed.waits:
        yield str(library.sentences["deferred"]["waits"])
    if placed.assessment.answered:
        yield _overridden(placed.assessment.answered, library)
    for sentence, labels in (("already", made.ordered), ("offered", made.earlier)):
        template = Template.compile(str(library.sentences["footer"][sentence]))
        for label in labels:
            yield template.fill({"label": label})


def _overridden(answer: Answered, library: Library) -> str:
    """An overridden emergency says when and why it was overridden."""
    reasons = {reason.code: reason.display for reason in library.reasons.reason}
    reason = reasons.get(answer.reason, library.sentences["fallback"]["override_reason"])
    template = Template.compile(str(library.sentences["footer"]["overridden"]))
    return template.fill(
        {"time": when(Moment(answer.at, answer.at), with_time=True), "reason": reason}
    )


def _gaps(facts: Facts, topic: str, library: Library) -> Iterator[str]:
    """Queries the topic reads that were not answered in full; all of them for the service."""
    reads = tuple(facts.queries or {}) if topic == SERVICE else library.topics[topic].queries
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


def _cited(words: Wordings, assessment: Assessment, library: Library) -> tuple[str, ...]:
    """The evidence of the card and of the notes it carries, each once."""
    said = library.note_evidence.get(assessment.topic, {})
    noted = (key for note in assessment.notes for key in said.get(note.id, ()))
    return tuple(dict.fromkeys((*words.evidence, *noted)))


def _evidence(keys: tuple[str, ...], topic: str, library: Library) -> Iterator[str]:
    for key in keys:
        entry = library.evidence.get(topic, {}).get(key)
        if entry is not None:
            doubt = "" if entry.confirmed == "seen" else f", {entry.confirmed}"
            yield f"{key}: {entry.citation} ({entry.kind}{doubt})"
