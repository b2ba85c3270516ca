"""One line per finding: what decided, when and from where; or what is not known, and why."""

from datetime import datetime

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.moment import Moment
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.writing.markdown import quoted
from cds_service.writing.values import number, when

_RATIO = "1"


def recorded(finding: Finding, library: Library) -> str:
    """One finding with its status, side, date and kind of source."""
    statement = finding.evidence[0] if finding.evidence else None
    parts = [_phrase(finding, statement, library)]
    if finding.side.value != "unspecified":
        parts.append(str(library.sentences["sides"]["side"][finding.side.value]))
    if statement is not None:
        parts.append(_dated(statement, library))
    return " · ".join(parts)


def not_known(finding: Finding, library: Library) -> str:
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
        return f"{name}: {_measured(statement, library)}"
    if statement is not None and finding.id == "anticoag" and statement.label:
        return f"{name}: {quoted(statement.label)}"
    own = {Status.PRESENT: known.present, Status.ABSENT: known.absent} if known else {}
    word = library.sentences["status"][finding.status.value]
    return (own.get(finding.status) or f"{name}: {word}") + _measurements(finding, library)


def _measurements(finding: Finding, library: Library) -> str:
    """The numbers behind a finding, with their sides."""
    sides = library.sentences["sides"]["side"]
    measured = [
        f"{sides[s.side.value]} {_measured(s, library)}"
        if s.side.one_sided
        else _measured(s, library)
        for s in finding.evidence
        if s.quantity is not None
    ]
    return f" ({', '.join(measured)})" if measured else ""


def _measured(statement: Statement, library: Library) -> str:
    """Canonical units are ours; a unit kept as recorded is quoted. A ratio has no unit."""
    quantity = statement.quantity
    if quantity is None:
        return ""
    if statement.finding == "reader:d_dimer":
        unit = quantity.unit or quantity.code
        return quoted(f"{quantity.comparator}{quantity.value:g} {unit}".strip())
    model = library.units.get(statement.finding)
    value = number(quantity.value, model.decimals if model else None)
    return value if quantity.unit == _RATIO else f"{value} {quantity.unit}"


def _dated(statement: Statement, library: Library) -> str:
    kind = statement.source.partition("/")[0]
    source = library.sentences.get("kinds", {}).get(kind, kind)
    if statement.noted is None:
        return f"{library.sentences['fallback']['no_date']} ({source})"
    return f"{when(statement.noted)} ({source})"
