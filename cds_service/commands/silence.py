"""Why the service stayed silent: which complaint was seen, and why it did not count."""

from collections.abc import Iterator

from cds_service.clinical.engine import find
from cds_service.clinical.fact import Facts, Statement, Status, Strength
from cds_service.clinical.findings import Findings
from cds_service.content.library import Library
from cds_service.pipeline import Advice
from cds_service.writing.values import when

_GATE = "gate"


def reasons(advice: Advice, library: Library) -> Iterator[str]:
    """One sentence per state, then one per complaint on record that did not count."""
    for placed in advice.placed:
        row = placed.assessment.row
        if not placed.shown:
            situation = _situation(placed.assessment.topic, row.id, library)
            held = f"; withheld by {placed.deferred_by}" if placed.deferred_by else ""
            yield f"{placed.assessment.topic}: {placed.assessment.state} ({situation}){held}"
    yield from _complaints(advice.facts, library)
    if advice.facts.text_only:
        yield f"{advice.facts.text_only} entries have no code; free text is never read"


def _situation(topic: str, row: str, library: Library) -> str:
    return next(r.situation for r in library.topics[topic].row if r.id == row)


def _complaints(facts: Facts, library: Library) -> Iterator[str]:
    findings = find(facts, library.rulebook)
    groups = library.rulebook.topics[_GATE].groups
    names = (*groups["pain"], *groups["vascular"], *groups["painless"])
    seen: set[str] = set()
    for name in names:
        counting = {s.source for s in findings.of(name).evidence if findings.present(name)}
        for statement in findings.statements(name):
            line = f"{library.display(statement.finding)}: {_why(statement, counting, findings)}"
            if line not in seen:
                seen.add(line)
                yield line


def _why(statement: Statement, counting: set[str], findings: Findings) -> str:
    """The first reading rule that keeps an entry from counting."""
    dated = f"last recorded {when(statement.noted)}" if statement.noted else "without a date"
    return f"{_verdict(statement, counting, findings)} ({statement.source}, {dated})"


def _verdict(statement: Statement, counting: set[str], findings: Findings) -> str:
    as_of = f"{findings.as_of.day} {findings.as_of:%b %Y}"
    verdicts = (
        ("recorded absent", statement.status is Status.ABSENT),
        ("resolved or inactive, history only", statement.current is False),
        ("no readable value", statement.status is Status.UNKNOWN),
        ("counts", statement.source in counting),
        ("unspecific code that needs a leg site or a side", statement.strength is Strength.WEAK),
        ("another entry decides", findings.recent(statement)),
    )
    return next((said for said, so in verdicts if so), f"outside its window as of {as_of}")
