"""The explain extension: every assessment with its reasons, and every gap in the data."""

from typing import Any

from cds_service.clinical.assessment import Answered
from cds_service.clinical.fact import Outcome, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.triage import Placed
from cds_service.content.library import Library
from cds_service.pipeline import Advice

EXTENSION = "org.legpain-cds.explain"


def explained(advice: Advice, library: Library) -> dict[str, Any]:
    """The response's extension."""
    return {EXTENSION: explain(advice, library)}


def explain(advice: Advice, library: Library) -> dict[str, Any]:
    """`contentVersion`, `gaps` and `assessments`; empty members are left out."""
    return _pruned(
        {
            "contentVersion": library.version,
            "gaps": _gaps(advice, library),
            "assessments": [_assessment(placed) for placed in advice.placed],
        }
    )


def _gaps(advice: Advice, library: Library) -> list[dict[str, Any]]:
    facts = advice.facts
    gaps: list[dict[str, Any]] = [
        {"query": key, "outcome": outcome.value}
        for key, outcome in (facts.queries or {}).items()
        if outcome is not Outcome.COMPLETE
    ]
    gaps += [{"topic": crash.topic, "outcome": "failed"} for crash in advice.crashes]
    for name, count in (("text-only", facts.text_only), ("skipped", facts.skipped)):
        if count:
            gaps.append({"entries": name, "count": count})
    return gaps + _not_expanded(advice, library)


def _not_expanded(advice: Advice, library: Library) -> list[dict[str, Any]]:
    """One entry: how many value sets are not whole, and what stays unknown for it (ruling 24)."""
    groups = {row.group for row in library.unexpanded}
    if not groups:
        return []
    fed = {token for row in library.unexpanded for token in row.sets}
    asked = (
        finding
        for placed in advice.placed
        for finding in (*placed.assessment.findings, *placed.assessment.unknown)
    )
    open_ = sorted({finding.id for finding in asked if finding.unknown} & fed)
    return [_pruned({"valueSets": "not-expanded", "count": len(groups), "findings": open_})]


def _assessment(placed: Placed) -> dict[str, Any]:
    assessment = placed.assessment
    score = assessment.score
    return _pruned(
        {
            "topic": assessment.topic,
            "state": assessment.state,
            "card": assessment.card,
            "shown": placed.shown if assessment.card else None,
            "deferredBy": placed.deferred_by,
            "answered": _answered(assessment.answered),
            "side": assessment.side.value if assessment.side.value != "unspecified" else None,
            "score": {"lower": score.lower, "upper": score.upper} if score else None,
            "clusters": {
                name: {"lower": interval.lower, "upper": interval.upper}
                for name, interval in assessment.clusters.items()
            },
            "findings": [_finding(f) for f in (*assessment.findings, *assessment.unknown)],
            "missing": list(assessment.missing),
        }
    )


def _answered(answer: Answered | None) -> dict[str, Any] | None:
    """The feedback that keeps a card quiet, or that an emergency is shown in spite of."""
    if answer is None:
        return None
    until = answer.until.isoformat() if answer.until else None
    members = {"at": answer.at.isoformat(), "reason": answer.reason, "quietUntil": until}
    return _pruned(members | {"quiet": answer.quiet or None})


def _finding(finding: Finding) -> dict[str, Any]:
    reason = finding.reason.value if finding.reason and finding.status is Status.UNKNOWN else None
    return _pruned(
        {
            "id": finding.id,
            "status": finding.status.value,
            "side": finding.side.value,
            "reason": reason,
            "date": _date(finding),
            "evidence": list(dict.fromkeys(s.resource for s in finding.evidence)),
        }
    )


def _date(finding: Finding) -> str | None:
    """When the deciding entry was recorded: a day, or an instant with its offset."""
    noted = finding.noted
    if noted is None:
        return None
    return noted.first.isoformat() if noted.exact else noted.last.date().isoformat()


def _pruned(members: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in members.items() if value not in (None, [], {}, "")}
