"""One service seen from outside: requests as an EHR would send them, and what they show of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import uuid4

from cds_service.commands.conformance.ehr_behavior import Behavior, well
from cds_service.commands.conformance.mock_ehr import MockEhr, Visit
from cds_service.commands.conformance.sample_patients import CURRENT_ENCOUNTER, problem
from cds_service.commands.conformance.samples import SamplePatient
from cds_service.commands.conformance.search import lookup, searchset
from cds_service.commands.conformance.verdict import UnseenError
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.target import DISCOVERY, Target
from cds_service.ehr.templates import resolve, type_of

EHR_NAME = "https://ehr.example.org/fhir"
_PRECONDITION = 412
# Seconds between attempts: services rest from a failing server for half a minute at most.
_WAITS = (4, 4, 4, 4, 4, 4, 4)


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller of the checker decided; `named_origin` says the origin was given."""

    origin: str
    named_origin: bool = False
    health: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A complete call for one patient, and its answer."""

    patient: SamplePatient
    body: Json
    answer: Answer


@dataclass(eq=False)
class Probe:
    """Asks one service; what it learned once it does not ask again."""

    target: Target
    service: Json
    patients: tuple[SamplePatient, ...]
    options: Options
    ehr: MockEhr | None
    offered: tuple[Json, ...] = ()
    provoked: bool = False
    _full: dict[str, Shown] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id of the service."""
        return str(self.service.get("id", ""))

    @property
    def hook(self) -> str:
        """The hook of the service."""
        return str(self.service.get("hook", ""))

    @property
    def path(self) -> str:
        """Where the service is called."""
        return f"{DISCOVERY}/{self.id}"

    @property
    def templates(self) -> dict[str, str]:
        """The prefetch templates that are text."""
        listed = self.service.get("prefetch")
        found = listed.items() if isinstance(listed, dict) else ()
        return {key: template for key, template in found if isinstance(template, str)}

    @property
    def quiet(self) -> SamplePatient:
        """The patient about whom nothing is recorded."""
        return min(self.patients, key=lambda patient: len(patient.resources))

    def context(self, patient: SamplePatient) -> Json:
        """The context of the hook with this patient's chart open."""
        context: Json = {"userId": patient.user_id, "patientId": patient.patient_id}
        if patient.encounter_id or self.hook == "encounter-start":
            context["encounterId"] = patient.encounter_id or CURRENT_ENCOUNTER
        if self.hook == "problem-list-item-create":
            new = patient.of_type("Condition") or [problem(patient.patient_id)]
            context["conditions"] = searchset(new[-1:], EHR_NAME)
        return context

    def queries(self, patient: SamplePatient) -> dict[str, str]:
        """The resolved template of each key that a client can resolve."""
        context = self.context(patient)
        resolved = {key: resolve(t, context) for key, t in self.templates.items()}
        return {key: query for key, query in resolved.items() if query is not None}

    def prefetch(self, patient: SamplePatient) -> Json:
        """Everything the service asks for, as this patient's record has it."""
        return {
            key: lookup(patient, query, EHR_NAME) for key, query in self.queries(patient).items()
        }

    def keys_of(self, patient: SamplePatient, *types: str) -> list[str]:
        """The prefetch keys whose query asks for one of these types."""
        return [k for k, query in self.queries(patient).items() if type_of(query) in types]

    def body(
        self, patient: SamplePatient, prefetch: Mapping[str, Any] | None = None, **members: Any
    ) -> Json:
        """A request; without `prefetch` it is sent whole, `prefetch={}` leaves the member out.

        A service without templates is given access to the FHIR server instead.
        """
        given = self.prefetch(patient) if prefetch is None else dict(prefetch)
        request: Json = {
            "hook": self.hook,
            "hookInstance": str(uuid4()),
            "context": self.context(patient),
        }
        if not self.templates and self.ehr is not None and self.service:
            members = self.ehr.admit(patient).access | members
        return request | ({"prefetch": given} if given else {}) | members

    def call(self, body: Any, headers: dict[str, str] | None = None) -> Answer:
        """POST to the service."""
        return self.target.post(self.path, body, headers=headers)

    def full(self, patient: SamplePatient) -> Shown:
        """The answer to everything prefetched; asked once for each patient."""
        name = f"{patient.name}/{patient.patient_id}"
        if name not in self._full:
            body = self.body(patient)
            self._full[name] = Shown(patient, body, self.call(body))
        return self._full[name]

    def showcase(self) -> list[Shown]:
        """The answers for all patients."""
        return [self.full(patient) for patient in self.patients]

    @cached_property
    def subject(self) -> Shown:
        """The first patient for whom the service has something to say, else the first."""
        for patient in self.patients:
            if self.full(patient).answer.cards:
                return self.full(patient)
        return self.full(self.patients[0])

    @cached_property
    def nothing_known(self) -> Answer:
        """The answer for the subject when every search found nothing."""
        return self.call(self.body(self.subject.patient, self.emptied(self.subject.patient)))

    def emptied(self, patient: SamplePatient) -> Json:
        """Reads as they are, every search null."""
        return {
            key: value if key in self.keys_of(patient, "Patient") else None
            for key, value in self.prefetch(patient).items()
        }

    @cached_property
    def without(self) -> dict[str, Answer]:
        """The answers when one key is withheld and no FHIR server is named."""
        whole = self.prefetch(self.subject.patient)
        return {
            key: self.call(
                self.body(self.subject.patient, {k: v for k, v in whole.items() if k != key})
            )
            for key in whole
        }

    @cached_property
    def required(self) -> list[str]:
        """The keys without which the service refuses with 412."""
        return [key for key, answer in self.without.items() if answer.status == _PRECONDITION]

    @cached_property
    def fetched(self) -> tuple[Answer, Visit] | None:
        """The call without prefetch but with a FHIR server, None where there is no server."""
        if self.ehr is None:
            return None
        return self.visited(self.subject.patient, {})

    @property
    def fetches(self) -> bool:
        """Whether the service reads from the FHIR server that the request names."""
        return self.fetched is not None and bool(self.fetched[1].here)

    def visited(
        self, patient: SamplePatient, prefetch: Json, behave: Behavior = well, page: int = 0
    ) -> tuple[Answer, Visit]:
        """A call with this prefetch and a FHIR server that behaves like this.

        A service that left a server at a fixed address alone after failures is asked again.
        """
        answer, visit = self.visited_once(patient, prefetch, behave, page)
        waits = _WAITS if visit.resting and len(prefetch) < len(self.templates) else ()
        for seconds in waits:
            if visit.asked:
                break
            time.sleep(seconds)
            answer, visit = self.visited_once(patient, prefetch, behave, page)
        return answer, visit

    def visited_once(
        self,
        patient: SamplePatient,
        prefetch: Json,
        behave: Behavior = well,
        page: int = 0,
        block: Json | None = None,
    ) -> tuple[Answer, Visit]:
        """As `visited`, but asked once; `block` changes members of the token block."""
        if self.ehr is None:
            raise UnseenError("No FHIR server was offered to the service (--no-fhir).")
        with self.ehr.visit(patient, behave, page) as visit:
            access = visit.access
            access["fhirAuthorization"] |= block or {}
            answer = self.call(self.body(patient, prefetch, **access))
        return answer, visit
