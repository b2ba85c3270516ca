"""D-dimer, leg-vein scans and vital signs of a vascular vignette."""

from collections.abc import Iterator

from tests.spec.fhir_json import (
    HL7,
    LOINC,
    Json,
    coding,
    concept,
    observation,
    own,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago
from tests.spec.vignette import DDimer, Imaging, VascularVignette, VitalSigns

_FLAGGED_HIGH = {"vasc-v26", "vasc-v27"}
_PLAIN_UCUM = {"mg/L", "ng/mL", "ug/L", "mg/mL"}
_SCANS = {
    "L": coding(LOINC, "39432-0", "US.doppler Lower extremity vein - left"),
    "R": coding(LOINC, "39443-7", "US.doppler Lower extremity vein - right"),
}
_NO_THROMBUS = snomed("373140001", "No thrombus (situation)")
_EXTENT = {"proximal": "scan_proximal", "whole": "scan_whole_leg"}


def leg_tests(vignette: VascularVignette) -> list[Json]:
    """Results and orders of the vignette's context."""
    ctx = vignette.ctx
    found: list[Json] = []
    if ctx.ddimer:
        found.append(_d_dimer(ctx.ddimer, flagged=vignette.id in _FLAGGED_HIGH))
    if ctx.img:
        found.append(leg_scan(ctx.img, vignette.leg or "L"))
    if ctx.vit:
        found += _vital_signs(ctx.vit)
    return found


def _d_dimer(result: DDimer, *, flagged: bool) -> Json:
    """As the laboratory sent it: the unit text as printed, a UCUM code only for plain units."""
    ucum = result.unit if result.unit in _PLAIN_UCUM else None
    high = concept(coding(f"{HL7}/v3-ObservationInterpretation", "H", "High"))
    return observation(
        "laboratory",
        concept(coding(LOINC, result.loinc), text="D-dimer"),
        effectiveDateTime=ago(hours=result.age_h),
        issued=ago(hours=0.5 if result.before_onset else result.age_h - 1),
        valueQuantity=quantity(result.value, result.unit, ucum),
        interpretation=[high] if flagged else None,
        referenceRange=[{"high": quantity(500, result.unit, ucum)}] if flagged else None,
    )


def leg_scan(scan: Imaging, leg: str) -> Json:
    """A scan of the leg, or of the other one: ordered, or reported with its result."""
    side = {"L": "R", "R": "L"}[leg] if scan.other_leg else leg
    if scan.result == "pending":
        return resource(
            "ServiceRequest",
            status="active",
            intent="order",
            priority="urgent",
            code=concept(_SCANS[side]),
            authoredOn=ago(hours=scan.age_h or 0),
        )
    done = scan.age_d or 0.05
    return resource(
        "DiagnosticReport",
        status="final",
        category=[concept(coding(f"{HL7}/v2-0074", "RAD", "Radiology"))],
        code=concept(_SCANS[side]),
        effectiveDateTime=ago(days=done),
        issued=ago(days=done, hours=-0.5),
        **_result(scan),
    )


def _result(scan: Imaging) -> Json:
    if scan.result == "unreadable":
        return {"conclusion": "No evidence of deep vein thrombosis in the visualized segments."}
    if scan.result == "inconclusive":
        return {"conclusionCode": [concept(own("scan_inconclusive"), text="Limited study")]}
    extent = concept(own(_EXTENT[scan.kind or "proximal"]))
    return {"conclusionCode": [concept(_NO_THROMBUS), extent]}


def _vital_signs(signs: VitalSigns) -> Iterator[Json]:
    when = ago(hours=signs.age_h)
    if signs.sbp is not None:
        yield _blood_pressure(signs.sbp, when)
    if signs.hr is not None:
        code = concept(coding(LOINC, "8867-4", "Heart rate"))
        rate = quantity(signs.hr, "beats/minute", "/min")
        yield observation("vital-signs", code, effectiveDateTime=when, valueQuantity=rate)
    if signs.spo2 is not None:
        codes = (
            coding(LOINC, "2708-6", "Oxygen saturation in Arterial blood"),
            coding(LOINC, "59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
        )
        percent = quantity(signs.spo2, "%", "%")
        yield observation(
            "vital-signs", concept(*codes), effectiveDateTime=when, valueQuantity=percent
        )


def _blood_pressure(systolic: int, when: str) -> Json:
    """A panel; the diastolic value is an ordinary one for the systolic."""
    parts = (("8480-6", "Systolic", systolic), ("8462-4", "Diastolic", round(systolic * 0.62)))
    return observation(
        "vital-signs",
        concept(coding(LOINC, "85354-9", "Blood pressure panel with all children optional")),
        effectiveDateTime=when,
        component=[
            {
                "code": concept(coding(LOINC, code, f"{name} blood pressure")),
                "valueQuantity": quantity(value, "mmHg", "mm[Hg]"),
            }
            for code, name, value in parts
        ],
    )
