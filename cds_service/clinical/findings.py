"""All findings of one patient: facts read as present, absent or unknown, per side.

The reading rules are those of the clinical documents: windows, doubtful entries, contradictions
and sides; `cards/_codes/findings.toml` says which rule each finding follows.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cds_service.clinical.fact import Facts, Outcome, Statement, Status
from cds_service.clinical.finding import Finding, Unknown, any_side
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.reading import (
    aged,
    counts,
    newest_first,
    simultaneous,
    since_absent,
    status,
    tells_less,
    undated,
)
from cds_service.clinical.rulebook import FindingRule, Reading
from cds_service.clinical.side import Side


class Findings:
    """All findings of one patient as of one instant; reading the same finding twice is cheap."""

    def __init__(
        self,
        facts: Facts,
        rules: Mapping[str, FindingRule],
        implied: Mapping[str, tuple[str, ...]],
        carriers: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.facts = facts
        self._rules = rules
        self._carriers = carriers
        self._not_found: dict[tuple[str, ...], Unknown] = {}
        self._known: dict[tuple[str, Side | None, timedelta | None], Finding] = {}
        self._by_finding: dict[str, list[Statement]] = defaultdict(list)
        for statement in facts.statements:
            self._by_finding[statement.finding].append(statement)
            if statement.status is Status.PRESENT:
                for finding in implied.get(statement.finding, ()):
                    self._by_finding[finding].append(statement)

    @property
    def as_of(self) -> datetime:
        """The instant of the assessment."""
        return self.facts.as_of

    @property
    def age(self) -> int | None:
        """Youngest possible age in years, None when unknown."""
        return self.facts.person.age(self.as_of)

    def statements(self, *findings: str) -> tuple[Statement, ...]:
        """Everything recorded of these findings, whatever its age or doubt."""
        return tuple(s for finding in findings for s in self._by_finding.get(finding, ()))

    def of(
        self, finding: str, side: Side | None = None, *, window: timedelta | None = None
    ) -> Finding:
        """The finding for one leg, or for any side when `side` is None.

        `window` replaces the finding's own. For any side, present on one leg is present, and
        absent needs both legs, or an entry without side.
        """
        key = (finding, side, window)
        if key not in self._known:
            self._known[key] = self._read(finding, side, window)
        return self._known[key]

    def _read(self, finding: str, side: Side | None, window: timedelta | None) -> Finding:
        readable = self._readable(finding, window, side)
        if side is not None or not readable:
            return self._decide(finding, readable, side or Side.UNSPECIFIED)
        left, right = (self.of(finding, leg, window=window) for leg in (Side.LEFT, Side.RIGHT))
        unsided = [s for s in readable if not s.side.one_sided]
        return any_side(left, right, self._decide(finding, unsided, Side.UNSPECIFIED))

    def present(
        self, finding: str, side: Side | None = None, *, window: timedelta | None = None
    ) -> bool:
        """Whether the finding is recorded present."""
        return self.of(finding, side, window=window).present

    def any_present(self, findings: Iterable[str], side: Side | None = None) -> bool:
        """Whether at least one of the findings is recorded present."""
        return any(self.present(finding, side) for finding in findings)

    def measurements(
        self,
        finding: str,
        side: Side | None = None,
        *,
        window: timedelta | None = None,
        doubtful: bool = False,
    ) -> tuple[Statement, ...]:
        """Readable measurements in the window, newest first.

        `doubtful` keeps preliminary ones, those with a time of issue only, and bounds (`>400`).
        """
        span = window or self._rules[finding].window
        found = [
            s
            for s in self._by_finding.get(finding, ())
            if s.quantity is not None
            and s.noted is not None
            and (doubtful or not (s.preliminary or s.issued_only or s.quantity.comparator))
            and (side is None or s.side.covers(side))
            and self._in_window(s, span)
        ]
        return tuple(sorted(found, key=newest_first))

    def onset(self, *findings: str) -> Moment | None:
        """Earliest onset (or first record) of present entries of these findings, any side.

        Re-recording an old problem does not make it new (rulings 5, 19, 35, 38); a resolved one
        does not make a new one old.
        """
        return earliest(
            *(
                earliest(s.onset, s.noted)
                for s in self.statements(*findings)
                if s.status is Status.PRESENT and s.current is not False
            )
        )

    def gap(self, finding: str, side: Side | None = None) -> Finding:
        """The finding as unknown, with the entries that could not decide and the reason.

        Accepts measurements too, which have no reading rule of their own.
        """
        if finding not in self._rules:
            old = self.statements(finding)
            why = _why_unknown([aged(s) for s in old]) if old else self._unrecorded(finding)
            return Finding(finding, Status.UNKNOWN, side or Side.UNSPECIFIED, old, why)
        found = self.of(finding, side)
        if found.unknown:
            return found
        return Finding(finding, Status.UNKNOWN, side or found.side, reason=Unknown.NOT_RECORDED)

    def _unrecorded(self, finding: str) -> Unknown:
        """Not recorded where every carrier was read; otherwise what kept us from looking."""
        asked = self._carriers.get(finding, self._carriers["default"])
        if asked not in self._not_found:
            self._not_found[asked] = _why_not_found(asked, self.facts.queries or {})
        return self._not_found[asked]

    def _readable(
        self, finding: str, window: timedelta | None, side: Side | None
    ) -> list[Statement]:
        """The entries of this leg, or of any, that count; old ones only where nothing else does."""
        rule = self._rules[finding]
        recorded = self._by_finding.get(finding)
        if not recorded:  # as of most findings, for every call
            return []
        span = window or rule.window
        found = [s for s in recorded if counts(s, rule) and (side is None or s.side.covers(side))]
        if rule.reading is Reading.HISTORY:
            return found
        inside = [s for s in found if self._in_window(s, span) or undated(s, rule)]
        if found and not inside:
            return [aged(s) for s in found]
        return inside

    def recent(self, statement: Statement) -> bool:
        """Whether an entry lies in the window of its finding, or the current encounter names it."""
        return self._in_window(statement, self._rules[statement.finding].window)

    def _in_window(self, statement: Statement, window: timedelta | None) -> bool:
        if statement.named or window is None:
            return True
        return statement.noted is not None and statement.noted.within(window, self.as_of)

    def _decide(self, finding: str, entries: list[Statement], side: Side) -> Finding:
        if not entries:
            return Finding(finding, Status.UNKNOWN, side, (), self._unrecorded(finding))
        reading = self._rules[finding].reading
        known = sorted(
            (s for s in entries if status(s, reading) is not Status.UNKNOWN),
            key=lambda s: (s.noted is not None, s.noted.last if s.noted else self.as_of),
            reverse=True,
        )
        if not known:
            return Finding(finding, Status.UNKNOWN, side, tuple(entries), _why_unknown(entries))
        newest = [s for s in known if simultaneous(s, known[0])]
        told = (s for s in newest if status(s, reading) is Status.PRESENT)
        present = tuple(sorted(told, key=tells_less))
        absent = tuple(s for s in newest if status(s, reading) is Status.ABSENT)
        if present and absent and reading is Reading.TEST:
            return Finding(finding, Status.UNKNOWN, side, present + absent, Unknown.CONFLICTING)
        if present:
            since = tuple(since_absent(known, reading, present))
            return Finding(finding, Status.PRESENT, present[0].side, since)
        return Finding(finding, Status.ABSENT, absent[0].side, absent)


def _why_not_found(asked: tuple[str, ...], outcomes: Mapping[str, Outcome]) -> Unknown:
    answers = {outcomes.get(query, Outcome.NOT_ASKED) for query in asked}
    if answers & {Outcome.FAILED, Outcome.PARTIAL}:
        return Unknown.QUERY_FAILED
    return Unknown.NOT_ASKED if answers == {Outcome.NOT_ASKED} else Unknown.NOT_RECORDED


def _why_unknown(entries: list[Statement]) -> Unknown:
    if all(entry.current is False for entry in entries):
        return Unknown.OUTSIDE_WINDOW
    if all(entry.unit_refused for entry in entries):
        return Unknown.UNIT_NOT_READABLE
    return Unknown.NOT_READABLE
