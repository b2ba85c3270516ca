"""Small builders for FHIR R4 JSON; ids and the patient are added when the chart is complete."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = dict[str, object]

SNOMED = "http://snomed.info/sct"
ICD10CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICPC2 = "http://hl7.org/fhir/sid/icpc-2"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ATC = "http://www.whocc.no/atc"
UCUM = "http://unitsofmeasure.org"
OWN = "https://legpain-cds.github.io/fhir/CodeSystem/leg-pain-findings"
LOCAL = "https://ehr.example.org/fhir/CodeSystem/flowsheet"
HL7 = "http://terminology.hl7.org/CodeSystem"

ENCOUNTER = "visit-1"
PRACTITIONER = "Practitioner/dr-adams"

_SIDES: Mapping[str, tuple[str, str]] = {
    "L": ("7771000", "Left (qualifier value)"),
    "R": ("24028007", "Right (qualifier value)"),
    "B": ("51440002", "Right and left (qualifier value)"),
}


def coding(system: str, code: str, display: str = "") -> Json:
    """One coding; an empty display is left out."""
    named: Json = {"system": system, "code": code}
    return named | {"display": display} if display else named


def snomed(code: str, display: str) -> Json:
    """A SNOMED CT coding."""
    return coding(SNOMED, code, display)


def icd(code: str, display: str) -> Json:
    """An ICD-10-CM coding."""
    return coding(ICD10CM, code, display)


def own(finding: str) -> Json:
    """A finding id of the project's own code system."""
    return coding(OWN, finding)


def concept(*codings: Json, text: str = "") -> Json:
    """A CodeableConcept with any number of codings side by side."""
    coded: Json = {"coding": list(codings)} if codings else {}
    return coded | {"text": text} if text else coded


def body_site(site: Json | None, side: str | None) -> Json | None:
    """Site and laterality qualifier as two codings of one concept, None when neither is known."""
    qualifier = [snomed(*_SIDES[side])] if side else []
    codings = ([site] if site else []) + qualifier
    return concept(*codings) if codings else None


def quantity(value: float, unit: str | None, code: str | None) -> Json:
    """A measured value; the unit is UCUM only when `code` is given."""
    measured: Json = {"value": value}
    if unit:
        measured["unit"] = unit
    return measured | {"system": UCUM, "code": code} if code else measured


def resource(kind: str, **members: object) -> Json:
    """A resource without the members that are None."""
    given = {name: value for name, value in members.items() if value is not None}
    return {"resourceType": kind} | given


def condition(
    code: Json,
    *,
    clinical: str | None = "active",
    verification: str | None = "confirmed",
    visit: bool = False,
    **members: object,
) -> Json:
    """A problem-list item, or a diagnosis of the current visit."""
    category = "encounter-diagnosis" if visit else "problem-list-item"
    statuses = {
        "clinicalStatus": _status("condition-clinical", clinical),
        "verificationStatus": _status("condition-ver-status", verification),
        "category": [concept(coding(f"{HL7}/condition-category", category))],
        "encounter": {"reference": f"Encounter/{ENCOUNTER}"} if visit else None,
    }
    return resource("Condition", **statuses, code=code, **members)


def _status(system: str, code: str | None) -> Json | None:
    return concept(coding(f"{HL7}/{system}", code)) if code else None


def observation(category: str, code: Json, **members: object) -> Json:
    """A final Observation of one category."""
    kind = [concept(coding(f"{HL7}/observation-category", category))]
    return resource("Observation", **{"status": "final"} | members, category=kind, code=code)


def procedure(code: Json, performed: str, **members: object) -> Json:
    """A completed Procedure."""
    return resource(
        "Procedure", status="completed", code=code, performedDateTime=performed, **members
    )


def searchset(resources: Sequence[Json], base: str) -> Json:
    """A complete answer to a search; FHIR allows no empty array of entries."""
    entries = [
        {
            "fullUrl": f"{base}/{found['resourceType']}/{found['id']}",
            "resource": found,
            "search": {"mode": "match"},
        }
        for found in resources
    ]
    return resource("Bundle", type="searchset", total=len(resources), entry=entries or None)
