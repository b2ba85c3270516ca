"""Objective deficits of the legs, without those that are old or symmetrical."""

from datetime import timedelta

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest, latest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine.pain import began_within

MOTOR, REFLEX, SENSORY = "motor_deficit", "reflex_reduced", "sensory_deficit"
BILATERAL_DEFICIT = "bilateral_leg_deficit"
STABLE = "motor_longstanding_stable"
_POLYNEUROPATHY = "diabetic_polyneuropathy"
_TINGLING, _GAIT = "paresthesia", "gait_disturbance"


def motor(findings: Findings, rules: TopicRules, side: Side | None) -> Finding:
    """Power of a root group; MRC 4 or less is a deficit, a long-standing one is unknown."""
    found = power(findings, side)
    if found.present and longstanding(findings, rules, side).present:
        reason = Unknown.LONGSTANDING
        return Finding(MOTOR, Status.UNKNOWN, found.side, found.evidence, reason)
    return found


def power(findings: Findings, side: Side | None) -> Finding:
    """Power as recorded, whether a deficit is old or new."""
    found = findings.of(MOTOR, side)
    graded = _graded(findings, side)
    if graded is not None and (found.unknown or _newer(graded, found)):
        return graded
    return found


def longstanding(findings: Findings, rules: TopicRules, side: Side | None) -> Finding:
    """Recorded as old and stable, or on the problem list since before the window (ruling 16).

    A problem of the family with a stated onset inside the window is a new one.
    """
    told = findings.of(STABLE, side)
    entries = [
        s
        for s in findings.statements(STABLE, MOTOR)
        if s.status is Status.PRESENT
        and s.current is not False
        and (side is None or s.side.covers(side))
    ]
    if told.absent or any(_says_stable(s) for s in entries):
        return told
    problems = tuple(s for s in entries if s.source.startswith("Condition/"))
    began = earliest(*(earliest(s.onset, s.noted) for s in problems))
    window = rules.windows["longstanding"]
    new = any(
        s.onset is not None and not s.onset_assumed and s.onset.within(window, findings.as_of)
        for s in problems
    )
    if new or began is None or began.within(window, findings.as_of):
        return Finding(STABLE, Status.UNKNOWN, told.side)
    return Finding(STABLE, Status.PRESENT, side or Side.UNSPECIFIED, problems)


def _says_stable(statement: Statement) -> bool:
    return any(code.endswith(f"|{STABLE}") for code in statement.codes)


def _newer(graded: Finding, answered: Finding) -> bool:
    """The newer of grade and answer counts; a deficit wins where their times are equal."""
    if graded.noted is None or answered.noted is None:
        return graded.present
    later = graded.noted.last - answered.noted.last
    return later > timedelta(0) or (not later and graded.present)


def grades(findings: Findings, side: Side | None) -> tuple[Statement, ...]:
    """Power grades of one leg, newest first.

    A doubtful one, a preliminary result for instance, may show a deficit but never full power
    (ruling 27).
    """
    certain = findings.measurements("mrc", side)
    every = findings.measurements("mrc", side, doubtful=True)
    return tuple(s for s in every if s in certain or _shows_weakness(s))


def _shows_weakness(graded: Statement) -> bool:
    """MRC 5 is full power, anything less a deficit; above a bound may be full power."""
    full_power = 5
    quantity = graded.quantity
    return (
        quantity is not None
        and quantity.value < full_power
        and quantity.comparator not in (">", ">=")
    )


def _graded(findings: Findings, side: Side | None) -> Finding | None:
    """Power by the weakest grade of the newest examination."""
    given = grades(findings, side)
    if not given:
        return None
    newest = [s for s in given if s.noted == given[0].noted]
    weakest = min(newest, key=lambda s: (s.quantity.value if s.quantity else 0, s.source))
    weak = _shows_weakness(weakest)
    return Finding(MOTOR, Status.PRESENT if weak else Status.ABSENT, weakest.side, (weakest,))


def reflexes(findings: Findings, side: Side | None) -> Finding:
    """Reduced against the other side; symmetrical ones are negative (ruling 52)."""
    found = _unless_symmetrical(findings, findings.of(REFLEX, side), "reflex_symmetrical")
    return (
        _unless_symmetrical(findings, found, "symmetrical_distal_sensory")
        if (found.present)
        else found
    )


