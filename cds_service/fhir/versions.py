"""Resources of FHIR versions other than R4 and R4B, known by members that changed (AUTH-14)."""

import msgspec

from cds_service.fhir import resources as fhir
from cds_service.fhir.resources import Kind, Resource

# Types that R5 changed in a way that can still be decoded.
CHANGED = frozenset(
    {
        "Encounter",
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "Procedure",
    }
)


class Shape(Kind, rename="camel"):
    """The members whose JSON type changed between FHIR versions."""

    clinical_status: object = None
    verification_status: object = None
    clinical_class: object = msgspec.field(name="class", default=None)


_SHAPE = msgspec.json.Decoder(Shape)


def of_another_version(resource: Resource) -> bool:
    """Whether a resource that could be decoded holds what only R5 has."""
    match resource.resource_type:
        case "Encounter":
            return resource.actual_period is not None
        case "MedicationRequest" | "MedicationStatement" | "MedicationAdministration":
            return resource.medication is not None
        case "Procedure":
            return (resource.occurrence_date_time or resource.occurrence_period) is not None
        case _:
            return False


def entry_of_another_version(entry: msgspec.Raw) -> bool:
    """Whether a Bundle entry that could not be decoded holds such a resource."""
    try:
        return raw_of_another_version(fhir.RAW_ENTRY.decode(entry).resource)
    except (msgspec.DecodeError, RecursionError):
        return False


def raw_of_another_version(resource: msgspec.Raw) -> bool:
    """Whether a resource that could not be decoded is of DSTU2, STU3 or R5.

    A Condition's statuses were bare codes before R4; an Encounter's class was one in DSTU2 and is
    a list since R5.
    """
    try:
        shape = _SHAPE.decode(resource)
    except (msgspec.DecodeError, RecursionError):
        return False
    match shape.resource_type:
        case "Condition":
            statuses = (shape.clinical_status, shape.verification_status)
            return any(isinstance(status, str) for status in statuses)
        case "Encounter":
            return isinstance(shape.clinical_class, str | list)
        case _:
            return False
