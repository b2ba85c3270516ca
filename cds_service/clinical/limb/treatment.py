"""Whether a limb is already in the hands of surgeons (ruling 18)."""

from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side


def in_surgical_hands(findings: Findings, rules: TopicRules, leg: Side) -> bool:
    """Admitted to vascular or general surgery, or this leg treated, within the window."""
    lately = rules.windows["treated"]
    admitted = any(
        visit.surgical
        and visit.inpatient
        and visit.in_progress
        and visit.start is not None
        and visit.start.within(lately, findings.as_of)
        for visit in findings.facts.visits
    )
    return admitted or any(
        findings.present(name, leg, window=lately) for name in rules.groups["treatments"]
    )
