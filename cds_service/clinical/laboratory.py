"""Laboratory results judged by the laboratory's own limit, and the highest temperature."""

from datetime import timedelta

from cds_service.clinical.fact import Quantity, Status
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.findings import Findings


def above_limit(findings: Findings, finding: str, test: str, window: timedelta) -> Finding:
    """`finding` as answered, else by the newest result of `test` against the lab's upper limit.

    A result without a limit and without a flag is unknown: laboratories differ.
    """
    answered = findings.of(finding)
    results = findings.measurements(test, window=window)
    if not answered.unknown or not results:
        return answered
    newest = results[0]
    status = _against_limit(newest.quantity) if newest.quantity else Status.UNKNOWN
    reason = Unknown.NO_LIMIT if status is Status.UNKNOWN else None
    return Finding(finding, status, evidence=(newest,), reason=reason)


def _against_limit(quantity: Quantity) -> Status:
    if quantity.flagged_high:
        return Status.PRESENT
    if quantity.high is None:
        return Status.UNKNOWN
    return Status.PRESENT if quantity.value > quantity.high else Status.ABSENT


def fever(findings: Findings, limit: float, window: timedelta) -> Finding:
    """Recorded as such, or the highest temperature of the window at or above the limit (Cel).

    Preliminary values count, because the red flags need them (ruling 27). Measured and never at
    the limit is recorded absent.
    """
    answered = findings.of("fever")
    if answered.present:
        return answered
    taken = findings.measurements("reader:vital_temperature", window=window, doubtful=True)
    hot = [
        s
        for s in taken
        if s.quantity and s.quantity.value >= limit and s.quantity.comparator in ("", ">", ">=")
    ]
    exact = tuple(s for s in taken if s.quantity and not s.quantity.comparator)
    if not hot and answered.unknown and exact:
        return Finding("fever", Status.ABSENT, evidence=exact[:1])
    if not hot:
        return answered
    highest = max(hot, key=lambda s: s.quantity.value if s.quantity else limit)
    return Finding("fever", Status.PRESENT, evidence=(highest,))
