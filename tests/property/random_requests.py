"""Random requests for every operation of the OpenAPI document, made by schemathesis.

Requests made of a schema alone hardly get past the envelope: no schema can say that the Patient is
the one of the context. Therefore most calls are completed with the record of a sample patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import schemathesis
from hypothesis import settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.schemas import OpenApiSchema

from cds_service.ehr.stories import read_stories
from cds_service.hooks.contracts import contracts_folder

Json = dict[str, Any]

CALL = "POST /cds-services/{id}"
FEEDBACK = "POST /cds-services/{id}/feedback"
EVIDENCE = "GET /evidence/{topic}"
ASSET = "GET /assets/{mark}/{name}"
TOPICS = ("dvt", "sij", "radiculopathy", "intended-use")
REQUIRED = {"patient", "conditions"}
STORIES = [story.today() for story in read_stories()]


def planned() -> dict[str, int]:
    """How many requests each operation gets: 500 and some in all, ten times as many to verify.

    An operation that takes no body gets what there is to vary.
    """
    times = 1 if settings.get_current_profile_name() == "test" else 10
    return {CALL: 350 * times, FEEDBACK: 130 * times, EVIDENCE: 20 * times}


@dataclass(frozen=True, slots=True)
class Offered:
    """A service of the discovery document."""

    id: str
    hook: str


def document() -> OpenApiSchema:
    """The OpenAPI document from its file, references included."""
    schema: OpenApiSchema = schemathesis.openapi.from_path(contracts_folder() / "openapi.json")
    schema.validate()
    return schema


def cases(label: str, offered: list[Offered]) -> st.SearchStrategy[Case[Any]]:
    """Requests for one operation: in keeping with its schema, against it, and with a record."""
    operation = document().find_operation_by_label(label)
    assert operation is not None
    good = operation.as_strategy()
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    if label == CALL:
        kinds = [good, bad, *[recorded(good, offered)] * 4]
        return st.sampled_from(kinds).flatmap(lambda kind: kind)
    if label == FEEDBACK:
        ids = [service.id for service in offered]
        return st.one_of(good, bad, addressed(good, "id", ids))
    if label == EVIDENCE:
        return st.one_of(good, addressed(good, "topic", TOPICS))
    return good


@st.composite
def addressed(
    draw: st.DrawFn, good: st.SearchStrategy[Case[Any]], name: str, values: Sequence[str]
) -> Case[Any]:
    """A request to an address that exists."""
    case = draw(good)
    case.path_parameters = {name: draw(st.sampled_from(values))}
    return case


@st.composite
def recorded(
    draw: st.DrawFn, good: st.SearchStrategy[Case[Any]], offered: list[Offered]
) -> Case[Any]:
    """A call to the service of its hook, with the record of a sample patient.

    What was generated stays everywhere else, under some of the optional prefetch keys as well.
    """
    case = draw(good)
    body = cast("Json", case.body)
    story = draw(st.sampled_from(STORIES))
    made: Json = body.get("prefetch", {})
    kept = draw(st.sets(st.sampled_from(sorted(made)))) if made else set()
    whose = {name: story["context"][name] for name in ("userId", "patientId")}
    (service,) = (service for service in offered if service.hook == body["hook"])
    case.path_parameters = {"id": service.id}
    case.body = {
        **body,
        "context": body["context"] | whose,
        "prefetch": story["prefetch"] | {key: made[key] for key in kept - REQUIRED},
    }
    return case
