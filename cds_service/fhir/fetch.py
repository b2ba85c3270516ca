"""Fetches what was not delivered: all missing queries at once, and the pages that follow."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import msgspec

from cds_service.fhir.access import FhirAccess
from cds_service.fhir.answer import Answer, Asked, joined, read_answer
from cds_service.fhir.client import FhirClient, Refusal
from cds_service.fhir.decision import Delivered, Step, next_step
from cds_service.fhir.queries import ENCOUNTER, SPLIT, UNSPLIT, Query

_MOST_PAGES = 20
_FAILED = Answer(Delivered.FAILED)
_WITHHELD = Answer(Delivered.ABSENT)


@dataclass(frozen=True, slots=True)
class Ask:
    """What one call may fetch: for whom, where, with which queries, until when.

    `until` is an instant on the clock of the running loop.
    """

    access: FhirAccess
    queries: tuple[Query, ...]
    patient_id: str
    encounter_id: str
    until: float


async def fetch_missing(
    client: FhirClient, ask: Ask, delivered: Mapping[str, Answer]
) -> dict[str, Answer]:
    """The answers with what could be fetched; a query that was cut off has failed."""
    steps = plan(ask, delivered)
    reader = _Reader(client, ask, {**delivered})
    for key, step in steps.items():
        if step is Step.FETCH:
            reader.keep(key, _FAILED)
    if client.admits(ask.access):
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(ask.until), asyncio.TaskGroup() as group:
                for key, step in steps.items():
                    group.create_task(reader.read(key, step))
    return reader.answers


def plan(ask: Ask, delivered: Mapping[str, Answer]) -> dict[str, Step]:
    """What to fetch or follow, by key; unsplit Observations stand for their four keys."""
    steps: dict[str, Step] = {}
    for query in ask.queries:
        key = query.key
        if key in SPLIT and key not in delivered and UNSPLIT in delivered:
            step = next_step(delivered[UNSPLIT].value, access=True)
            key = UNSPLIT if step is Step.FOLLOW else key
        else:
            step = next_step(_value(query, ask, delivered), access=True)
        if step in (Step.FETCH, Step.FOLLOW):
            steps[key] = step
    return steps


def _value(query: Query, ask: Ask, delivered: Mapping[str, Answer]) -> Delivered:
    """The encounter of the context may already be there among the encounters."""
    if query.key == ENCOUNTER.key:
        wanted = f"Encounter/{ask.encounter_id}"
        found = (r.reference for answer in delivered.values() for r in answer.resources)
        if wanted in found:
            return Delivered.KNOWN
    answer = delivered.get(query.key)
    return answer.value if answer else Delivered.ABSENT


@dataclass(slots=True)
class _Reader:
    """Reads the answers of one call; `answers` holds at any time what is known by then."""

    client: FhirClient
    ask: Ask
    answers: dict[str, Answer]
    delivered: Mapping[str, Answer] = field(init=False)

    def __post_init__(self) -> None:
        self.delivered = dict(self.answers)

    def keep(self, key: str, answer: Answer) -> None:
        """What came under the key without answering it is still read by type."""
        held = self.delivered.get(key)
        if held is not None and held.value is Delivered.UNUSABLE:
            answer = replace(answer, resources=[*answer.resources, *held.resources])
        self.answers[key] = answer

    async def read(self, key: str, step: Step) -> None:
        """Fetch a query with all its pages, or the pages after one that was delivered."""
        query = next((query for query in self.ask.queries if query.key == key), None)
        asked = Asked(query, self.ask.patient_id, ours=True)
        if step is Step.FETCH and query is not None:
            address = self.ask.access.address(query, self.ask.patient_id, self.ask.encounter_id)
            first = await self._page(address, asked)
        else:
            first = self.delivered[key]
        self.keep(key, first)
        if first.value is Delivered.PAGED:
            await self._follow(key, first, asked)

    async def _follow(self, key: str, first: Answer, asked: Asked) -> None:
        """The pages after the first, as far as they can be read; the rest stays a gap."""
        pages, seen = [first], set[str]()
        answer = first
        while answer.value is Delivered.PAGED and len(pages) < _MOST_PAGES:
            address = self.ask.access.page(answer.next)
            if address is None or address in seen:
                return
            seen.add(address)
            page = await self._page(address, asked)
            if page.value in (Delivered.FAILED, Delivered.ABSENT):
                return
            pages.append(page)
            answer = joined(pages, asked)
            self.keep(key, answer)

    async def _page(self, address: str, asked: Asked) -> Answer:
        """One page; what cannot answer the question has failed, another patient first of all."""
        body = await self.client.read(self.ask.access, address, self.ask.until)
        if isinstance(body, Refusal):
            return _WITHHELD if body is Refusal.WITHHELD else _FAILED
        try:
            answer = read_answer(msgspec.Raw(body), asked)
        except msgspec.DecodeError:
            return _FAILED
        strange = any(
            r.resource_type == "Patient" and r.id != self.ask.patient_id for r in answer.resources
        )
        if strange or answer.value in (Delivered.UNUSABLE, Delivered.NULL):
            return replace(_FAILED, other_version=answer.other_version)
        return answer
