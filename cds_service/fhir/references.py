"""FHIR references in all their spellings: relative, absolute, versioned."""

from cds_service.fhir.resources import Reference, Resource

# Types that say nothing of whose they are.
_NOBODYS = ("Patient", "Medication")


def local(reference: Reference | str | None) -> str:
    """`Condition/c1` of a relative, absolute or versioned reference; empty when there is none."""
    text = reference.reference if isinstance(reference, Reference) else reference or ""
    return "/".join(text.partition("/_history/")[0].split("/")[-2:])


def names_patient(resource: Resource) -> bool:
    """Whether resources of this type name the patient they are about."""
    return resource.resource_type not in _NOBODYS


def belongs_to(resource: Resource, patient_id: str) -> bool:
    """Whether the resource names this patient; one that names nobody is not trusted."""
    return local(resource.subject or resource.patient) == f"Patient/{patient_id}"
