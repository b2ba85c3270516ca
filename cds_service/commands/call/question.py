"""The hook call that the person at the terminal asks for, as an EHR would write it."""

import re
from dataclasses import dataclass
from uuid import uuid4

from cds_service.commands.call.access import unauthorized
from cds_service.ehr.answer import Json
from cds_service.ehr.prefetch import QueryRun, prefetched
from cds_service.ehr.server import EhrServer
from cds_service.errors import CallError
from cds_service.hooks.services import ENCOUNTER_START, HOOK_SERVICES, PATIENT_VIEW, PROBLEM_CREATE

HOOKS = tuple(service.hook for service in HOOK_SERVICES)
# As wide as the service takes ids: not all servers keep to FHIR's 64 letters, digits, - and .
_BARE = r"[A-Za-z0-9\-._~]{1,512}"
_ID = re.compile(_BARE)
_USER = re.compile(rf"(Practitioner|PractitionerRole|Patient|RelatedPerson)/{_BARE}")
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Question:
    """Whose chart is open, in which workflow; `conditions` are ids of problems just added."""

    patient: str
    user: str
    hook: str = PATIENT_VIEW.hook
    encounter: str = ""
    conditions: tuple[str, ...] = ()


def asked(
    patient: str, user: str, hook: str, encounter: str, conditions: tuple[str, ...]
) -> Question:
    """The question that the options make; raises CallError naming the option to change."""
    if hook not in HOOKS:
        raise CallError(f"--hook must be one of {', '.join(HOOKS)}")
    if hook == ENCOUNTER_START.hook and not encounter:
        raise CallError(f"--hook {hook} needs --encounter, the id of the encounter that begins")
    if (hook == PROBLEM_CREATE.hook) != bool(conditions):
        raise CallError(
            f"--hook {PROBLEM_CREATE.hook} and --condition, the id of a problem just added, go "
            "together"
        )
    if not _USER.fullmatch(user):
        raise CallError("--user is who looks at the chart, such as Practitioner/123")
    return Question(
        _id("--patient", "Patient", patient),
        user,
        hook,
        _id("--encounter", "Encounter", encounter) if encounter else "",
        tuple(_id("--condition", "Condition", condition) for condition in conditions),
    )


def _id(option: str, kind: str, given: str) -> str:
    """A bare id, also where it was given as a reference."""
    bare = given.removeprefix(f"{kind}/")
    if not _ID.fullmatch(bare) or not bare.strip("."):
        raise CallError(f"{option} must be the id of a {kind}, such as 123 or {kind}/123")
    return bare


async def context_of(server: EhrServer, question: Question) -> Json:
    """The context of the hook, with the problems themselves; raises CallError."""
    context: Json = {"userId": question.user, "patientId": question.patient}
    if question.encounter:
        context["encounterId"] = question.encounter
    if question.conditions:
        read = [await _problem(server, identifier) for identifier in question.conditions]
        entries = [{"resource": resource} for resource in read]
        context["conditions"] = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return context


async def _problem(server: EhrServer, identifier: str) -> Json:
    reply = await server.query(f"Condition/{identifier}")
    if reply.status == _UNAUTHORIZED:
        raise CallError(unauthorized(server.access))
    if not reply.ok or reply.kind != "Condition":
        raise CallError(f"{server.access.base} does not give Condition/{identifier} ({reply.why})")
    found: Json = reply.document
    return found


def request_of(question: Question, context: Json, runs: tuple[QueryRun, ...]) -> Json:
    """The body of the call. It names no FHIR server: all that can be read was prefetched."""
    return {
        "hook": question.hook,
        "hookInstance": str(uuid4()),
        "context": context,
        "prefetch": prefetched(runs),
    }
