"""The published schemas take what CDS Hooks allows, and find what it forbids, where it stands."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.contract.contract_documents import (
    DISCOVERY,
    DOCUMENTS,
    FEEDBACK,
    GONE,
    OUTCOME,
    REASON,
    REQUEST,
    RESOURCE,
    RESPONSE,
    members,
    objects,
    spoiled,
)
from tests.contract.http_calls import Json
from tests.contract.schemas import SCHEMAS, faults

CARD = "cards.0"
CREATE = f"{CARD}.suggestions.0.actions.0"
DELETE = f"{CARD}.suggestions.0.actions.1"
ACCEPTED, OVERRIDDEN = "feedback.0", "feedback.1"
MAY_BE_EMPTY = {"cards", "services", "feedback"}
BUNDLE = {"resourceType": "Bundle", "type": "collection"}
CONTEXT = {"userId": "Practitioner/a", "patientId": "p1"}
CONTEXTS: dict[str, Json] = {
    "patient-view": CONTEXT,
    "encounter-start": CONTEXT | {"encounterId": "e1"},
    "encounter-discharge": CONTEXT | {"encounterId": "e1"},
    "problem-list-item-create": CONTEXT
    | {"conditions": BUNDLE | {"entry": [{"resource": {"resourceType": "Condition"}}]}},
    "order-select": CONTEXT | {"selections": ["Task/t1"], "draftOrders": BUNDLE},
    "order-sign": CONTEXT | {"draftOrders": BUNDLE},
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_is_a_schema(name: str) -> None:
    """Of draft 2020-12, and named."""
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMAS[name]["title"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_with_every_member_is_taken(name: str) -> None:
    """Nothing that CDS Hooks defines is missing from the schema."""
    assert faults(name, DOCUMENTS[name]) == set()


@pytest.mark.parametrize("name", ["discovery", "request", "response", "feedback"])
def test_every_object_takes_an_extension_and_nothing_else_unknown(name: str) -> None:
    """A member nobody defined belongs into `extension`, on every object."""
    document = DOCUMENTS[name]
    for place in objects(document):
        member = f"{place}.unheardOf".lstrip(".")
        extension = f"{place}.extension".lstrip(".")
        assert faults(name, spoiled(document, member, 1)) == {member}
        assert faults(name, spoiled(document, extension, {"com.example": 1})) == set()
        assert faults(name, spoiled(document, extension, "x")) == {extension}


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("nothing", [None, "", " ", [], {}], ids=repr)
def test_no_member_is_null_or_empty(name: str, nothing: Any) -> None:
    """Only `cards`, `services` and `feedback` may be empty, as arrays."""
    for place in members(DOCUMENTS[name]):
        allowed = place in MAY_BE_EMPTY and nothing == []
        found = faults(name, spoiled(DOCUMENTS[name], place, nothing))
        assert (found == set()) == allowed, place


@pytest.mark.parametrize("nothing", [None, "", [], {}, {"a": None}, [[]]], ids=repr)
def test_nothing_is_hidden_in_what_is_suggested(nothing: Any) -> None:
    """Resources of actions and extensions hold no null and nothing empty at any depth."""
    assert faults("response", spoiled(RESPONSE, f"{CREATE}.resource.code", nothing))
    assert faults("response", spoiled(RESPONSE, f"{CARD}.extension.deep", {"er": nothing}))


def test_the_nulls_of_fhir_are_taken() -> None:
    """An array of primitives may hold null where only an extension stands."""
    resource = RESOURCE | {"given": [None, "A"], "_given": [{"id": "a"}, None]}
    assert faults("response", spoiled(RESPONSE, f"{CREATE}.resource", resource)) == set()


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        pytest.param("cards", GONE, "cards", id="RESP-1"),
        pytest.param(f"{CARD}.summary", GONE, f"{CARD}.summary", id="summary"),
        pytest.param(f"{CARD}.summary", "x" * 140, f"{CARD}.summary", id="140 characters"),
        pytest.param(f"{CARD}.indicator", GONE, f"{CARD}.indicator", id="indicator"),
        pytest.param(f"{CARD}.indicator", "hard-stop", f"{CARD}.indicator", id="indicator word"),
        pytest.param(f"{CARD}.source", GONE, f"{CARD}.source", id="source"),
        pytest.param(f"{CARD}.source.label", GONE, f"{CARD}.source.label", id="label"),
        pytest.param(f"{CARD}.source.url", "/here", f"{CARD}.source.url", id="relative url"),
        pytest.param(f"{CARD}.source.icon", "data:x", f"{CARD}.source.icon", id="data icon"),
        pytest.param(f"{CARD}.source.topic.code", GONE, f"{CARD}.source.topic.code", id="topic"),
        pytest.param(f"{CARD}.uuid", "urn:uuid:1", f"{CARD}.uuid", id="uuid"),
        pytest.param(f"{CARD}.selectionBehavior", GONE, f"{CARD}.selectionBehavior", id="resp-6"),
        pytest.param(
            f"{CARD}.selectionBehavior", "all", f"{CARD}.selectionBehavior", id="selection word"
        ),
        pytest.param(
            f"{CARD}.suggestions.1.isRecommended", True, f"{CARD}.suggestions", id="resp-1"
        ),
        pytest.param(
            f"{CARD}.overrideReasons.0.display", GONE, f"{CARD}.overrideReasons.0.display", id="4"
        ),
        pytest.param(
            f"{CARD}.suggestions.0.label", GONE, f"{CARD}.suggestions.0.label", id="no label"
        ),
        pytest.param(f"{CREATE}.description", GONE, f"{CREATE}.description", id="resp-5"),
        pytest.param(f"{CREATE}.type", "patch", f"{CREATE}.type", id="action type"),
        pytest.param(f"{CREATE}.resource", GONE, f"{CREATE}.resource", id="create nothing"),
        pytest.param(f"{CREATE}.resource.id", GONE, f"{CREATE}.resource.id", id="no id"),
        pytest.param(
            f"{CREATE}.resource.resourceType", GONE, f"{CREATE}.resource.resourceType", id="no type"
        ),
        pytest.param(f"{DELETE}.resourceId", GONE, f"{DELETE}.resourceId", id="delete nothing"),
        pytest.param(f"{DELETE}.resource", RESOURCE, f"{DELETE}.resource", id="resp-2"),
        pytest.param(
            f"{CARD}.suggestions.0.actionSelectionBehavior",
            "none",
            f"{CARD}.suggestions.0.actionSelectionBehavior",
            id="resp-7",
        ),
        pytest.param(f"{CARD}.links.0.type", GONE, f"{CARD}.links.0.type", id="link type"),
        pytest.param(f"{CARD}.links.0.appContext", "{}", f"{CARD}.links.0.appContext", id="resp-3"),
        pytest.param(f"{CARD}.links.0.url", "ftp://x", f"{CARD}.links.0.url", id="link url"),
    ],
)
def test_faults_of_a_response_are_found(place: str, value: Any, fault: str) -> None:
    """Each rule of cards, suggestions, actions and links, one fault at a time."""
    assert faults("response", spoiled(RESPONSE, place, value)) == {fault}


def test_several_may_be_recommended_where_any_may_be_taken() -> None:
    """One at most is recommended only where they exclude each other."""
    both = spoiled(RESPONSE, f"{CARD}.suggestions.1.isRecommended", value=True)
    assert faults("response", spoiled(both, f"{CARD}.selectionBehavior", "any")) == set()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        pytest.param(f"{CARD}.summary", "x" * 139, id="139 characters"),
        pytest.param(
            f"{CARD}.uuid", "A3F0C1DE-C703-11EA-AF16-460231621F93", id="version 1, upper case"
        ),
        pytest.param(f"{CARD}.suggestions", GONE, id="selectionBehavior alone"),
        pytest.param("systemActions", GONE, id="no system actions"),
    ],
)
def test_what_is_at_the_limit_is_taken(place: str, value: Any) -> None:
    """The rules forbid no more than the text."""
    assert faults("response", spoiled(RESPONSE, place, value)) == set()


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("hook", GONE, "hook"),
        ("hook", 1, "hook"),
        ("hookInstance", GONE, "hookInstance"),
        ("hookInstance", "123", "hookInstance"),
        ("context", GONE, "context"),
        ("context.patientId", GONE, "context.patientId"),
        ("context.patientId", "Patient/p1", "context.patientId"),
        ("context.userId", GONE, "context.userId"),
        ("context.userId", "dr1", "context.userId"),
        ("context.userId", "Organization/1", "context.userId"),
        ("context.encounterId", "Encounter/e1", "context.encounterId"),
        ("fhirServer", GONE, "fhirServer"),
        ("fhirServer", "ehr", "fhirServer"),
        ("fhirAuthorization.access_token", GONE, "fhirAuthorization.access_token"),
        ("fhirAuthorization.token_type", GONE, "fhirAuthorization.token_type"),
        ("fhirAuthorization.token_type", "MAC", "fhirAuthorization.token_type"),
        ("fhirAuthorization.expires_in", GONE, "fhirAuthorization.expires_in"),
        ("fhirAuthorization.expires_in", "300", "fhirAuthorization.expires_in"),
        ("fhirAuthorization.scope", GONE, "fhirAuthorization.scope"),
        ("fhirAuthorization.subject", GONE, "fhirAuthorization.subject"),
        ("prefetch.patient", "123", "prefetch.patient"),
        ("prefetch.patient", {"resource": {"resourceType": "Patient"}}, "prefetch.patient"),
    ],
)
def test_faults_of_a_request_are_found(place: str, value: Any, fault: str) -> None:
    """Each rule of the envelope, the context and the token, one fault at a time."""
    assert faults("request", spoiled(REQUEST, place, value)) == {fault}


@pytest.mark.parametrize("hook", CONTEXTS)
def test_the_context_belongs_to_the_hook(hook: str) -> None:
    """What a hook needs is needed, and what another hook defines is unknown."""
    request = REQUEST | {"hook": hook, "context": CONTEXTS[hook]}
    assert faults("request", request) == set()
    for member in CONTEXTS[hook]:
        place = f"context.{member}"
        assert faults("request", spoiled(request, place)) == {place}
    assert faults("request", spoiled(request, "context.appointments", BUNDLE))


def test_the_context_of_an_unknown_hook_is_any_object() -> None:
    """Organizations define hooks of their own."""
    request = REQUEST | {"hook": "org.example.discharge", "context": {"wardId": 7}}
    assert faults("request", request) == set()


def test_what_is_put_on_the_problem_list_are_conditions() -> None:
    """Another resource among them is found."""
    entry = {"resource": {"resourceType": "Observation"}}
    context = CONTEXTS["problem-list-item-create"] | {"conditions": BUNDLE | {"entry": [entry]}}
    found = faults("request", REQUEST | {"hook": "problem-list-item-create", "context": context})
    assert found == {"context.conditions.entry.0.resource.resourceType"}


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("services", GONE, "services"),
        ("services.0.hook", GONE, "services.0.hook"),
        ("services.0.id", GONE, "services.0.id"),
        ("services.0.id", "two words", "services.0.id"),
        ("services.0.description", GONE, "services.0.description"),
        ("services.0.prefetch.patient", 1, "services.0.prefetch.patient"),
        ("services.0.version", "STU2", "services.0.version"),
    ],
)
def test_faults_of_a_discovery_are_found(place: str, value: Any, fault: str) -> None:
    """Each rule of discovery, one fault at a time."""
    assert faults("discovery", spoiled(DISCOVERY, place, value)) == {fault}


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("feedback", GONE, "feedback"),
        (f"{ACCEPTED}.card", GONE, f"{ACCEPTED}.card"),
        (f"{ACCEPTED}.outcome", GONE, f"{ACCEPTED}.outcome"),
        (f"{ACCEPTED}.outcome", "ignored", f"{ACCEPTED}.outcome"),
        (f"{ACCEPTED}.acceptedSuggestions", GONE, f"{ACCEPTED}.acceptedSuggestions"),
        (f"{ACCEPTED}.acceptedSuggestions.0", {"uuid": "x"}, None),
        (f"{OVERRIDDEN}.outcomeTimestamp", GONE, f"{OVERRIDDEN}.outcomeTimestamp"),
        (f"{OVERRIDDEN}.outcomeTimestamp", "2026-11-22", f"{OVERRIDDEN}.outcomeTimestamp"),
        (f"{OVERRIDDEN}.outcomeTimestamp", 1639217131, f"{OVERRIDDEN}.outcomeTimestamp"),
        (f"{OVERRIDDEN}.outcomeTimestamp", "2026-11-22T01:35:40", f"{OVERRIDDEN}.outcomeTimestamp"),
        (
            f"{OVERRIDDEN}.outcomeTimestamp",
            "2026-02-30T01:35:40Z",
            f"{OVERRIDDEN}.outcomeTimestamp",
        ),
        (f"{OVERRIDDEN}.overrideReason.reason.code", GONE, None),
        (f"{OVERRIDDEN}.overrideReason", {"extension": {"a": 1}}, f"{OVERRIDDEN}.overrideReason"),
    ],
)
def test_faults_of_feedback_are_found(place: str, value: Any, fault: str | None) -> None:
    """Each rule of feedback, one fault at a time."""
    found = faults("feedback", spoiled(FEEDBACK, place, value))
    assert found
    assert fault is None or found == {fault}


@pytest.mark.parametrize(
    "entry",
    [
        {"card": "a", "outcome": "overridden"},
        {"card": "a", "outcome": "overridden", "overrideReason": {"reason": REASON}},
        {"card": "a", "outcome": "overridden", "overrideReason": {"userComment": "seen"}},
    ],
)
def test_a_reason_is_not_needed_to_override(entry: Json) -> None:
    """None, a code alone or a comment alone will do."""
    document = {"feedback": [entry | {"outcomeTimestamp": "2026-11-22T01:35:40Z"}]}
    assert faults("feedback", document) == set()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("resourceType", "Patient"),
        ("issue", []),
        ("issue.0.severity", "bad"),
        ("issue.0.code", "oops"),
        ("issue.0.code", GONE),
    ],
)
def test_faults_of_an_outcome_are_found(place: str, value: Any) -> None:
    """Type, at least one issue, severity and code."""
    assert faults("operation-outcome", spoiled(OUTCOME, place, value)) == {place}
