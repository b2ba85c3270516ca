"""Wells items 4 to 8: the examination of the index leg."""

from dataclasses import replace

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side

CALF = "calf_swelling_3cm"
CIRCUMFERENCE = "calf_circumference"
# Enough to undo binary fractions, and never to round up what was measured.
_DECIMALS = 6


def sign(findings: Findings, item: str, leg: Side) -> Finding:
    """A sign of this leg; one recorded on the other leg leaves it unknown (ruling 48)."""
    return findings.of(item, leg)


def pitting_edema(findings: Findings, leg: Side) -> Finding:
    """Pitting confined to the index leg: both legs pitting is absent for the item."""
    item = "pitting_edema"
    found = findings.of(item, leg)
    both = findings.of(item, Side.LEFT).present and findings.of(item, Side.RIGHT).present
    sided = any(statement.side.one_sided for statement in found.evidence)
    bilateral = any(statement.side is Side.BOTH for statement in found.evidence)
    if found.present and (bilateral or (both and sided)):
        return Finding(item, Status.ABSENT, Side.BOTH, found.evidence)
    return found


def calf_difference(findings: Findings, rules: TopicRules, leg: Side) -> Finding:
    """The newer of a recorded answer and two measured circumferences; present wins a tie."""
    recorded = findings.of(CALF, leg)
    measured = _measured(findings, rules, leg)
    if measured is None:
        return _unreadable(findings, rules, recorded)
    if recorded.unknown:
        return measured
    newer = _time(measured) - _time(recorded)
    if newer == 0:
        return recorded if recorded.present else measured
    return measured if newer > 0 else recorded


def _unreadable(findings: Findings, rules: TopicRules, recorded: Finding) -> Finding:
    """Circumferences in a unit that cannot be trusted explain why the item is unknown."""
    refused = tuple(
        s
        for s in findings.statements(CIRCUMFERENCE)
        if s.unit_refused and s.noted and s.noted.within(rules.windows["exam_sign"], findings.as_of)
    )
    if not (refused and recorded.unknown):
        return recorded
    return replace(recorded, evidence=refused, reason=Unknown.UNIT_NOT_READABLE)


def larger_calf(findings: Findings, rules: TopicRules) -> tuple[Side, float] | None:
    """The side of the larger calf and the difference in cm, None when it was not measured."""
    pair = _newest_pair(findings, rules)
    if pair is None:
        return None
    left, right = (_centimeters(statement) for statement in pair)
    difference = round(abs(left - right), _DECIMALS)
    return (Side.LEFT if left > right else Side.RIGHT), difference


def measured_sign(findings: Findings, rules: TopicRules) -> Statement | None:
    """A measured difference as a sign of the larger leg, like a recorded answer."""
    larger = larger_calf(findings, rules)
    if larger is None:
        return None
    leg = larger[0]
    found = calf_difference(findings, rules, leg)
    if not found.present or leg not in (found.side, Side.BOTH):
        return None
    evidence = found.evidence[0]
    return Statement(
        finding=CALF,
        status=Status.PRESENT,
        source=evidence.source,
        side=leg,
        noted=evidence.noted,
        onset=evidence.onset,
        onset_assumed=True,
        in_encounter=evidence.in_encounter,
    )


def _measured(findings: Findings, rules: TopicRules, leg: Side) -> Finding | None:
    """Never rounded up: 3.0 cm is present, 2.9 cm absent."""
    pair = _newest_pair(findings, rules)
    larger = larger_calf(findings, rules)
    if pair is None or larger is None:
        return None
    side, difference = larger
    enough = difference >= rules.thresholds["calf_difference"]
    status = Status.PRESENT if enough and side.covers(leg) else Status.ABSENT
    newest = sorted(pair, key=lambda s: s.noted.last if s.noted else findings.as_of, reverse=True)
    return Finding(CALF, status, side if status is Status.PRESENT else leg, tuple(newest))


def _newest_pair(findings: Findings, rules: TopicRules) -> tuple[Statement, Statement] | None:
    """Left and right, both in the examination window and within a day of each other."""
    newest: dict[Side, tuple[Moment, Statement]] = {}
    for statement in findings.statements(CIRCUMFERENCE):
        noted = statement.noted
        if noted is None or statement.quantity is None or not statement.side.one_sided:
            continue
        if statement.preliminary or statement.issued_only:
            continue
        if not noted.within(rules.windows["exam_sign"], findings.as_of):
            continue
        held = newest.get(statement.side)
        if held is None or noted.last >= held[0].last:
            newest[statement.side] = (noted, statement)
    if len(newest) < len((Side.LEFT, Side.RIGHT)):
        return None
    (on_left, left), (on_right, right) = newest[Side.LEFT], newest[Side.RIGHT]
    close = abs(on_left.last - on_right.last) <= rules.windows["circumference_pair"]
    return (left, right) if close else None


def _centimeters(statement: Statement) -> float:
    return statement.quantity.value if statement.quantity else 0.0


def _time(finding: Finding) -> float:
    return finding.noted.last.timestamp() if finding.noted else 0.0
