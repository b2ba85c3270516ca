"""The chart as a clinician skims it: what is in the prefetch, newest first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds_service.ehr.answer import Json
from cds_service.pages.demo import fhir_text

WHAT_IF = "what-if-"
_SECTIONS = (
    ("Problems and diagnoses", ("Condition",)),
    ("Findings and results", ("Observation", "DiagnosticReport", "QuestionnaireResponse")),
    (
        "Medications, visits, procedures",
        (
            "MedicationRequest",
            "MedicationStatement",
            "MedicationAdministration",
            "Encounter",
            "Procedure",
            "ServiceRequest",
            "ImagingStudy",
        ),
    ),
)
_QUIET = frozenset({"", "active", "final", "finished", "completed", "confirmed"})
_RETRACTED = "entered-in-error"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: `note` is a status that matters, `assumed` that it comes from the what-if panel."""

    day: str
    name: str
    result: str
    note: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Who the chart is about, as far as it says."""

    name: str
    age: str
    gender: str

    @property
    def told(self) -> str:
        """Age and sex in a few words."""
        return ", ".join(part for part in (self.age, self.gender) if part)


def resources(held: Any) -> Iterator[Json]:
    """The resources of a prefetch, those of its Bundles included, each once."""
    seen: set[tuple[str, str]] = set()
    for one in _held(held):
        kind, identifier = fhir_text.text(one.get("resourceType")), fhir_text.text(one.get("id"))
        if identifier and (kind, identifier) in seen:
            continue
        seen.add((kind, identifier))
        yield one


def _held(held: Any) -> Iterator[Json]:
    for one in held.values() if isinstance(held, dict) else ():
        if isinstance(one, dict) and one.get("resourceType") == "Bundle":
            entries = fhir_text.objects(one.get("entry"))
            yield from fhir_text.objects([entry.get("resource") for entry in entries])
        elif isinstance(one, dict):
            yield one


def person_of(request: Json, today: date) -> Person:
    """The patient of a request."""
    patient = next(
        (r for r in resources(request.get("prefetch")) if r.get("resourceType") == "Patient"), {}
    )
    names = fhir_text.objects(patient.get("name"))
    found = names[0] if names else {}
    given = found.get("given")
    parts = (*(given if isinstance(given, list) else ()), found.get("family"))
    name = " ".join(filter(None, map(fhir_text.text, parts))) or fhir_text.text(found.get("text"))
    age = _age(fhir_text.text(patient.get("birthDate")), today)
    died = patient.get("deceasedBoolean") is True or bool(patient.get("deceasedDateTime"))
    gender = fhir_text.text(patient.get("gender"))
    return Person(name or "Patient without a name", age, f"{gender}, deceased" if died else gender)


def _age(born: str, today: date) -> str:
    try:
        birthday = date.fromisoformat(born)
    except ValueError:
        return ""
    before = (today.month, today.day) < (birthday.month, birthday.day)
    return f"{today.year - birthday.year - before} years"


def chart_of(request: Json) -> tuple[Section, ...]:
    """All sections that hold anything, newest entries first."""
    held = list(resources(request.get("prefetch")))
    sections = (
        Section(title, _lines(r for r in held if r.get("resourceType") in kinds))
        for title, kinds in _SECTIONS
    )
    return tuple(section for section in sections if section.lines)


def _lines(held: Iterable[Json]) -> tuple[Line, ...]:
    """Assumed entries, then by day; vital signs stand last in theirs."""
    held = sorted(held, key=_is_vital)
    return tuple(sorted(map(_line, held), key=lambda line: (line.assumed, line.day), reverse=True))


def _is_vital(resource: Json) -> bool:
    categories = fhir_text.objects(resource.get("category"))
    return any(fhir_text.code(category) == "vital-signs" for category in categories)


def _line(resource: Json) -> Line:
    return Line(
        day=fhir_text.day(resource),
        name=_name(resource) or "without a name",
        result=" · ".join(p for p in (fhir_text.side(resource), _result(resource)) if p),
        note=_note(resource),
        assumed=fhir_text.text(resource.get("id")).startswith(WHAT_IF),
    )


def _name(resource: Json) -> str:
    medication = fhir_text.concept(resource.get("medicationCodeableConcept"))
    kinds = (fhir_text.concept(kind) for kind in fhir_text.objects(resource.get("type")))
    visit = next((fhir_text.text(c.get("display")) for c in fhir_text.objects([resource.get("class")])), "")
    own = (fhir_text.concept(resource.get("code")), medication, *kinds, visit)
    return next((found for found in own if found), fhir_text.text(resource.get("resourceType")))


def _result(resource: Json) -> str:
    reasons = (fhir_text.concept(r) for r in fhir_text.objects(resource.get("reasonCode")))
    doses = (fhir_text.text(d.get("text")) for d in fhir_text.objects(resource.get("dosageInstruction")))
    own = (fhir_text.value(resource), fhir_text.text(resource.get("conclusion")))
    return "; ".join(found for found in (*own, *reasons, *doses) if found)


def _note(resource: Json) -> str:
    words = (
        fhir_text.code(resource.get("verificationStatus")),
        fhir_text.code(resource.get("clinicalStatus")),
        fhir_text.text(resource.get("status")),
    )
    found = [word for word in words if word not in _QUIET]
    return _RETRACTED.replace("-", " ") if _RETRACTED in found else ", ".join(found)
