"""How one recorded entry is read: whether it counts, and for what, once its doubts are weighed."""

from collections.abc import Iterator
from dataclasses import replace

from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.rulebook import FindingRule, Reading
from cds_service.clinical.side import Side


def counts(statement: Statement, rule: FindingRule) -> bool:
    """Weak codes need a site or a side; resolved problems are history only."""
    if statement.strength is Strength.WEAK:
        if statement.elsewhere:
            return False
        sided = rule.weak_side and statement.side.one_sided
        if not (sided or statement.sites & rule.weak_sites):
            return False
    return rule.reading is Reading.HISTORY or statement.current is not False


def undated(statement: Statement, rule: FindingRule) -> bool:
    """An emergency sign that is active and carries no date at all is current (onset unknown)."""
    return rule.undated and statement.noted is None and statement.current is True


def status(statement: Statement, reading: Reading) -> Status:
    """How one entry is read once its doubts are weighed (ruling 27)."""
    if statement.status is Status.PRESENT:
        doubtful = statement.suspected or statement.preliminary
        if reading is Reading.SAFETY or not doubtful:
            return _dated(statement, reading)
        return Status.UNKNOWN
    if statement.status is Status.ABSENT and not statement.preliminary:
        return _dated(statement, reading)
    return Status.UNKNOWN


def _dated(statement: Statement, reading: Reading) -> Status:
    """Scores and tests need the time of the observation; the time of issue is not enough."""
    if reading in (Reading.ITEM, Reading.TEST) and (statement.issued_only or not statement.noted):
        return Status.UNKNOWN
    return statement.status


def aged(statement: Statement) -> Statement:
    """An entry outside its window, kept only to say why the finding is unknown."""
    return replace(statement, status=Status.UNKNOWN, current=False)


def simultaneous(one: Statement, other: Statement) -> bool:
    """Whether two entries speak of one instant, or of one day where a time is missing."""
    if one.noted is None or other.noted is None:
        return one.noted is other.noted
    if one.noted.exact and other.noted.exact:
        return one.noted.first == other.noted.first
    return one.noted.last.date() == other.noted.last.date()


def newest_first(statement: Statement) -> tuple[float, str]:
    """Sorts entries by time, the newest first, undated ones last."""
    return -(statement.noted.last.timestamp() if statement.noted else 0.0), statement.source


def tells_less(statement: Statement) -> tuple[bool, bool]:
    """Sorts entries of one time: the one with a side speaks first, then the one with an onset."""
    return statement.side is Side.UNSPECIFIED, statement.onset is None or statement.onset_assumed


def since_absent(
    known: list[Statement], reading: Reading, newest: tuple[Statement, ...]
) -> Iterator[Statement]:
    """The newest present entries, and older ones that no absent entry came after."""
    yield from newest
    for statement in known:
        if status(statement, reading) is Status.ABSENT:
            return
        if statement not in newest:
            yield statement
