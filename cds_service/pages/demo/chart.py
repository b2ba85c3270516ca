"""The chart as a clinician skims it: what is in the prefetch, newest first."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.content.library import Library
from cds_service.ehr.answer import Json
from cds_service.pages.demo import fhir_text
from cds_service.pages.demo.record import WHAT_IF, resources

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
    """One entry: `note` is a status that matters, `assumed` whether the what-if panel made it."""

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


def chart_of(request: Json, library: Library) -> tuple[Section, ...]:
    """All sections that hold anything, newest entries first."""
    held = list(resources(request.get("prefetch")))
    sections = (
        Section(title, _lines((r for r in held if r.get("resourceType") in kinds), library))
        for title, kinds in _SECTIONS
    )
    return tuple(section for section in sections if section.lines)


def _lines(held: Iterable[Json], library: Library) -> tuple[Line, ...]:
    """Assumed entries, then by day; vital signs stand last in theirs."""
    held = sorted(held, key=_is_vital)
    return tuple(
        sorted(
            (_line(one, library) for one in held),
            key=lambda line: (line.assumed, line.day),
            reverse=True,
        )
    )


def _is_vital(resource: Json) -> bool:
    categories = fhir_text.objects(resource.get("category"))
    return any(fhir_text.code(category) == "vital-signs" for category in categories)


def _line(resource: Json, library: Library) -> Line:
    name, side = _name(resource, library), fhir_text.side(resource)
    stated = "" if side in name.lower() else side
    return Line(
        day=fhir_text.day(resource),
        name=name or "without a name",
        result=" · ".join(part for part in (stated, _result(resource)) if part),
        note=_note(resource),
        assumed=fhir_text.text(resource.get("id")).startswith(WHAT_IF),
    )


def _name(resource: Json, library: Library) -> str:
    """As the record names it; a finding of our own CodeSystem as cards name it."""
    code = resource.get("code")
    stated = fhir_text.text(code.get("text")) if isinstance(code, dict) else ""
    codings = fhir_text.objects(code.get("coding")) if isinstance(code, dict) else []
    ours = library.codes.address("own")
    finding = next((fhir_text.text(c.get("code")) for c in codings if c.get("system") == ours), "")
    medication = fhir_text.concept(resource.get("medicationCodeableConcept"))
    kinds = (fhir_text.concept(kind) for kind in fhir_text.objects(resource.get("type")))
    visit = next(
        (fhir_text.text(c.get("display")) for c in fhir_text.objects([resource.get("class")])), ""
    )
    named = library.display(finding) if finding else fhir_text.concept(code)
    own = (stated, named, medication, *kinds, visit)
    return next((found for found in own if found), fhir_text.text(resource.get("resourceType")))


def _result(resource: Json) -> str:
    reasons = (fhir_text.concept(r) for r in fhir_text.objects(resource.get("reasonCode")))
    doses = (
        fhir_text.text(d.get("text")) for d in fhir_text.objects(resource.get("dosageInstruction"))
    )
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
