"""Two patients of the checker's own: one with a little of everything, one with nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from cds_service.ehr.answer import Json

BUSY_ID = "conformance-busy"
QUIET_ID = "conformance-quiet"
# Names nobody has: an error that holds one of them repeats what it was sent.
FAMILY = "Echocanary"
USER = "Practitioner/conformance-clinician"
_SNOMED = "http://snomed.info/sct"
_LOINC = "http://loinc.org"
_ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
_TERMS = "http://terminology.hl7.org/CodeSystem"


def busy() -> list[Json]:
    """A woman with common problems, one of them sciatica, first recorded three days ago."""
    return [
        _patient(BUSY_ID, "female", _day(24_500)),
        _condition("hypertension", 900, (_SNOMED, "59621000"), (_ICD10, "I10")),
        _condition("diabetes", 800, (_SNOMED, "44054006"), (_ICD10, "E11.9")),
        _condition("sciatica", 3, (_SNOMED, "23056005"), (_ICD10, "M54.32")),
        _observation("weight", "vital-signs", "29463-7", 81.5, "kg"),
        _observation("heart-rate", "vital-signs", "8867-4", 76, "/min"),
        _observation("hba1c", "laboratory", "4548-4", 7.1, "%"),
        _observation("creatinine", "laboratory", "2160-0", 0.9, "mg/dL"),
        _observation("pain", "survey", "72514-3", 6, "{score}"),
        _dated("MedicationRequest", "metformin", "authoredOn", 700, status="active")
        | {"intent": "order", "medicationCodeableConcept": {"text": "Metformin 500 mg"}},
        _dated("Encounter", CURRENT_ENCOUNTER, "", 0, status="in-progress")
        | {
            "class": {"system": f"{_TERMS}/v3-ActCode", "code": "AMB"},
            "period": {"start": f"{_day(0)}T00:01:00Z"},
        },
        _dated("Procedure", "appendectomy", "performedDateTime", 7_000, status="completed")
        | {"code": {"coding": [{"system": _SNOMED, "code": "80146002"}]}},
        {
            "resourceType": "Practitioner",
            "id": USER.partition("/")[2],
            "name": [{"family": "Clinician"}],
        },
    ]


CURRENT_ENCOUNTER = "conformance-encounter"


def quiet() -> list[Json]:
    """A man about whom nothing is recorded."""
    return [_patient(QUIET_ID, "male", _day(14_000))]


def problem(patient_id: str) -> Json:
    """A problem as a clinician has just added it."""
    condition = _condition("new-problem", 0, (_SNOMED, "23056005"), (_ICD10, "M54.32"))
    return condition | {"subject": {"reference": f"Patient/{patient_id}"}}


def _day(ago: int) -> date:
    return datetime.now(UTC).date() - timedelta(days=ago)


def _patient(identifier: str, gender: str, birth: date) -> Json:
    name = {"use": "official", "family": f"{FAMILY}-{gender}", "given": ["Test"]}
    return {
        "resourceType": "Patient",
        "id": identifier,
        "active": True,
        "name": [name],
        "gender": gender,
        "birthDate": birth.isoformat(),
    }


def _dated(kind: str, identifier: str, member: str, ago: int, **more: Any) -> Json:
    resource = {
        "resourceType": kind,
        "id": identifier,
        "subject": {"reference": f"Patient/{BUSY_ID}"},
        **more,
    }
    return resource | ({member: _day(ago).isoformat()} if member else {})


def _condition(identifier: str, ago: int, *codings: tuple[str, str]) -> Json:
    def status(kind: str, code: str) -> Json:
        return {"coding": [{"system": f"{_TERMS}/condition-{kind}", "code": code}]}

    return _dated("Condition", identifier, "recordedDate", ago) | {
        "clinicalStatus": status("clinical", "active"),
        "verificationStatus": status("ver-status", "confirmed"),
        "category": [status("category", "problem-list-item")],
        "code": {"coding": [{"system": s, "code": c} for s, c in codings], "text": identifier},
        "onsetDateTime": _day(ago).isoformat(),
    }


def _observation(identifier: str, category: str, code: str, value: float, unit: str) -> Json:
    system = f"{_TERMS}/observation-category"
    return _dated("Observation", identifier, "effectiveDateTime", 2, status="final") | {
        "category": [{"coding": [{"system": system, "code": category}]}],
        "code": {"coding": [{"system": _LOINC, "code": code}]},
        "valueQuantity": {
            "value": value,
            "unit": unit,
            "system": "http://unitsofmeasure.org",
            "code": unit,
        },
    }
