"""Whether the patient is getting worse: as recorded, or by power that fell (ruling 28)."""

from collections.abc import Iterable

from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.side import Side
from cds_service.clinical.spine.weakness import fallen_grades

_WORSE = "worsening_14d"
_POWER = "leg_weakness"


def worsening(findings: Findings, found: Iterable[Finding], book: Rulebook) -> bool:
    """Recorded as worse, as such or on an entry of what was found, or power fell lately."""
    recorded = findings.present(_WORSE) or any(s.worse for f in found for s in f.evidence)
    return recorded or _power_fell(findings, book)


def _power_fell(findings: Findings, book: Rulebook) -> bool:
    """Two grades of one muscle, both of the last 14 days, the later one lower."""
    rules = book.topics[_POWER]
    lately = rules.windows["recent"]
    return any(fallen_grades(findings, rules, leg, lately) for leg in (Side.LEFT, Side.RIGHT))
