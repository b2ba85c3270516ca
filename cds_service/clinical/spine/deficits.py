"""Objective deficits of the legs, without those that are old or symmetrical."""

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Findings
from cds_service.clinical.side import Side

MOTOR, REFLEX, SENSORY = "motor_deficit", "reflex_reduced", "sensory_deficit"
_STABLE = "motor_longstanding_stable"


def motor(findings: Findings, side: Side | None) -> Finding:
    """Power of a root group; MRC 4 or less is a deficit, a long-standing one is unknown."""
    found = findings.of(MOTOR, side)
    graded = _graded(findings, side)
    if graded is not None and (found.unknown or graded.present):
        found = graded
    stable = findings.of(_STABLE, side)
    if found.present and stable.present:
        return Finding(MOTOR, Status.UNKNOWN, found.side, found.evidence)
    return found


def _graded(findings: Findings, side: Side | None) -> Finding | None:
    """MRC grades as evidence: 5 is full power, anything less a deficit."""
    full_power = 5
    grades = [
        s
        for s in findings.statements("mrc")
        if s.quantity is not None and (side is None or s.side.covers(side)) and s.noted
    ]
    if not grades:
        return None
    newest = max(grades, key=lambda s: s.noted.last if s.noted else findings.as_of)
    weak = newest.quantity is not None and newest.quantity.value < full_power
    return Finding(MOTOR, Status.PRESENT if weak else Status.ABSENT, newest.side, (newest,))


def reflexes(findings: Findings, side: Side | None) -> Finding:
    """Reduced against the other side; symmetrical ones are negative (ruling 52)."""
    found = findings.of(REFLEX, side)
    return _unless_symmetrical(findings, found, "reflex_symmetrical")


def sensation(findings: Findings, side: Side | None) -> Finding:
    """Objective loss; a stocking pattern is recorded and negative (ruling 52)."""
    found = findings.of(SENSORY, side)
    return _unless_symmetrical(findings, found, "symmetrical_distal_sensory")


def _unless_symmetrical(findings: Findings, found: Finding, pattern: str) -> Finding:
    symmetrical = findings.of(pattern)
    if symmetrical.present and not (found.present and found.side.one_sided):
        evidence: tuple[Statement, ...] = symmetrical.evidence + found.evidence
        return Finding(found.id, Status.ABSENT, found.side, evidence)
    return found


def bilateral_leg_deficit(findings: Findings) -> Finding:
    """A deficit recorded in both legs, symmetric neuropathy and old weakness left out."""
    recorded = findings.of("bilateral_leg_deficit")
    if recorded.present:
        return recorded
    left, right = (
        tuple(d for d in _asymmetric(findings, side) if d.present)
        for side in (Side.LEFT, Side.RIGHT)
    )
    if not left or not right:
        return recorded
    evidence = tuple(s for d in (*left, *right) for s in d.evidence)
    sides = {s.side for s in evidence}
    if sides <= {Side.UNSPECIFIED}:
        return recorded
    both = Side.BOTH in sides or {Side.LEFT, Side.RIGHT} <= sides
    if not both:
        return recorded
    unique = tuple({s.source + s.finding: s for s in evidence}.values())
    return Finding("bilateral_leg_deficit", Status.PRESENT, Side.BOTH, unique)


def _asymmetric(findings: Findings, side: Side) -> tuple[Finding, ...]:
    return (motor(findings, side), reflexes(findings, side), sensation(findings, side))
