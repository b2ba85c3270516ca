"""Why nothing more is shown: what was assessed and kept silent, and what could not be read."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.content.library import Library
from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo.explanation import Assessed, Explanation
from cds_service.pages.demo.fhir_text import objects, text

_LAY = ("Patient/", "RelatedPerson/")
_OUTCOMES = {
    "failed": "could not be read",
    "partial": "was read in part only",
    "not-asked": "was not supplied",
}


@dataclass(frozen=True, slots=True)
class Silence:
    """One topic that shows no card, and why; `held` names the card that goes before."""

    topic: str
    situation: str
    held: str


def silences(explanation: Explanation | None, library: Library) -> tuple[Silence, ...]:
    """All that was assessed without a card of its own."""
    found = explanation.assessments if explanation else ()
    return tuple(
        Silence(
            topic=library.topics[a.topic].title,
            situation=_situation(a, library),
            held=a.deferred_by,
        )
        for a in found
        if not a.shown and a.topic in library.topics and a.state != "open"
    )


def _situation(assessed: Assessed, library: Library) -> str:
    """The row of the decision table, in its own words."""
    rows = [row for row in library.topics[assessed.topic].row if row.state == assessed.state]
    fitting = [row for row in rows if (row.card or "") == assessed.card] or rows
    words = list(dict.fromkeys(row.situation for row in fitting))
    return " / ".join(words) if len(words) in (1, 2) else assessed.state.replace("-", " ")


def refusal(answer: Answer) -> str:
    """The sentence of an answer that is no list of cards; empty for a good one."""
    if answer.ok:
        return ""
    document = answer.document
    issues = objects(document.get("issue")) if isinstance(document, dict) else []
    details = (issue.get("details") for issue in issues)
    said = (text(d.get("text")) for d in details if isinstance(d, dict))
    return next((sentence for sentence in said if sentence), answer.told)


def lay_user(request: Json) -> bool:
    """Whether a patient or relative is the one who looks."""
    return text(request["context"].get("userId")).startswith(_LAY)


def gaps(explanation: Explanation | None, library: Library) -> Iterator[str]:
    """Every gap as a sentence."""
    for gap in explanation.gaps if explanation else ():
        yield from _gap(gap, library)


def _gap(gap: Json, library: Library) -> Iterator[str]:
    outcome = _OUTCOMES.get(text(gap.get("outcome")), text(gap.get("outcome")))
    if query := text(gap.get("query")):
        yield f"The query “{query}” {outcome}: what it holds stays unknown."
    elif topic := text(gap.get("topic")):
        yield f"The check of {topic} failed; its answer is unknown."
    elif gap.get("entries") == "text-only":
        yield f"Entries without a code, which are never read: {gap.get('count')}."
    elif gap.get("entries") == "skipped":
        yield f"Damaged entries that could not be read: {gap.get('count')}."
    elif gap.get("valueSets") and (findings := gap.get("findings")):
        names = ", ".join(library.display(text(f)) for f in findings)
        yield f"Not all codes are known that could answer: {names}."
