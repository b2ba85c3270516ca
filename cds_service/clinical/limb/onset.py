"""When a sign of a limb began: as stated, else by its earliest record on the same leg."""

from datetime import timedelta

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest, latest
from cds_service.clinical.side import Side


def stated(statement: Statement) -> Moment | None:
    """The onset that the record states, None where it would only be assumed (ruling 49)."""
    return None if statement.onset_assumed else statement.onset


def began(findings: Findings, finding: str, statement: Statement) -> Moment | None:
    """A stated onset, else the earliest record: writing an old sign down again is not new.

    Records before the sign was last seen absent belong to an earlier episode.
    """
    return stated(statement) or _first_record(findings, finding, statement.side)


def _first_record(findings: Findings, finding: str, side: Side) -> Moment | None:
    entries = [s for s in findings.statements(finding) if s.side.covers(side)]
    gone = latest(*(s.noted for s in entries if s.status is Status.ABSENT))
    return earliest(
        *(
            earliest(s.onset, s.noted)
            for s in entries
            if s.status is Status.PRESENT
            and s.current is not False
            and (gone is None or s.noted is None or s.noted.not_before(gone))
        )
    )


def recent(findings: Findings, finding: str, statement: Statement, window: timedelta) -> bool:
    """Begun within the window, or without any date at all (unknown is never old).

    An entry whose body site is none of the leg's is of another limb.
    """
    if statement.elsewhere:
        return False
    when = began(findings, finding, statement)
    return when is None or when.within(window, findings.as_of)
