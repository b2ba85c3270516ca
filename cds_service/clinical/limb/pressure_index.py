"""The ankle-brachial index: the newest of each side, of which the lower counts."""

from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.side import Side

_INDEX = "abi"
_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class PressureIndex:
    """One index with its entry; `comparator` as recorded, for example `>` in `>1.4`."""

    value: float
    comparator: str
    statement: Statement

    @property
    def side(self) -> Side:
        """The leg it was measured on."""
        return self.statement.side

    @property
    def text(self) -> str:
        """As a card prints it, with the comparator it was recorded with."""
        return f"{self.comparator}{self.value:.{_DECIMALS}f}"

    def at_most(self, limit: float) -> bool:
        """Surely not above the limit."""
        return not self.comparator.startswith(">") and self.value <= limit

    def above(self, limit: float) -> bool:
        """Surely above the limit."""
        if self.comparator == ">":
            return self.value >= limit
        return not self.comparator.startswith("<") and self.value > limit

    def as_finding(self) -> Finding:
        """The measurement as evidence of an assessment."""
        return Finding(_INDEX, Status.PRESENT, self.side, (self.statement,))


def pressure_indices(findings: Findings, window: timedelta) -> tuple[PressureIndex, ...]:
    """The newest readable index of each side, the lowest first, to two decimals.

    Preliminary ones, and those with a time of issue only, do not count (ruling 27).
    """
    newest: dict[Side, PressureIndex] = {}
    for s in findings.measurements(_INDEX, window=window, doubtful=True):
        if s.quantity is not None and not (s.preliminary or s.issued_only):
            value = round(s.quantity.value, _DECIMALS)
            index = PressureIndex(value, s.quantity.comparator, s)
            newest.setdefault(s.side, index)
    return tuple(sorted(newest.values(), key=lambda index: (index.value, index.side)))
