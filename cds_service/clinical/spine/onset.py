"""When a sign of cord or cauda equina began, and which continence change is new (ruling 5)."""

from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.spine import pain
from cds_service.clinical.spine.deficits import BILATERAL_DEFICIT, deficit_onset
from cds_service.clinical.spine.worsening import worsening

CONTINENCE = frozenset({"bladder_dysfunction", "bowel_dysfunction"})
_RERECORDED = CONTINENCE | {"ces_confirmed"}
_LATE = ("cauda_equina", "late")


def sign_onset(findings: Findings, sign: Finding) -> Moment | None:
    """A stated onset, or a fresh answer, counts as it is; re-records do not (ruling 5)."""
    if sign.id == BILATERAL_DEFICIT:
        return deficit_onset(sign)
    stated = [s.onset for s in sign.evidence if s.onset and (not s.onset_assumed or s.observed)]
    if stated:
        return max(stated, key=lambda moment: moment.first)
    if sign.id in _RERECORDED:
        return findings.onset(sign.id)
    return earliest(*(s.onset or s.noted for s in sign.evidence))


def new_continence(findings: Findings, book: Rulebook) -> tuple[Finding, ...]:
    """Bladder and bowel change, unless it is old enough to be long-standing, and not worse."""
    topic, window = _LATE
    late = book.topics[topic].windows[window]
    found = pain.recorded(findings, sorted(CONTINENCE))
    return tuple(
        sign
        for sign in found
        if worsening(findings, (sign,), book)
        or (began := sign_onset(findings, sign)) is None
        or began.within(late, findings.as_of)
    )
