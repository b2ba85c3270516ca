"""The chart: the resources of one patient and what became of every query."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.clinical.fact import Outcome
from cds_service.fhir.resources import Resource


@dataclass(frozen=True, slots=True)
class Chart:
    """What was gathered for one call.

    `patient` is None when the read found nothing. `skipped` counts resources that could not be
    decoded (`damaged` names their queries), `foreign` those of another patient or of none.
    `of_visit` names queries that the client limited to one encounter, `other_version` those whose
    resources are of a FHIR version that is not read. `problems` are those of the
    resources that the hook's context says were just added to the problem list, None for a hook
    that asks about the whole record.
    """

    patient_id: str
    patient: Resource | None
    resources: tuple[Resource, ...]
    queries: Mapping[str, Outcome]
    skipped: int = 0
    foreign: int = 0
    encounter_id: str = ""
    damaged: frozenset[str] = frozenset()
    of_visit: frozenset[str] = frozenset()
    other_version: frozenset[str] = frozenset()
    problems: tuple[Resource, ...] | None = None
    medications: Mapping[str, Resource] = field(default_factory=dict)
