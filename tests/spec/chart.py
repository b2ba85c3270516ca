"""The finished chart of a vignette: its resources with ids, patient and current encounter."""

from collections import Counter
from collections.abc import Callable, Mapping

from tests.spec.encode_musculoskeletal import musculoskeletal_chart
from tests.spec.encode_vascular import encounter_reasons, vascular_chart
from tests.spec.fhir_json import ENCOUNTER, HL7, ICD10CM, Json, coding, resource
from tests.spec.moments import ago, birth_date
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette, Sex, VascularVignette

Vignette = VascularVignette | MusculoskeletalVignette

SERVER = "https://ehr.example.org/fhir/R4"
ICD10CM_OID = "urn:oid:2.16.840.1.113883.6.90"
_GENDER: Mapping[Sex, str] = {"F": "female", "M": "male"}
_AMBULATORY = coding(f"{HL7}/v3-ActCode", "AMB", "ambulatory")
_INPATIENT = coding(f"{HL7}/v3-ActCode", "IMP", "inpatient encounter")


def chart(vignette: Vignette) -> list[Json]:
    """Every resource of the chart but the patient."""
    counted: Counter[str] = Counter()
    finished = []
    for found in _resources(vignette):
        kind = str(found["resourceType"])
        counted[kind] += 1
        finished.append(_finished(found, counted[kind], vignette.id))
    return finished


def patient(vignette: Vignette) -> Json:
    """The patient: age as a birth date, sex, and death where the vignette says so."""
    if isinstance(vignette, VascularVignette):
        age, sex = vignette.pt.age, vignette.pt.sex
        died = ago(days=1) if vignette.ctx.deceased else None
    else:
        age, sex, died = vignette.age, vignette.sex, None
    return resource(
        "Patient",
        id=vignette.id,
        gender=_GENDER[sex],
        birthDate=birth_date(age) if age is not None else None,
        deceasedDateTime=died,
    )


def _resources(vignette: Vignette) -> list[Json]:
    if isinstance(vignette, VascularVignette):
        stay = vignette.ctx.inpatient_h
        return [_encounter(stay, encounter_reasons(vignette)), *vascular_chart(vignette)]
    return [_encounter(None, []), *musculoskeletal_chart(vignette)]


def _encounter(inpatient_hours: float | None, reasons: list[Json]) -> Json:
    """The current encounter: a visit of this afternoon, or a stay in hospital."""
    return resource(
        "Encounter",
        id=ENCOUNTER,
        status="in-progress",
        period={"start": ago(hours=inpatient_hours or 3)},
        reasonCode=reasons or None,
        **{"class": _INPATIENT if inpatient_hours else _AMBULATORY},
    )


def _finished(found: Json, number: int, patient_id: str) -> Json:
    """With an id and a reference to the patient, relative or absolute."""
    kind = str(found["resourceType"])
    identifier = found.get("id", f"{kind.lower()}-{number}")
    base = Variety(patient_id).choose(f"{kind} {number}", ("", "", f"{SERVER}/"))
    who = "patient" if kind == "FamilyMemberHistory" else "subject"
    named = found | {"id": identifier, who: {"reference": f"{base}Patient/{patient_id}"}}
    return {key: _respelled(value, patient_id) for key, value in named.items()}


def _respelled(value: object, vignette_id: str) -> object:
    """ICD-10-CM codings in the spelling of this chart's system."""
    if isinstance(value, list):
        return [_respelled(item, vignette_id) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("system") == ICD10CM:
        return SPELLINGS.get(vignette_id, _as_published)(value)
    return {key: _respelled(item, vignette_id) for key, item in value.items()}


def _as_published(code: Json) -> Json:
    return code


def _lower_case_without_dot(code: Json) -> Json:
    return code | {"code": str(code["code"]).replace(".", "").lower()}


def _by_oid(code: Json) -> Json:
    return code | {"system": ICD10CM_OID}


SPELLINGS: Mapping[str, Callable[[Json], Json]] = {
    "vasc-v48": _lower_case_without_dot,
    "vasc-v56": _by_oid,
}
