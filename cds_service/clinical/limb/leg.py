"""Which leg a verdict speaks of, when each leg has been judged by the same table."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cds_service.clinical.assessment import distinct
from cds_service.clinical.finding import Finding
from cds_service.clinical.rulebook import Row
from cds_service.clinical.side import Side

LEGS = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The row that applies to one leg, with the findings that decided."""

    leg: Side
    row: Row
    findings: tuple[Finding, ...]

    def names(self, side: Side) -> bool:
        """Whether any entry was recorded for exactly this side."""
        return any(s.side is side for f in self.findings for s in f.evidence)


def joined(verdicts: Iterable[Verdict], rows: Sequence[Row]) -> Verdict | None:
    """One verdict for both legs; a leg with a card comes before a silent one.

    Entries without a side fit either leg: the leg that also has entries of its own is meant; with
    none, the side stays unspecified.
    """
    ranked = sorted(verdicts, key=lambda v: (v.row.card is None, rows.index(v.row)))
    speaking = [v for v in ranked if v.row.card] or ranked
    sided = [v for v in speaking if v.names(v.leg)]
    chosen = sided or speaking
    if len(chosen) < len(LEGS):
        return chosen[0] if chosen else None
    both = bool(sided) or any(v.names(Side.BOTH) for v in chosen)
    side = Side.BOTH if both else Side.UNSPECIFIED
    return Verdict(side, chosen[0].row, distinct(f for v in chosen for f in v.findings))
