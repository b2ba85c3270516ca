"""A small record in memory: dated statements and FHIR resources, read with the shipped content."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

import msgspec

from cds_service.clinical.engine import find
from cds_service.clinical.fact import Facts, Outcome, Person, Quantity, Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.content.library import Library
from cds_service.content.load import load_library
from cds_service.facts.read import read_facts
from cds_service.facts.vocabulary import Vocabulary
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import gather
from cds_service.fhir.queries import QUERIES
from cds_service.pipeline import Advice, advise, vocabulary
from cds_service.writing.cards import Writer
from cds_service.writing.identity import Signer
from tests.spec.fhir_json import Json, searchset

AS_OF = datetime(2026, 11, 20, 15, tzinfo=UTC)
PATIENT = "p1"
BIRTH = date(1966, 4, 17)
ALL_READ = {query.key: Outcome.COMPLETE for query in QUERIES}


@cache
def library() -> Library:
    """The shipped content."""
    return load_library()


@cache
def words() -> Vocabulary:
    """The reading side of the shipped content."""
    return vocabulary(library())


@cache
def writer() -> Writer:
    """A writer with a fixed key."""
    return Writer(library(), Signer(b"key"), "http://127.0.0.1:8080")


def rules(topic: str) -> TopicRules:
    """The rules of one topic."""
    return library().rulebook.topics[topic]


def ago(days: float = 0, hours: float = 0) -> Moment:
    """An instant so long before the assessment; negative numbers lie ahead."""
    instant = AS_OF - timedelta(days=days, hours=hours)
    return Moment(instant, instant)


def day(days: int) -> Moment:
    """A calendar day so many days before the day of the assessment."""
    return on((AS_OF - timedelta(days=days)).date())


def on(when: date) -> Moment:
    """A calendar day."""
    return Moment(datetime.combine(when, time.min, UTC), datetime.combine(when, time.max, UTC))


def said(
    finding: str,
    status: Status = Status.PRESENT,
    *,
    when: Moment | None = ago(),  # noqa: B008 - a moment is immutable
    side: Side = Side.UNSPECIFIED,
    **more: Any,
) -> Statement:
    """One entry, an Observation of the instant of the assessment unless told otherwise."""
    given = {
        "source": f"Observation/{finding}",
        "onset": when,
        "onset_assumed": True,
        "codes": (f"own|{finding}",),
    } | more
    return Statement(finding=finding, status=status, side=side, noted=when, **given)


def measured(
    finding: str,
    value: float,
    *,
    when: Moment | None = ago(),  # noqa: B008 - a moment is immutable
    unit: str = "",
    side: Side = Side.UNSPECIFIED,
    **more: Any,
) -> Statement:
    """One measurement."""
    quantity = Quantity(value, unit=unit)
    return said(finding, Status.UNKNOWN, when=when, side=side, quantity=quantity, **more)


def facts(*statements: Statement, **more: Any) -> Facts:
    """Facts of a woman of 60 whose whole record was read."""
    person = Person(birth=on(BIRTH), male=False, deceased=False)
    whole = Facts(as_of=AS_OF, person=person, statements=statements, queries=ALL_READ)
    return replace(whole, **more)


def found(*statements: Statement, **more: Any) -> Findings:
    """The findings of these statements under the shipped reading rules."""
    return find(facts(*statements, **more), library().rulebook)


def patient(**more: object) -> Json:
    """The patient resource of a woman of 60."""
    return {"resourceType": "Patient", "id": PATIENT, "birthDate": BIRTH.isoformat()} | more


UNRELATED: Json = {
    "resourceType": "Condition",
    "id": "unrelated",
    "code": {"coding": [{"system": "http://snomed.info/sct", "code": "38341003"}]},
    "recordedDate": "2015-01-01",
}


def numbered(*resources: Json) -> list[Json]:
    """With an id and the patient as subject where the resource does not say so itself."""
    return [
        {"id": f"r{number}", "subject": {"reference": f"Patient/{PATIENT}"}} | resource
        for number, resource in enumerate(resources)
    ]


def prefetch(*resources: Json, **more: Any) -> dict[str, object]:
    """Every key answered; the resources come under `conditions`, since all are read by type.

    A problem without meaning here stands for the others that a list of problems holds.
    """
    entries = [*numbered(*resources), *numbered(UNRELATED)]
    bundle = searchset(entries, "https://ehr.example.org/fhir")
    answers: dict[str, object] = {query.key: None for query in QUERIES}
    return answers | {"patient": patient(), "conditions": bundle} | more


def raw(answers: Mapping[str, object]) -> dict[str, msgspec.Raw]:
    """Prefetch values as they arrive on the wire."""
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in answers.items()}


def chart(*resources: Json, encounter: str = "", **more: Any) -> Chart:
    """The chart of these resources; keywords replace whole prefetch values."""
    return gather(raw(prefetch(*resources, **more)), PATIENT, encounter)


def read(*resources: Json, encounter: str = "", as_of: datetime = AS_OF, **more: Any) -> Facts:
    """The facts that the service reads from these resources."""
    return read_facts(chart(*resources, encounter=encounter, **more), words(), as_of)


def seen(*resources: Json, encounter: str = "", **more: Any) -> Findings:
    """The findings that the service reads from these resources."""
    return find(read(*resources, encounter=encounter, **more), library().rulebook)


def advice(*resources: Json, encounter: str = "", as_of: datetime = AS_OF, **more: Any) -> Advice:
    """What the service advises on these resources."""
    return advise(chart(*resources, encounter=encounter, **more), words(), writer(), as_of)


def shown(advised: Advice) -> list[str]:
    """The ids of the cards shown, in order."""
    return [card.id for card in advised.cards]


def states(advised: Advice) -> dict[str, str]:
    """The state of each topic."""
    return {p.assessment.topic: p.assessment.state for p in advised.placed}
