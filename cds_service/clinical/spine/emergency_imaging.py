"""Whether the spinal emergency has been acted on after it began (ruling 4)."""

from cds_service.clinical.fact import Order, Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules

_URGENT = frozenset({"urgent", "asap", "stat"})
_SPINAL = frozenset(
    {
        "reader:spine_mri",
        "order:mri_lumbar",
        "order:mri_spine",
        "order:referral_neurosurgery",
        "order:referral_orthopedics",
        "order:referral_emergency",
    }
)
_IMAGING = frozenset({"reader:spine_mri", "order:mri_lumbar", "order:mri_spine"})


def acted(findings: Findings, rules: TopicRules, onset: Moment | None) -> bool:
    """An urgent MRI placed after the onset, our own answer dated after it, or confirmed and acted.

    An unknown onset is never acted on, and only real instants are compared.
    """
    if _confirmed_and_referred(findings, rules):
        return True
    if onset is None:
        return False
    placed = any(
        order.kinds & _IMAGING
        and _urgent(order)
        and order.authored is not None
        and order.authored.strictly_after(onset)
        and order.authored.within(rules.windows["emergency_imaging"], findings.as_of)
        for order in findings.facts.orders
    )
    answered = any(
        s.status is Status.PRESENT and s.noted is not None and s.noted.strictly_after(onset)
        for s in findings.statements("ces_mri_requested")
    )
    return placed or answered


def spinal_operations(findings: Findings) -> tuple[Statement, ...]:
    """Procedures on the spine that are more than an anesthetic or a puncture."""
    needles = {s.source for s in findings.statements("reader:neuraxial")}
    procedures = findings.statements("recent_spinal_procedure")
    return tuple(s for s in procedures if s.source not in needles)


def _urgent(order: Order) -> bool:
    return order.placed and order.priority in _URGENT


def _confirmed_and_referred(findings: Findings, rules: TopicRules) -> bool:
    """Provisional, unconfirmed and differential diagnoses are triggers, never proof of action."""
    window = rules.windows["confirmed"]
    began = [
        onset
        for s in findings.statements("ces_confirmed")
        if s.status is Status.PRESENT
        and not s.suspected
        and s.current is not False
        and (onset := s.onset or s.noted) is not None
        and onset.within(window, findings.as_of)
    ]
    return any(_acted_since(findings, onset) for onset in began)


def _acted_since(findings: Findings, onset: Moment) -> bool:
    """An urgent order, or a spinal operation, not before the onset."""
    ordered = any(
        order.kinds & _SPINAL
        and _urgent(order)
        and order.authored is not None
        and order.authored.not_before(onset)
        for order in findings.facts.orders
    )
    operated = any(
        s.source.startswith("Procedure/") and s.noted is not None and s.noted.not_before(onset)
        for s in spinal_operations(findings)
    )
    return ordered or operated
