"""Bladder, bowel and saddle findings with the onset the vignette gives them."""

from tests.spec.answers import answer
from tests.spec.complaints import HISTORY_TAKEN
from tests.spec.fhir_json import (
    Json,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.moments import day_ago
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette
from tests.spec.wells_signs import EXAMINED

FINDINGS = frozenset({"saddle_sensory_change", "bladder_dysfunction", "bowel_dysfunction"})

_SADDLE = snomed("449813001", "Numbness of saddle area (finding)")
_RETENTION = {
    "msk-v31": (
        icd("R33.9", "Retention of urine, unspecified"),
        snomed("267064002", "Retention of urine (disorder)"),
    )
}


def present(finding: str, vignette: MusculoskeletalVignette) -> Json:
    """A finding with its onset, as a diagnosis of this visit or as an answer to a question."""
    variety = Variety(vignette.id)
    onset = day_ago(vignette.n.ces_onset_days or 0)
    diagnoses = _diagnoses(finding, vignette)
    codings = variety.choose(f"{finding} code", (None, *diagnoses)) if diagnoses else None
    if codings:
        return condition(
            concept(*codings), visit=True, onsetDateTime=onset, recordedDate=HISTORY_TAKEN
        )
    return observation(
        "survey",
        concept(own(finding)),
        effectivePeriod={"start": onset, "end": HISTORY_TAKEN},
        **answer(finding, present=True, variety=variety),
    )


def _diagnoses(finding: str, vignette: MusculoskeletalVignette) -> tuple[tuple[Json, ...], ...]:
    if finding == "saddle_sensory_change":
        return (_SADDLE,), (own(finding),), (own(finding), _SADDLE)
    retention = _RETENTION.get(vignette.id)
    return (retention[:1], retention[1:], retention) if retention else ()


def residual_urine(milliliters: float) -> Json:
    """Post-void residual measured today."""
    return observation(
        "exam",
        concept(own("pvr_ml")),
        effectiveDateTime=EXAMINED,
        valueQuantity=quantity(milliliters, "mL", "mL"),
    )
