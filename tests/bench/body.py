"""Hook requests of a given size: a few leg-pain resources among ordinary ones."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

AS_OF = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_OWN = "https://legpain-cds.github.io/fhir/CodeSystem/leg-pain-findings"
_SUBJECT = {"reference": "Patient/p1"}
_ORDINARY = ("8302-2", "29463-7", "2339-0", "2160-0", "718-7", "2085-9", "4548-4", "39156-5")
Json = dict[str, Any]


def hook_body(resources: int) -> bytes:
    """A patient-view request with this many resources, the patient included."""
    relevant = _relevant()
    ordinary = [ordinary_result(number, AS_OF) for number in range(resources - 1 - len(relevant))]
    conditions = [r for r in relevant if r["resourceType"] == "Condition"]
    others = [r for r in relevant if r["resourceType"] != "Condition"]
    prefetch: Json = {
        "patient": {"resourceType": "Patient", "id": "p1", "birthDate": "1960-04-01"},
        "conditions": _bundle(conditions),
        "observations": _bundle(others + ordinary),
        **dict.fromkeys(("encounters", "procedures", "medications", "reports", "orders")),
    }
    request = {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/x", "patientId": "p1"},
        "prefetch": prefetch,
    }
    return json.dumps(request, separators=(",", ":")).encode()


def _bundle(resources: list[Json]) -> Json:
    entries = [{"fullUrl": f"urn:x:{r['id']}", "resource": r} for r in resources]
    return {"resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries}


def _relevant() -> list[Json]:
    """A left calf complaint with four recorded signs and unremarkable vital signs."""
    complaint = {
        "resourceType": "Condition",
        "id": "c1",
        "subject": _SUBJECT,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M79.662"}]},
        "onsetDateTime": "2026-11-17",
        "recordedDate": "2026-11-19",
    }
    signs = ("deep_vein_tenderness", "pitting_edema", "entire_leg_swollen", "calf_pain")
    return [complaint, *(_sign(number, sign) for number, sign in enumerate(signs))]


def _sign(number: int, code: str) -> Json:
    return {
        "resourceType": "Observation",
        "id": f"s{number}",
        "status": "final",
        "subject": _SUBJECT,
        "code": {"coding": [{"system": _OWN, "code": code}]},
        "bodySite": {"coding": [{"system": "http://snomed.info/sct", "code": "7771000"}]},
        "effectiveDateTime": "2026-11-20T13:00:00Z",
        "valueBoolean": True,
    }


def ordinary_result(number: int, as_of: datetime, patient: str = "p1") -> Json:
    """A laboratory result or vital sign as Synthea writes it, about one kilobyte."""
    code = _ORDINARY[number % len(_ORDINARY)]
    when = as_of - timedelta(days=number % 900, hours=number % 24)
    return {
        "resourceType": "Observation",
        "id": f"o{number:05}-7a1c-4c1e-9f60-1f9d2b7f0c55",
        "meta": {"profile": ["http://hl7.org/fhir/StructureDefinition/vitalsigns"]},
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "laboratory",
                        "display": "laboratory",
                    }
                ]
            }
        ],
        "code": {
            "coding": [{"system": "http://loinc.org", "code": code, "display": "Ordinary result"}],
            "text": "Ordinary result",
        },
        "subject": {"reference": f"Patient/{patient}"},
        "encounter": {"reference": f"Encounter/e{number // 12:05}-4c1e-9f60-1f9d2b7f0c55"},
        "effectiveDateTime": when.isoformat(),
        "issued": when.isoformat(),
        "valueQuantity": {
            "value": 40 + number % 100 / 7,
            "unit": "mg/dL",
            "system": "http://unitsofmeasure.org",
            "code": "mg/dL",
        },
    }
