"""Treatments, disagreements and claims of one topic as Markdown."""

from cds_service.content.book.markdown import section, table, text
from cds_service.content.library import Library


def treatments(library: Library, topic: str) -> list[str]:
    """How strong the case for each treatment is, context by context."""
    literature = library.literature
    rows = [
        (
            text(entry.name),
            f"**{text(literature.levels[entry.level])}.** {text(entry.says)}",
            *(_context(library, topic_context) for topic_context in _contexts(library, key)),
        )
        for key, entry in literature.treatments_of(topic).items()
    ]
    head = ("Treatment", "What a card may say", *(text(c) for c in literature.contexts.values()))
    lead = "No card prescribes; a draft referral to physiotherapy is the most one offers."
    return section("Treatments, with honest strength", table(head, rows), lead)


def _contexts(library: Library, treatment: str) -> list[tuple[str, str, tuple[str, ...]]]:
    literature = library.literature
    known = literature.treatments[treatment].context
    named = {str(name): context for name, context in known.items()}
    return [
        (named[name].level, named[name].says, named[name].evidence)
        if name in named
        else ("", "", ())
        for name in literature.contexts
    ]


def _context(library: Library, context: tuple[str, str, tuple[str, ...]]) -> str:
    level, says, evidence = context
    if not level:
        return "–"
    strength = library.literature.levels[level].partition(":")[0].lower()
    return f"{strength}: {text(says)}{_cited(evidence)}"


def _cited(evidence: tuple[str, ...]) -> str:
    return f" [{', '.join(evidence)}]" if evidence else ""


def disagreements(library: Library, topic: str) -> list[str]:
    """Who contradicts whom, and what this service does about it."""
    lines: list[str] = []
    for entry in library.literature.disagreements_of(topic).values():
        lines += [f"**{text(entry.question)}**", ""]
        lines += [
            f"- {text(position.who)}: {text(position.says)}{_cited(position.evidence)}"
            for position in entry.position
        ]
        lines += ["", f"Here: {text(entry.here)}", ""]
    return section("Where sources disagree", lines[:-1])


def claims(library: Library, topic: str) -> list[str]:
    """What the source documents claim on this topic, and what became of it."""
    literature = library.literature
    rows = [
        (
            key,
            text(claim.claim),
            ", ".join(literature.documents[name].title for name in claim.documents),
            f"**{claim.verdict}:** {text(claim.reason)}{_cited(claim.evidence)}",
            answer(library, key),
        )
        for key, claim in literature.claims_of(topic).items()
    ]
    head = ("Claim", "In our words", "Said by", "Verdict", "Reflected or left out")
    return section("Claims of the source documents", table(head, rows))


def answer(library: Library, key: str) -> str:
    """Where a claim is reflected, or why it is left out."""
    claim = library.literature.claims[key]
    places = [
        f"{place.kind} `{place.name}`" + (f": “{text(place.phrase)}”" if place.phrase else "")
        for place in claim.reflected
    ]
    if claim.left_out:
        places.append(f"left out: {text(claim.left_out)}")
    return "; ".join(places)
