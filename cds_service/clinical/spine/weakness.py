"""Weakness of one leg: how strong, since when, getting worse, or old (rulings 16, 17 and 49)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits

_GRADE = "mrc"
_PROGRESSIVE = "motor_progressive"


@dataclass(frozen=True, slots=True)
class Weakness:
    """A recorded deficit of one leg; `grade` is MRC 0 to 5, None where nobody graded it.

    `graded` are the newest grades, empty where a code alone says how weak the leg is.
    `onset` is when this episode began, at the latest when it was first recorded; None is unknown.
    `dated` are the entries that state this onset.
    """

    side: Side
    finding: Finding
    grade: float | None
    graded: tuple[Statement, ...]
    onset: Moment | None
    dated: tuple[Statement, ...]
    progressive: Finding
    longstanding: bool


def read_weakness(findings: Findings, rules: TopicRules, side: Side) -> Weakness | None:
    """The weakness of this leg, None when none is recorded present."""
    found = deficits.power(findings, side)
    if not found.present:
        return None
    episode = _episode(findings, rules, side)
    graded = _graded(findings, side)
    onset = _onset(episode, rules, findings)
    return Weakness(
        side=side,
        finding=found,
        grade=_grade(graded, rules, episode),
        graded=graded,
        onset=onset,
        dated=tuple(s for s in episode if s.onset == onset and not s.onset_assumed),
        progressive=_progressive(findings, rules, side),
        longstanding=deficits.longstanding(findings, rules, side).present,
    )


def _episode(findings: Findings, rules: TopicRules, side: Side) -> tuple[Statement, ...]:
    """Every record of the weakness since power was last recorded normal."""
    full = rules.thresholds["full_power"]
    entries = [
        s
        for s in findings.statements(deficits.MOTOR, _GRADE)
        if s.side.covers(side) and s.current is not False
    ]
    normal = [s.noted for s in entries if s.noted and _is_normal(s, full)]
    last = max(normal, key=lambda moment: moment.last, default=None)
    return tuple(
        s
        for s in entries
        if _is_weak(s, full) and (last is None or s.noted is None or s.noted.not_before(last))
    )


def _is_weak(statement: Statement, full: float) -> bool:
    graded = statement.quantity is not None and statement.quantity.value < full
    return graded or statement.status is Status.PRESENT


def _is_normal(statement: Statement, full: float) -> bool:
    graded = statement.quantity is not None and statement.quantity.value >= full
    return graded or statement.status is Status.ABSENT


def _onset(episode: tuple[Statement, ...], rules: TopicRules, findings: Findings) -> Moment | None:
    """A newly stated onset counts as it is, otherwise the earliest record does."""
    recent = rules.windows["recent"]
    stated = [s.onset for s in episode if s.onset and not s.onset_assumed]
    fresh = [moment for moment in stated if moment.within(recent, findings.as_of)]
    if fresh:
        return max(fresh, key=lambda moment: moment.first)
    return earliest(*(earliest(s.onset, s.noted) for s in episode))


def _graded(findings: Findings, side: Side) -> tuple[Statement, ...]:
    """The grades of the newest examination, the weakest first."""
    grades = deficits.grades(findings, side)
    newest = [s for s in grades if s.noted == grades[0].noted]
    return tuple(sorted(newest, key=lambda s: s.quantity.value if s.quantity else 0))


def _grade(
    graded: tuple[Statement, ...], rules: TopicRules, episode: tuple[Statement, ...]
) -> float | None:
    """The weakest grade; a foot-drop code says MRC 3 or less by itself (ruling 16)."""
    if graded and graded[0].quantity:
        return graded[0].quantity.value
    drop = any(
        code.rpartition("|")[-1].startswith(known)
        for s in episode
        for code in s.codes
        for known in rules.groups["foot_drop_codes"]
    )
    return rules.thresholds["severe_grade"] if drop else None


def _progressive(findings: Findings, rules: TopicRules, side: Side) -> Finding:
    """Recorded as getting worse, or the weakest grade fell since an earlier examination."""
    recorded = findings.of(_PROGRESSIVE, side)
    worse = tuple(s for s in findings.of(deficits.MOTOR, side).evidence if s.worse)
    fallen = fallen_grades(findings, rules, side, rules.windows["progression"])
    if recorded.present or not (worse or fallen):
        return recorded
    return Finding(_PROGRESSIVE, Status.PRESENT, side, worse or fallen)


def fallen_grades(
    findings: Findings, rules: TopicRules, side: Side, window: timedelta
) -> tuple[Statement, ...]:
    """The grades that fell; only those of one code and site, and so of one muscle, compare."""
    muscles: dict[tuple[object, ...], list[Statement]] = defaultdict(list)
    for s in findings.measurements(_GRADE, side, window=window):
        muscles[(s.codes, s.sites)].append(s)
    for grades in muscles.values():
        weakest = [
            min(s.quantity.value for s in exam if s.quantity)
            for _, exam in groupby(grades, key=lambda s: s.noted)
        ]
        if max(weakest) - weakest[0] >= rules.thresholds["grade_drop"]:
            return tuple(grades)
    return ()
