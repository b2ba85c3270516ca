"""One line per finding: what decided, when and from where; or what is not known, and why."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.moment import Moment
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.writing.markdown import quoted
from cds_service.writing.values import number, when

_RATIO, _PAIN_SCORE = "1", "reader:pain_score"


def told_once(
    findings: Iterable[Finding], implied: Mapping[str, tuple[str, ...]]
) -> tuple[Finding, ...]:
    """Each thing once: not what another finding of the same entries implies, nor the same again.

    The same again is the same finding of one side on one day, without a measurement.
    """
    all_ = tuple(findings)
    kept = {
        _mark(f): f
        for f in reversed(all_)
        if not any(_implies(g, f, implied) for g in all_ if g is not f)
    }
    return tuple(f for f in all_ if kept.get(_mark(f)) is f)


def _implies(one: Finding, other: Finding, implied: Mapping[str, tuple[str, ...]]) -> bool:
    return (
        other.id in implied.get(one.id, ())
        and (one.status, one.side) == (other.status, other.side)
        and _sources(other) <= _sources(one)
    )


def _sources(finding: Finding) -> set[str]:
    return {statement.source for statement in finding.evidence}


def _mark(finding: Finding) -> tuple[object, ...]:
    measured = any(s.quantity is not None for s in finding.evidence)
    noted = finding.noted
    day = noted.last.date() if noted and not measured else tuple(sorted(_sources(finding)))
    return finding.id, finding.status, finding.side, day


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
    if statement is not None and statement.moment_value is not None and not known:
        return f"{name}: {when(statement.moment_value)}"
    own = {Status.PRESENT: known.present, Status.ABSENT: known.absent} if known else {}
    word = library.sentences["status"][finding.status.value]
    phrase = own.get(finding.status) or f"{name}: {word}"
    return phrase + _measurements(finding, library) + _kind(finding, library)


def _kind(finding: Finding, library: Library) -> str:
    """What the codes say in words, where the content wants it told."""
    known = library.findings.finding.get(finding.id)
    if known is None or not known.named:
        return ""
    codes = (code for s in finding.evidence for code in s.codes)
    said = dict.fromkeys(text for code in codes if (text := library.codes.wording(code)))
    return f" ({', '.join(quoted(text) for text in said)})" if said else ""


def _measurements(finding: Finding, library: Library) -> str:
    """The numbers and dates behind a finding, with their sides."""
    sides = library.sentences["sides"]["side"]
    measured = [
        f"{sides[s.side.value]} {_measured(s, library)}"
        if s.side.one_sided
        else _measured(s, library)
        for s in finding.evidence
        if s.quantity is not None
    ]
    told = (*measured, *_dates_behind(finding, library))
    return f" ({', '.join(told)})" if told else ""


def _dates_behind(finding: Finding, library: Library) -> tuple[str, ...]:
    """A date that stands for the finding, as a due date does for a pregnancy."""
    return tuple(
        f"{library.display(s.finding)} {when(s.moment_value)}"
        for s in finding.evidence
        if s.moment_value is not None and s.finding != finding.id
    )


def _measured(statement: Statement, library: Library) -> str:
    """Canonical units are ours; a unit kept as recorded is quoted. A ratio or score has none."""
    quantity = statement.quantity
    if quantity is None:
        return ""
    if statement.finding == _PAIN_SCORE:
        return number(quantity.value)
    model = library.units.get(statement.finding)
    if model is None:
        unit = quantity.unit or quantity.code
        return quoted(f"{quantity.comparator}{quantity.value:g} {unit}".strip())
    value = number(quantity.value, model.decimals)
    return value if quantity.unit == _RATIO else f"{value} {quantity.unit}"


def _dated(statement: Statement, library: Library) -> str:
    kind = statement.source.partition("/")[0]
    source = library.sentences.get("kinds", {}).get(kind, kind)
    if statement.noted is None:
        return f"{library.sentences['fallback']['no_date']} ({source})"
    date = when(statement.noted)
    if statement.onset is not None and not statement.onset_assumed:
        begun = Template.compile(str(library.sentences["reasons"]["begun"]))
        if when(statement.onset) != date:
            date = begun.fill({"onset": when(statement.onset), "date": date})
    return f"{date} ({source})"
