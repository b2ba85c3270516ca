"""The CDS services on offer: one for each hook, all reading the same record by the same rules."""

from dataclasses import dataclass

from cds_service.errors import SettingsError
from cds_service.fhir.queries import ENCOUNTER, QUERIES, Query
from cds_service.hooks.context import (
    Context,
    EncounterStartContext,
    PatientViewContext,
    ProblemListItemCreateContext,
)


@dataclass(frozen=True, slots=True)
class HookService:
    """One entry of the discovery document.

    `hook_version` is the version string that the hook's own page publishes.
    """

    id: str
    hook: str
    hook_version: str
    context: type[Context]
    queries: tuple[Query, ...] = QUERIES


PATIENT_VIEW = HookService("leg-pain", "patient-view", "1.0", PatientViewContext)
ENCOUNTER_START = HookService(
    "leg-pain-encounter",
    "encounter-start",
    "1.0",
    EncounterStartContext,
    (*QUERIES, ENCOUNTER),
)
PROBLEM_CREATE = HookService(
    "leg-pain-problem",
    "problem-list-item-create",
    "0.1.0",
    ProblemListItemCreateContext,
)
HOOK_SERVICES = (PATIENT_VIEW, ENCOUNTER_START, PROBLEM_CREATE)


def offered_services(ids: tuple[str, ...]) -> tuple[HookService, ...]:
    """The services of these ids, in the order of the discovery document.

    Raises SettingsError naming an id that is none of ours.
    """
    known = {service.id for service in HOOK_SERVICES}
    strange = [name for name in ids if name not in known]
    if strange:
        message = (
            f"LEGPAIN_SERVICES: {strange[0]} is no service; choose from {', '.join(sorted(known))}"
        )
        raise SettingsError(message)
    return tuple(service for service in HOOK_SERVICES if service.id in ids)
