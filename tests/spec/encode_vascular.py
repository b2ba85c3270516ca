"""A vascular vignette as the resources of a chart."""

from tests.spec.complaints import (
    ENCOUNTER_REASON,
    HISTORY_TAKEN,
    Complaint,
    carried_by,
    charted_complaint,
    reason_code,
)
from tests.spec.fhir_json import Json
from tests.spec.leg_context import leg_context
from tests.spec.leg_tests import leg_tests
from tests.spec.limb_context import limb_context
from tests.spec.moments import ago, day_ago
from tests.spec.raw_facts import RAW_FACTS
from tests.spec.variety import Variety
from tests.spec.vignette import VascularVignette
from tests.spec.wells_history import history
from tests.spec.wells_signs import judgement, signs

_WITHOUT_SIDE = {("vasc-v100", "leg_swelling")}
_ALTERNATIVE = "alternative"


def vascular_chart(vignette: VascularVignette) -> list[Json]:
    """All resources of the vignette but the patient and the current encounter."""
    variety = Variety(vignette.id)
    raw = RAW_FACTS.get(vignette.id)
    told = raw.items if raw else frozenset()
    present = [item for item in vignette.p if item not in told]
    absent = [item for item in vignette.a if item not in told]
    leg = vignette.leg
    return [
        *_complaints(vignette),
        *history(present, absent, variety),
        *signs(present, absent, leg, variety),
        *(judgement(present=True, leg=leg, variety=variety) for _ in _judged(present)),
        *(judgement(present=False, leg=leg, variety=variety) for _ in _judged(absent)),
        *leg_context(vignette),
        *leg_tests(vignette),
        *limb_context(vignette),
        *(raw.resources if raw else ()),
    ]


def encounter_reasons(vignette: VascularVignette) -> list[Json]:
    """Complaints that only the current encounter names."""
    return [
        reason_code(complaint)
        for complaint in _triggers(vignette)
        if _carrier(vignette, complaint) == ENCOUNTER_REASON
    ]


def _judged(items: list[str]) -> list[str]:
    return [item for item in items if item == _ALTERNATIVE]


def _complaints(vignette: VascularVignette) -> list[Json]:
    variety = Variety(vignette.id)
    return [
        charted_complaint(complaint, variety)
        for complaint in _triggers(vignette)
        if _carrier(vignette, complaint) != ENCOUNTER_REASON
    ]


def _triggers(vignette: VascularVignette) -> list[Complaint]:
    """Triggers began four days ago, or after a D-dimer that was taken before."""
    late = vignette.ctx.ddimer is not None and vignette.ctx.ddimer.before_onset
    onset = ago(hours=11) if late else day_ago(4)
    recorded = HISTORY_TAKEN if late else ago(days=1)
    unsided = {name for name in vignette.trig if (vignette.id, name) in _WITHOUT_SIDE}
    return [
        Complaint(name, None if name in unsided else vignette.leg, onset, recorded)
        for name in vignette.trig
    ]


def _carrier(vignette: VascularVignette, complaint: Complaint) -> str:
    """An encounter reason has no onset, so it does not serve where the order of events matters."""
    dated = vignette.ctx.ddimer or vignette.ctx.img or vignette.ctx.current_dvt
    return carried_by(complaint, Variety(vignette.id), reason=not dated)
