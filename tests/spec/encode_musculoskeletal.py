"""A musculoskeletal vignette as the resources of a chart."""

from collections.abc import Mapping

from tests.spec import (
    cauda_equina,
    inflammatory_pain,
    neighbors,
    pelvic_girdle,
    red_flags,
    spine_history,
)
from tests.spec.answers import Form, answer_in
from tests.spec.complaints import HISTORY_TAKEN, Complaint, charted_complaint
from tests.spec.fhir_json import (
    Json,
    body_site,
    concept,
    condition,
    observation,
    own,
    quantity,
    snomed,
)
from tests.spec.limb_context import ankle_index
from tests.spec.moments import ago, day_ago
from tests.spec.red_flags import Carrier
from tests.spec.signs import SACROILIAC, Sign, charted, observed, site
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette
from tests.spec.wells_signs import EXAMINED

_COMPLAINTS = (
    "low_back_pain",
    "buttock_pain",
    "posterior_pelvic_pain",
    "leg_pain",
    "leg_pain_below_knee",
    "calf_pain",
    "groin_pain",
    "exertional_calf_pain",
)
_TOLD = ("leg_pain_dominant", "paresthesia", *neighbors.TOLD, *inflammatory_pain.TOLD)
_SIJ_TESTS = (
    "thigh_thrust",
    "distraction",
    "compression",
    "sacral_thrust",
    "gaenslen",
    "faber",
)
_CARRIERS: Mapping[str, Carrier] = {
    **spine_history.CARRIERS,
    **red_flags.CARRIERS,
    **neighbors.CARRIERS,
    **pelvic_girdle.CARRIERS,
    **inflammatory_pain.CARRIERS,
}
_LABELED = {"msk-v18": "SIJ dysfunction"}
_EXAMINED_LONG_AGO = {"msk-v16": ago(days=150)}
_REFUTED = {
    "buttock_pain": snomed("279043006", "Pain in buttock (finding)"),
    "sij_pain_dx": snomed("202487003", "Sacroiliac joint pain (finding)"),
}


def musculoskeletal_chart(vignette: MusculoskeletalVignette) -> list[Json]:
    """All resources of the vignette but the patient and the current encounter."""
    present = [_sign(entry, present=True) for entry in vignette.present]
    absent = [_sign(entry, present=False) for entry in vignette.absent]
    return [
        *(entry for sign in present for entry in _charted_alone(sign, vignette)),
        *_examination([*present, *absent], vignette),
        *(_refuted(sign) for sign in absent if sign.finding in _REFUTED),
        *_measurements(vignette, present),
        *_RAW.get(vignette.id, ()),
    ]


def _sign(entry: str, *, present: bool) -> Sign:
    name, _, side = entry.partition("@")
    finding = f"sij_{name}" if name in _SIJ_TESTS else name
    return Sign(finding, present=present, side=side or None)


def _charted_alone(sign: Sign, vignette: MusculoskeletalVignette) -> list[Json]:
    """Complaints and history; what is found by examining or asking comes in `_examination`."""
    variety = Variety(vignette.id)
    if sign.finding in _COMPLAINTS:
        onset = day_ago(vignette.n.onset_days or 0)
        label = _LABELED.get(vignette.id, "") if sign.finding == "buttock_pain" else ""
        complaint = Complaint(sign.finding, sign.side, onset, ago(days=1), label)
        return [charted_complaint(complaint, variety)]
    if sign.finding in cauda_equina.FINDINGS:
        return [cauda_equina.present(sign.finding, vignette)]
    if carrier := _carrier(sign.finding, vignette):
        return carrier(vignette, sign.side)
    return []


def _examination(signs: list[Sign], vignette: MusculoskeletalVignette) -> list[Json]:
    variety = Variety(vignette.id)
    when = _EXAMINED_LONG_AGO.get(vignette.id) or variety.choose("day", (EXAMINED, ago(days=3)))
    left = [sign for sign in signs if not _has_place_of_its_own(sign, vignette)]
    asked = [s for s in left if s.finding in _TOLD or s.finding in cauda_equina.FINDINGS]
    examined = [s for s in left if s not in asked]
    return charted(asked, "survey", HISTORY_TAKEN, variety) + charted(
        examined, "exam", when, variety
    )


def _has_place_of_its_own(sign: Sign, vignette: MusculoskeletalVignette) -> bool:
    if not sign.present:
        return sign.finding in _REFUTED
    told = sign.finding in (*_COMPLAINTS, *cauda_equina.FINDINGS)
    return told or _carrier(sign.finding, vignette) is not None


def _carrier(finding: str, vignette: MusculoskeletalVignette) -> Carrier | None:
    """A new weakness is an examination finding; a long-standing one is on the problem list."""
    old = "motor_longstanding_stable" in vignette.present or vignette.n.weakness_days is not None
    if finding == "motor_deficit" and not old:
        return None
    return _CARRIERS.get(finding)


def _refuted(sign: Sign) -> Json:
    code = concept(_REFUTED[sign.finding])
    return condition(code, clinical=None, verification="refuted", recordedDate=ago(days=1))


def _measurements(vignette: MusculoskeletalVignette, present: list[Sign]) -> list[Json]:
    found = []
    if vignette.n.mrc is not None:
        side = next(sign.side for sign in present if sign.finding == "motor_deficit")
        found.append(_grade(vignette.n.mrc, side, Variety(vignette.id)))
    if vignette.n.aslr is not None:
        found.append(pelvic_girdle.leg_raise(vignette.n.aslr, Variety(vignette.id)))
    if vignette.n.pvr_ml is not None:
        found.append(cauda_equina.residual_urine(vignette.n.pvr_ml))
    if vignette.n.abi is not None:
        found.append(ankle_index(vignette.n.abi, "L"))
    return found


def _grade(mrc: int, side: str | None, variety: Variety) -> Json:
    unit = variety.choose("mrc unit", ("{score}", None))
    return observation(
        "exam",
        concept(own("mrc"), text="Ankle dorsiflexion, MRC grade"),
        effectiveDateTime=EXAMINED,
        bodySite=site("mrc", side),
        valueQuantity=quantity(mrc, None, unit),
    )


def _faber_twice() -> tuple[Json, ...]:
    """Two entries of the same instant that contradict each other."""
    variety = Variety("msk-v83")
    return tuple(
        observation(
            "exam",
            concept(own("sij_faber")),
            effectiveDateTime=EXAMINED,
            bodySite=body_site(SACROILIAC, "R"),
            **answer_in(Form.BOOLEAN, "sij_faber", present=present, variety=variety),
        )
        for present in (True, False)
    )


def _old_cluster() -> tuple[Json, ...]:
    """Three positive tests of fourteen months ago."""
    signs = [Sign(f"sij_{test}", present=True, side="R") for test in _SIJ_TESTS[:3]]
    return tuple(observed(sign, "exam", ago(days=425), Variety("msk-v69")) for sign in signs)


_RAW = {
    "msk-v69": _old_cluster(),
    "msk-v83": _faber_twice(),
    **red_flags.RAW,
    **neighbors.RAW,
}
