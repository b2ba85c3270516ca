"""What `content try` tells, for people and as JSON."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from cds_service.commands.assess import LIMITATION
from cds_service.commands.content.trial import Told
from cds_service.commands.content.verdict import Change, Verdict
from cds_service.commands.silence import reasons
from cds_service.ehr.plain import printable
from cds_service.hooks.service import Service
from cds_service.writing.reasons import not_known, recorded

_NO_CHANGE = "no change"


def show(told: Told, service: Service, console: Console) -> None:
    """One block per topic; where no topic opened, why."""
    result = told.trial.result
    dated = f" as of {result.as_of:%d %b %Y %H:%M %Z}" if result.as_of else ""
    of_story = result.path.name == "request.json"
    name = result.path.parent.name if of_story else result.path
    console.rule(f"{name}{dated}")
    if result.advice is None:
        console.print(result.problem)
        return
    lines = [f"Content {service.library.version}."]
    for verdict in told.verdicts:
        lines += _lines(verdict, service)
    if not told.verdicts:
        asked = told.trial.topic
        closed = f"{asked} did not open" if asked else "No topic opened"
        lines += ["", f"{closed}. What was concluded:"]
        lines += [f"  · {line}" for line in reasons(result.advice, service.library)]
    lines += ["", *_differences(told), LIMITATION]
    for line in lines:
        console.print(printable(line))


def _lines(verdict: Verdict, service: Service) -> Iterator[str]:
    made, library = verdict.assessment, service.library
    side = f" · {made.side.value}" if made.side.value != "unspecified" else ""
    yield ""
    yield f"{made.topic}: {verdict.title}{side}"
    yield f"  Row {made.row.id}: {verdict.situation} (state {made.state})"
    yield f"  Result: {verdict.card}"
    for finding in made.findings:
        sources = ", ".join(dict.fromkeys(s.resource for s in finding.evidence))
        yield f"  Found: {recorded(finding, library)}{f' [{sources}]' if sources else ''}"
    for change in (c for c in verdict.changes if c.matters):
        yield f"  Unknown: {not_known(change.finding, library)}"
        if change.if_present == change.if_absent:
            yield f"    if present, and if absent: {change.if_present}"
            continue
        yield f"    if present: {change.if_present or _NO_CHANGE}"
        yield f"    if absent: {change.if_absent or _NO_CHANGE}"
    for lead, names in (
        ("Unknown, no change by itself", [c for c in verdict.changes if c.tried and not c.matters]),
        ("Unknown, a measurement or date", [c for c in verdict.changes if not c.tried]),
    ):
        if names:
            yield f"  {lead}: {', '.join(library.display(c.finding.id) for c in names)}"


def _differences(told: Told) -> Iterator[str]:
    """What this content changes against the one that ships."""
    if told.compared and not told.differences:
        yield "Your change makes no difference to this patient's cards."
    for difference in told.differences:
        for lead, lines in (
            (f"{difference.topic}: with your change:", difference.now),
            ("  shipped:", difference.shipped),
        ):
            yield lead
            yield from (f"    {line}" for line in lines)
    if told.compared:
        yield ""


def as_json(told: Told, service: Service) -> dict[str, Any]:
    """The same for programs; `shipped` only where another content was compared."""
    result = told.trial.result
    shown: dict[str, Any] = {"file": str(result.path), "contentVersion": service.library.version}
    if result.as_of:
        shown["asOf"] = result.as_of.isoformat()
    if result.advice is None:
        return shown | {"problem": result.problem}
    shown["topics"] = [_as_json(verdict, service) for verdict in told.verdicts]
    if told.compared:
        shown["differences"] = [
            {"topic": one.topic, "now": list(one.now), "shipped": list(one.shipped)}
            for one in told.differences
        ]
    return shown


def _as_json(verdict: Verdict, service: Service) -> dict[str, Any]:
    made, library = verdict.assessment, service.library
    return {
        "topic": made.topic,
        "side": made.side.value,
        "state": made.state,
        "row": made.row.id,
        "situation": verdict.situation,
        "card": made.card,
        "indicator": made.row.indicator,
        "shown": verdict.placed.shown,
        "result": verdict.card,
        "found": [
            {
                "finding": finding.id,
                "text": recorded(finding, library),
                "sources": list(dict.fromkeys(s.resource for s in finding.evidence)),
            }
            for finding in made.findings
        ],
        "unknown": [_change(change, service) for change in verdict.changes],
    }


def _change(change: Change, service: Service) -> dict[str, Any]:
    return {
        "finding": change.finding.id,
        "text": not_known(change.finding, service.library),
        "tried": change.tried,
        "ifPresent": change.if_present,
        "ifAbsent": change.if_absent,
    }