def sensation(findings: Findings, side: Side | None) -> Finding:
    """Objective loss; a stocking pattern is recorded and negative (ruling 52)."""
    found = findings.of(SENSORY, side)
    return _unless_symmetrical(findings, found, "symmetrical_distal_sensory")


def on_record(findings: Findings) -> bool:
    """Any reduced power, reflex or sensation, old weakness included; a stocking pattern is none."""
    asymmetric = (power(findings, None), reflexes(findings, None), sensation(findings, None))
    return any(found.present for found in asymmetric) or findings.present(BILATERAL_DEFICIT)


def tingling(findings: Findings) -> Finding:
    """Tingling or a numb feeling; the known symmetrical kind is recorded and negative."""
    return _unless_symmetrical(findings, findings.of(_TINGLING), "symmetrical_distal_sensory")


def new_gait(findings: Findings, rules: TopicRules) -> Finding:
    """Unsteady gait that began lately; writing an old one down again is not new (ruling 15)."""
    found = findings.of(_GAIT)
    if not found.present or began_within(findings, found, rules.windows["new_gait"]):
        return found
    return Finding(_GAIT, Status.UNKNOWN, found.side, found.evidence)


def examined(findings: Findings, rules: TopicRules, name: str) -> Finding:
    """A deficit of either leg as it is judged here, any other finding as recorded."""
    judged = {
        MOTOR: lambda: motor(findings, rules, None),
        REFLEX: lambda: reflexes(findings, None),
        SENSORY: lambda: sensation(findings, None),
        _GAIT: lambda: new_gait(findings, rules),
    }
    return judged.get(name, lambda: findings.of(name))()


def _unless_symmetrical(findings: Findings, found: Finding, pattern: str) -> Finding:
    """A pattern, or polyneuropathy with loss on both sides, is recorded and negative."""
    symmetrical = findings.of(pattern)
    both = all(findings.present(found.id, leg) for leg in (Side.LEFT, Side.RIGHT))
    one_sided = found.present and found.side.one_sided and not both
    neuropathy = findings.of(_POLYNEUROPATHY)
    cause = symmetrical if symmetrical.present else neuropathy
    if cause.present and not one_sided and (symmetrical.present or both):
        evidence: tuple[Statement, ...] = cause.evidence + found.evidence
        return Finding(found.id, Status.ABSENT, found.side, evidence)
    return found


def bilateral_leg_deficit(findings: Findings, rules: TopicRules) -> Finding:
    """A deficit recorded in both legs, symmetric neuropathy and old weakness left out.

    A reflex is reduced against the other side, so reflexes reduced on both sides are symmetrical.
    """
    recorded = findings.of(BILATERAL_DEFICIT)
    if recorded.present:
        return recorded
    left, right = (
        tuple(d for d in _asymmetric(findings, rules, side) if d.present)
        for side in (Side.LEFT, Side.RIGHT)
    )
    if not left or not right:
        return recorded
    evidence = tuple(s for d in (*left, *right) for s in d.evidence)
    sides = {s.side for s in evidence}
    if sides <= {Side.UNSPECIFIED}:
        return recorded
    both = Side.BOTH in sides or {Side.LEFT, Side.RIGHT} <= sides
    reflexes_only = {d.id for d in (*left, *right)} == {REFLEX}
    if not both or reflexes_only:
        return recorded
    unique = tuple({s.source + s.finding: s for s in evidence}.values())
    return Finding(BILATERAL_DEFICIT, Status.PRESENT, Side.BOTH, unique)


def _asymmetric(findings: Findings, rules: TopicRules, side: Side) -> tuple[Finding, ...]:
    return (motor(findings, rules, side), reflexes(findings, side), sensation(findings, side))


def deficit_onset(deficit: Finding) -> Moment | None:
    """A deficit is bilateral since the later of its two legs."""
    legs = [
        earliest(*(s.onset or s.noted for s in deficit.evidence if s.side.covers(leg)))
        for leg in (Side.LEFT, Side.RIGHT)
    ]
    return latest(*legs)
