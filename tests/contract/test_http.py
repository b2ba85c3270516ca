"""The CDS Hooks service as a client meets it over HTTP."""

import re
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from fhir.resources.R4B import get_fhir_model_class

from cds_service.app import create_app
from cds_service.commands.stories import read_stories
from cds_service.settings import Settings

Json = dict[str, Any]
Connect = Callable[[FastAPI], httpx.AsyncClient]

SENTENCES = Path(__file__).parents[2] / "cards" / "_common" / "sentences.toml"
STORIES = {story.name: story for story in read_stories()}
SERVICE = "/cds-services/leg-pain"
FEEDBACK = f"{SERVICE}/feedback"
JSON_TYPE = {"content-type": "application/json"}
OUTCOME = get_fhir_model_class("OperationOutcome")
LOOPBACK = "http://localhost:5173"
SANDBOX = "https://sandbox.cds-hooks.org"
ABSENT: Any = object()
EXPLAIN = "org.legpain-cds.explain"

TEMPLATES = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
    "vitals": "Observation?patient={{context.patientId}}"
    "&category=vital-signs&_sort=-date&_count=100",
    "labs": "Observation?patient={{context.patientId}}&category=laboratory&_sort=-date&_count=100",
    "exam": "Observation?patient={{context.patientId}}&category=exam&_sort=-date&_count=100",
    "surveys": "Observation?patient={{context.patientId}}&category=survey&_sort=-date&_count=100",
    "encounters": "Encounter?patient={{context.patientId}}&_sort=-date&_count=20",
    "procedures": "Procedure?patient={{context.patientId}}&_sort=-date&_count=100",
    "medications": "MedicationRequest?patient={{context.patientId}}&status=active",
    "reports": "DiagnosticReport?patient={{context.patientId}}&_sort=-date&_count=50",
    "orders": "ServiceRequest?patient={{context.patientId}}&status=active",
}


def request_of(name: str) -> Json:
    """The request of a story, moved to today."""
    return STORIES[name].today()


def minimal() -> Json:
    """The smallest request that is answered: a patient with nothing on record."""
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": "p1"},
        "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": None},
    }


def authorization() -> Json:
    """A complete token block."""
    return {
        "access_token": "opaque",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Condition.read",
        "subject": "legpain-cds",
    }


def changed(request: Json, path: str, value: Any = ABSENT) -> Json:
    """A copy of the request with the member at a dotted path replaced, or left out."""
    copy = deepcopy(request)
    *parents, name = path.split(".")
    holder = copy
    for parent in parents:
        holder = holder[parent]
    if value is ABSENT:
        del holder[name]
    else:
        holder[name] = value
    return copy


def cards_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Indicator and id of each card of a good answer."""
    assert response.status_code == httpx.codes.OK, response.text
    found = response.json()["cards"]
    return [(card["indicator"], card["source"]["topic"]["code"]) for card in found]


def story_cards(name: str) -> list[tuple[str, str]]:
    """Indicator and id of each card the story expects."""
    return [(card["indicator"], card["card"]) for card in STORIES[name].expected["cards"]]


def gap(key: str, kind: str) -> str:
    """The line of a card that says that a query was `unread` or read only in part."""
    words = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))
    line: str = words["footer"][kind]
    return line.replace("{{query}}", words["queries"][key])


def assert_refused(response: httpx.Response, status: int, where: str | None = None) -> None:
    """The answer is an OperationOutcome with one error, naming the member at fault."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].startswith(("application/json", "application/fhir"))
    outcome = response.json()
    assert outcome["resourceType"] == "OperationOutcome"
    OUTCOME.model_validate(outcome)
    (issue,) = outcome["issue"]
    assert issue["severity"] == "error"
    assert issue["details"]["text"].strip()
    if where is not None:
        assert where in " ".join(issue["expression"])


# Discovery


async def test_discovery_lists_the_service(client: httpx.AsyncClient) -> None:
    """One patient-view service with exactly the prefetch keys and templates of the design."""
    response = await client.get("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].partition(";")[0] == "application/json"
    (service,) = response.json()["services"]
    assert service["id"] == "leg-pain"
    assert service["hook"] == "patient-view"
    assert service["hookVersion"] == "1.0"
    assert re.fullmatch(r"\d+\.\d+\.\d+", service["version"])
    assert list(service["prefetch"].items()) == list(TEMPLATES.items())
    assert all(service[text].strip() for text in ("title", "description", "usageRequirements"))


async def test_discovery_answers_head(client: httpx.AsyncClient) -> None:
    """HEAD gives the headers of GET and no body."""
    response = await client.head("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("application/json")
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/",
        "//cds-services",
        "//cds-services//",
    ],
)
async def test_discovery_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """A doubled or trailing slash is answered directly, not redirected."""
    response = await client.get(httpx.URL(f"http://127.0.0.1:8080{path}"))
    assert response.status_code == httpx.codes.OK
    assert response.json()["services"]


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services//leg-pain",
        "/cds-services/leg-pain/",
        "//cds-services/leg-pain",
    ],
)
async def test_the_service_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """What clients build from a discovery address that ends in a slash is answered."""
    url = httpx.URL(f"http://127.0.0.1:8080{path}")
    assert cards_of(await client.post(url, json=request_of("dvt-likely")))


@pytest.mark.parametrize("path", ["/cds-services//leg-pain/feedback", f"{FEEDBACK}/"])
async def test_feedback_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """So is feedback."""
    assert (await client.post(path, json={"feedback": []})).status_code == httpx.codes.OK


# What is refused before the request is read


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/cds-services/no-such-service", 404, id="unknown service"),
        pytest.param("POST", "/cds-services/%2e%2e", 404, id="dots as a service"),
        pytest.param("POST", "/cds-services/no/feedback", 404, id="feedback to unknown service"),
        pytest.param("GET", "/no-such-page", 404, id="unknown page"),
        pytest.param("GET", "/evidence/no-such-topic", 404, id="unknown topic"),
        pytest.param("GET", SERVICE, 405, id="service by GET"),
        pytest.param("PUT", SERVICE, 405, id="service by PUT"),
        pytest.param("DELETE", SERVICE, 405, id="service by DELETE"),
        pytest.param("POST", "/cds-services", 405, id="discovery by POST"),
        pytest.param("GET", FEEDBACK, 405, id="feedback by GET"),
    ],
)
async def test_wrong_address_or_method(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    """A wrong address or method is an OperationOutcome; 405 says which methods are allowed."""
    body = minimal() if method in ("POST", "PUT") else None
    response = await client.request(method, path, json=body)
    assert_refused(response, status)
    if status == httpx.codes.METHOD_NOT_ALLOWED:
        assert response.headers["allow"]


@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_other_media_types_are_refused(client: httpx.AsyncClient, media: str) -> None:
    """Only JSON is read."""
    headers = {"content-type": media} if media else {}
    response = await client.post(SERVICE, content=b"{}", headers=headers)
    assert_refused(response, 415)


@pytest.mark.parametrize(
    "media", ["application/json; charset=utf-8", "Application/JSON", "application/fhir+json"]
)
async def test_json_is_read_under_its_names(client: httpx.AsyncClient, media: str) -> None:
    """A charset, capitals and the FHIR media type make no difference."""
    content = httpx.Request("POST", "http://x", json=request_of("dvt-likely")).content
    response = await client.post(SERVICE, content=content, headers={"content-type": media})
    assert cards_of(response) == story_cards("dvt-likely")


async def test_the_answer_is_json_whatever_is_accepted(client: httpx.AsyncClient) -> None:
    """An Accept header for another type still gets JSON."""
    response = await client.post(SERVICE, json=minimal(), headers={"accept": "application/xml"})
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("application/json")


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not announced."""
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_bodies_are_refused(connect: Connect, *, announced: bool) -> None:
    """A body over the limit is 413, whether its length was announced or not."""
    settings = Settings(profile="demo", database_url="sqlite://", max_body_bytes=1000)
    body = b'{"hook": "' + b"x" * 2000 + b'"}'
    async with connect(create_app(settings)) as client:
        content = body if announced else in_pieces(body)
        assert_refused(await client.post(SERVICE, content=content, headers=JSON_TYPE), 413)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b" \n", id="blank"),
        pytest.param(b'{"hook": "patient-view"', id="cut off"),
        pytest.param(b'{"hook": "patient-view",}', id="trailing comma"),
        pytest.param(b'{"hook": "patient-view"} // done', id="comment"),
        pytest.param(b'{"hook": NaN}', id="not a number"),
        pytest.param(b"[]", id="array"),
        pytest.param(b'"patient-view"', id="string"),
        pytest.param(b"1", id="number"),
        pytest.param(b"null", id="null"),
        pytest.param(b'{"context": ' + b"[" * 100_000, id="deep"),
        pytest.param(b'{"context": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", id="deep, closed"),
        pytest.param(b"{'hook': 'patient-view'}", id="single quotes"),
    ],
)
async def test_what_is_not_a_json_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    """The body must be one JSON object."""
    assert_refused(await client.post(SERVICE, content=body, headers=JSON_TYPE), 400)


@pytest.mark.parametrize(
    ("before", "encoding"),
    [
        pytest.param("\ufeff", "utf-8", id="byte order mark"),
        pytest.param("", "latin-1", id="Latin-1"),
        pytest.param("", "utf-16", id="UTF-16"),
    ],
)
async def test_only_plain_utf8_is_read(
    client: httpx.AsyncClient, before: str, encoding: str
) -> None:
    """A byte order mark or another encoding is not JSON."""
    text = '{"hook": "patient-view", "extension": {"note": "Bergström"}}'
    body = (before + text).encode(encoding)
    assert_refused(await client.post(SERVICE, content=body, headers=JSON_TYPE), 400)


@pytest.mark.parametrize(
    ("member", "doubled"),
    [
        pytest.param('"hook": "patient-view"', '"hook": "order-sign", ', id="root"),
        pytest.param('"patientId": "p1"', '"patientId": "p2", ', id="context"),
        pytest.param('"token_type": "Bearer"', '"token_type": "Bearer", ', id="authorization"),
        pytest.param('"conditions": null', '"conditions": null, ', id="prefetch"),
    ],
)
async def test_a_key_given_twice_is_refused(
    client: httpx.AsyncClient, member: str, doubled: str
) -> None:
    """In the envelope, two values under one key leave open which one was meant."""
    server = {"fhirServer": "https://ehr.example.org", "fhirAuthorization": authorization()}
    request = minimal() | server
    body = httpx.Request("POST", "http://x", json=request).content.decode()
    spaced = body.replace('":', '": ').replace('": "', '": "')
    assert member in spaced
    twice = spaced.replace(member, doubled + member)
    assert_refused(await client.post(SERVICE, content=twice, headers=JSON_TYPE), 400)


# The envelope


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("hook", ABSENT, id="no hook"),
        pytest.param("hook", None, id="hook null"),
        pytest.param("hook", "", id="hook empty"),
        pytest.param("hook", 1, id="hook a number"),
        pytest.param("hook", "order-sign", id="another hook"),
        pytest.param("hook", "patient-view-2", id="a longer hook"),
        pytest.param("hookInstance", ABSENT, id="no hookInstance"),
        pytest.param("hookInstance", "123", id="hookInstance no UUID"),
        pytest.param("hookInstance", "d1577c69dfbe44adba6d3e05e953b2ea", id="UUID without dashes"),
        pytest.param("context", ABSENT, id="no context"),
        pytest.param("context", [], id="context an array"),
        pytest.param("context", {}, id="context empty"),
        pytest.param("context", "p1", id="context a string"),
        pytest.param("context.patientId", ABSENT, id="no patientId"),
        pytest.param("context.patientId", "", id="patientId empty"),
        pytest.param("context.patientId", 1, id="patientId a number"),
        pytest.param("context.patientId", "Patient/p1", id="patientId a reference"),
        pytest.param("context.patientId", "1?_include=*", id="patientId with a query"),
        pytest.param("context.patientId", "1&_count=9", id="patientId with a parameter"),
        pytest.param("context.patientId", "../metadata", id="patientId a path"),
        pytest.param("context.patientId", "p1\n", id="patientId with a line end"),
        pytest.param("context.patientId", "p" * 513, id="patientId too long"),
        pytest.param("context.userId", ABSENT, id="no userId"),
        pytest.param("context.userId", "dr1", id="userId without a type"),
        pytest.param("context.userId", "Organization/1", id="an organization as user"),
        pytest.param("context.userId", "Practitioner/1?x=1", id="userId with a query"),
        pytest.param("context.encounterId", "Encounter/e1", id="encounterId a reference"),
        pytest.param("prefetch", [], id="prefetch an array"),
        pytest.param("prefetch", "all", id="prefetch a string"),
    ],
)
async def test_the_member_at_fault_is_named(
    client: httpx.AsyncClient, path: str, value: object
) -> None:
    """A missing or malformed member is 400, and the answer says which one."""
    response = await client.post(SERVICE, json=changed(minimal(), path, value))
    assert_refused(response, 400, path)


@pytest.mark.parametrize(
    "instance",
    [
        "A3F0C1DE-C703-11EA-AF16-460231621F93",
        "a3f0c1de-c703-11ea-af16-460231621f93",
        "00000000-007b-9f33-0000-000000000000",
    ],
)
async def test_any_uuid_shape_is_a_hook_instance(client: httpx.AsyncClient, instance: str) -> None:
    """Capitals, version 1 and UUIDs of no version at all come from real clients."""
    response = await client.post(SERVICE, json=changed(minimal(), "hookInstance", instance))
    assert response.status_code == httpx.codes.OK


@pytest.mark.parametrize("user", ["Practitioner/a", "PractitionerRole/e-Q.1"])
async def test_clinicians_get_cards(client: httpx.AsyncClient, user: str) -> None:
    """A practitioner or a role of one sees the cards."""
    request = changed(request_of("dvt-likely"), "context.userId", user)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


@pytest.mark.parametrize("user", ["Patient/a", "RelatedPerson/a"])
async def test_lay_readers_get_none(client: httpx.AsyncClient, user: str) -> None:
    """The patient or a relative gets an empty answer, even for an emergency."""
    request = changed(request_of("pe-unstable"), "context.userId", user)
    response = await client.post(SERVICE, json=request)
    assert response.json() == {"cards": []}


async def test_long_ids_are_accepted(client: httpx.AsyncClient) -> None:
    """Ids of real servers exceed FHIR's 64 characters."""
    long = "e" + "Ab3." * 48 + "-"
    request = changed(minimal(), "context.patientId", long)
    request["prefetch"]["patient"]["id"] = long
    assert cards_of(await client.post(SERVICE, json=request)) == []


async def test_unknown_members_are_ignored(client: httpx.AsyncClient) -> None:
    """Members of later versions change nothing, wherever they stand."""
    request = request_of("dvt-likely") | {
        "user": "legacy",
        "future": {"deep": [1, None]},
        "extension": {"com.example.anything": {"a": 1}},
        "fhirAuthorization": authorization() | {"future": True},
    }
    request["context"] |= {"future": ["x"], "appointments": None}
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


async def test_a_malformed_extension_never_breaks_the_service(client: httpx.AsyncClient) -> None:
    """An extension that is no object is ignored or refused, never a fault of ours."""
    response = await client.post(SERVICE, json=minimal() | {"extension": "x"})
    assert response.status_code in (httpx.codes.OK, httpx.codes.BAD_REQUEST)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("access_token", ABSENT),
        ("token_type", ABSENT),
        ("expires_in", ABSENT),
        ("scope", ABSENT),
        ("subject", ABSENT),
        ("token_type", "MAC"),
        ("expires_in", "300"),
    ],
)
async def test_the_token_block_is_complete_or_refused(
    client: httpx.AsyncClient, member: str, value: object
) -> None:
    """Each of the five members of fhirAuthorization is required in its form."""
    block = changed(authorization(), member, value)
    request = minimal() | {"fhirServer": "https://ehr.example.org", "fhirAuthorization": block}
    assert_refused(await client.post(SERVICE, json=request), 400, f"fhirAuthorization.{member}")


async def test_a_token_needs_a_server(client: httpx.AsyncClient) -> None:
    """A token block without fhirServer is 400."""
    request = minimal() | {"fhirAuthorization": authorization()}
    assert_refused(await client.post(SERVICE, json=request), 400, "fhirServer")


@pytest.mark.parametrize(
    "scope", ["patient/Condition.rs patient/Observation.rs?category=exam", "Condition.Read (R4)"]
)
async def test_any_scope_text_is_accepted(client: httpx.AsyncClient, scope: str) -> None:
    """SMART version 2 scopes and Epic's own words are no reason to refuse."""
    block = authorization() | {"scope": scope}
    request = minimal() | {"fhirServer": "https://ehr.example.org", "fhirAuthorization": block}
    assert cards_of(await client.post(SERVICE, json=request)) == []


# Prefetch


@pytest.mark.parametrize("prefetch", [ABSENT, None, {}])
async def test_without_prefetch_the_required_keys_are_named(
    client: httpx.AsyncClient, prefetch: object
) -> None:
    """Absent, null and empty prefetch are alike: 412 naming patient and conditions."""
    response = await client.post(SERVICE, json=changed(minimal(), "prefetch", prefetch))
    assert_refused(response, 412, "prefetch.patient")
    assert_refused(response, 412, "prefetch.conditions")


@pytest.mark.parametrize("key", ["patient", "conditions"])
async def test_a_missing_required_key_is_named(client: httpx.AsyncClient, key: str) -> None:
    """412 names the one key that is missing, and only that."""
    response = await client.post(SERVICE, json=changed(minimal(), f"prefetch.{key}"))
    assert_refused(response, 412, f"prefetch.{key}")
    (other,) = {"patient", "conditions"} - {key}
    assert f"prefetch.{other}" not in response.text


async def test_no_conditions_is_an_answer(client: httpx.AsyncClient) -> None:
    """`conditions: null` says that nothing is on record: 200 and no cards."""
    assert cards_of(await client.post(SERVICE, json=minimal())) == []


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({}, id="no entries"),
        pytest.param({"entry": []}, id="empty entries"),
        pytest.param(
            {
                "entry": [
                    {
                        "search": {"mode": "outcome"},
                        "resource": {
                            "resourceType": "OperationOutcome",
                            "issue": [{"severity": "warning", "code": "processing"}],
                        },
                    }
                ]
            },
            id="a warning in Epic's manner",
        ),
    ],
)
async def test_an_empty_search_is_an_answer(client: httpx.AsyncClient, entry: Json) -> None:
    """A searchset without matches says the same, also with a warning inside."""
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": 0, **entry}
    request = changed(minimal(), "prefetch.conditions", bundle)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(
            {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "error", "code": "timeout"}],
            },
            id="the client failed",
        ),
        pytest.param("none", id="a string"),
        pytest.param(1, id="a number"),
        pytest.param([], id="an array"),
        pytest.param({}, id="an empty object"),
        pytest.param({"resourceType": "Basic", "id": "b"}, id="another type"),
        pytest.param({"response": {"status": "200"}, "resource": {}}, id="a Bundle entry"),
        pytest.param({"resourceType": "Bundle", "entry": {"resource": {}}}, id="no entry list"),
    ],
)
async def test_unusable_conditions_are_unavailable(
    client: httpx.AsyncClient, value: object
) -> None:
    """A required key that holds a failure or anything unreadable is 412, never silence."""
    request = changed(minimal(), "prefetch.conditions", value)
    assert_refused(await client.post(SERVICE, json=request), 412, "prefetch.conditions")


def paged(bundle: Json) -> Json:
    """The same page with more to come."""
    link = {"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}
    return bundle | {"link": [link], "total": 500}


async def test_a_first_page_alone_is_no_silence(client: httpx.AsyncClient) -> None:
    """Conditions with a next page and nothing to show from the first are 412."""
    empty = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    request = changed(minimal(), "prefetch.conditions", paged(empty))
    assert_refused(await client.post(SERVICE, json=request), 412, "prefetch.conditions")


async def test_a_first_page_can_be_enough(client: httpx.AsyncClient) -> None:
    """What the first page shows is shown, and the card says that data were not read."""
    request = request_of("dvt-likely")
    request["prefetch"]["conditions"] = paged(request["prefetch"]["conditions"])
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


async def test_a_partly_failed_search_is_flagged(client: httpx.AsyncClient) -> None:
    """Matches beside an error outcome count, and the card says that data were not read."""
    request = request_of("dvt-likely")
    issue = {"severity": "error", "code": "timeout"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    request["prefetch"]["conditions"]["entry"].append(
        {"search": {"mode": "outcome"}, "resource": outcome}
    )
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


async def test_missing_conditions_never_hide_a_likely_dvt(client: httpx.AsyncClient) -> None:
    """Without conditions, signs and surgery alone still make DVT likely: 200, gap named."""
    request = changed(request_of("dvt-likely"), "prefetch.conditions")
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == [("critical", "dvt-likely")]
    assert gap("conditions", "unread") in response.json()["cards"][0]["detail"]


FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


async def test_a_failed_optional_search_is_told(client: httpx.AsyncClient) -> None:
    """A failed key that could change a card gives one more card that names it."""
    request = changed(request_of("sij-examine"), "prefetch.exam", FAILED)
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == [("info", "sij-examine"), ("info", "assessment-incomplete")]
    assert "examination" in response.json()["cards"][1]["summary"]


@pytest.mark.parametrize("key", [key for key in TEMPLATES if key not in ("patient", "conditions")])
async def test_a_failed_search_is_no_noise(client: httpx.AsyncClient, key: str) -> None:
    """Without a complaint on record a failed optional key stays silent."""
    request = changed(request_of("unrelated-chart"), f"prefetch.{key}", FAILED)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.parametrize("key", [key for key in TEMPLATES if key not in ("patient", "conditions")])
async def test_a_withheld_optional_key_is_no_card(client: httpx.AsyncClient, key: str) -> None:
    """A key that a site never grants is a gap on the cards that show, not a card."""
    request = changed(request_of("dvt-undetermined"), f"prefetch.{key}")
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-undetermined")
    assert gap(key, "unread") in response.json()["cards"][0]["detail"]


async def test_unsplit_observations_serve_all_four_keys(client: httpx.AsyncClient) -> None:
    """`observations` replaces vitals, labs, exam and surveys without leaving a gap."""
    request = request_of("dvt-likely")
    delivered = request["prefetch"]
    bundles = [delivered.pop(key) for key in ("vitals", "labs", "exam", "surveys")]
    delivered["observations"] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [entry for bundle in bundles for entry in bundle.get("entry", [])],
    }
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    gaps = response.json()["extension"][EXPLAIN]["gaps"]
    assert [gap for gap in gaps if "query" in gap] == []


async def test_a_collection_serves_as_well(client: httpx.AsyncClient) -> None:
    """The Bundle type is not looked at: a collection counts like a searchset."""
    request = request_of("sij-examine")
    request["prefetch"]["conditions"]["type"] = "collection"
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("sij-examine")


async def test_a_key_we_did_not_ask_for_is_ignored(client: httpx.AsyncClient) -> None:
    """Resources under another key change nothing."""
    request = request_of("unrelated-chart")
    foreign = request_of("pe-unstable")["prefetch"]
    patient = {"reference": f"Patient/{request['context']['patientId']}"}
    for entry in foreign["conditions"]["entry"]:
        entry["resource"]["subject"] = patient
    request["prefetch"]["-user"] = foreign["conditions"]
    assert cards_of(await client.post(SERVICE, json=request)) == []


# Whose data


async def test_another_patient_is_refused(client: httpx.AsyncClient) -> None:
    """A prefetched Patient that is not the patient of the context is 400."""
    request = request_of("dvt-likely")
    request["prefetch"]["patient"]["id"] = "somebody-else"
    assert_refused(await client.post(SERVICE, json=request), 400, "prefetch.patient")


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param({"reference": "Patient/somebody-else"}, id="another patient"),
        pytest.param({"reference": "Group/{id}"}, id="a group of the same id"),
        pytest.param({"display": "the patient"}, id="no reference"),
        pytest.param(None, id="no subject"),
    ],
)
async def test_what_is_not_the_patients_is_dropped(
    client: httpx.AsyncClient, subject: Json | None
) -> None:
    """An emergency of somebody else, or of nobody, never reaches this patient's cards."""
    request = request_of("sij-examine")
    patient_id = request["context"]["patientId"]
    stray = deepcopy(request_of("cauda-equina-suspected")["prefetch"]["conditions"]["entry"])
    for entry in stray:
        given = {name: text.format(id=patient_id) for name, text in (subject or {}).items()}
        entry["resource"]["subject"] = given or None
        if subject is None:
            del entry["resource"]["subject"]
    request["prefetch"]["conditions"]["entry"] += stray
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("sij-examine")


async def test_absolute_references_are_the_patients(client: httpx.AsyncClient) -> None:
    """A subject written as an address counts like a relative one."""
    request = request_of("dvt-likely")
    for bundle in request["prefetch"].values():
        for entry in bundle.get("entry", []):
            subject = entry["resource"]["subject"]
            subject["reference"] = f"https://ehr.example.org/fhir/R4/{subject['reference']}"
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


DAMAGED = [
    pytest.param({"resource": {"resourceType": "Condition", "id": 5}}, id="id a number"),
    pytest.param(
        {"resource": {"resourceType": "Condition", "id": "j", "code": "M79.605"}},
        id="code a string",
    ),
    pytest.param(
        {"resource": {"resourceType": "Condition", "id": "j", "onsetDateTime": {"x": 1}}},
        id="onset an object",
    ),
    pytest.param({"resource": "Condition/j"}, id="resource a string"),
    pytest.param("entry", id="entry a string"),
    pytest.param(None, id="entry null"),
]
OTHER = [
    pytest.param({}, id="empty entry"),
    pytest.param({"resource": None}, id="resource null"),
    pytest.param({"resource": {"id": "j"}}, id="no resourceType"),
    pytest.param({"resource": {"resourceType": "Spaceship", "id": "j"}}, id="no such type"),
]


@pytest.mark.parametrize("damaged", DAMAGED)
@pytest.mark.parametrize("place", ["first", "last"])
async def test_one_damaged_entry_costs_itself(
    client: httpx.AsyncClient, damaged: object, place: str
) -> None:
    """Junk among the conditions is skipped, all others count, and the card tells of the loss."""
    request = request_of("dvt-likely")
    entries = request["prefetch"]["conditions"]["entry"]
    entries.insert(0 if place == "first" else len(entries), damaged)
    response = await client.post(SERVICE, json=request)
    first, *others = cards_of(response)
    assert [first] == story_cards("dvt-likely")
    assert others in ([], [("info", "assessment-incomplete")])
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


@pytest.mark.parametrize("damaged", DAMAGED)
async def test_a_damaged_entry_is_no_noise(client: httpx.AsyncClient, damaged: object) -> None:
    """Without a complaint on record a damaged entry neither refuses nor shows anything."""
    request = request_of("unrelated-chart")
    request["prefetch"]["conditions"]["entry"].append(damaged)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.parametrize("other", OTHER)
async def test_entries_of_no_use_are_passed_over(client: httpx.AsyncClient, other: object) -> None:
    """An entry without a resource of a type we read is no loss."""
    request = request_of("dvt-likely")
    request["prefetch"]["conditions"]["entry"].insert(0, other)
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") not in response.json()["cards"][0]["detail"]


async def test_a_bad_date_costs_itself(client: httpx.AsyncClient) -> None:
    """Stray blanks in dates and statuses, as real servers send them, sink nothing else."""
    request = request_of("dvt-likely")
    spoiled = deepcopy(request["prefetch"]["conditions"]["entry"][0])
    spoiled["resource"] |= {"id": "j", "recordedDate": "2023-05-21T02: 19: 13.000Z"}
    spoiled["resource"]["clinicalStatus"]["coding"][0]["code"] = "active "
    request["prefetch"]["conditions"]["entry"].append(spoiled)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


# What never leaves

CANARY = "canary7f3e"


def with_canaries() -> Json:
    """A request whose token, name, ids and texts must never be seen again."""
    request = request_of("sij-examine") | {
        "fhirServer": f"https://{CANARY}.example.org",
        "fhirAuthorization": authorization() | {"access_token": f"{CANARY}-token"},
    }
    old, new = request["context"]["patientId"], f"{CANARY}-patient"
    request["context"] |= {"patientId": new, "encounterId": f"{CANARY}-encounter"}
    request["context"]["userId"] = f"Practitioner/{CANARY}"
    request["prefetch"]["patient"] |= {"id": new, "name": [{"family": CANARY}]}
    for bundle in list(request["prefetch"].values())[1:]:
        for entry in bundle.get("entry", []):
            resource = entry["resource"]
            assert resource["subject"]["reference"] == f"Patient/{old}"
            resource["subject"]["reference"] = f"Patient/{new}"
            resource["id"] = f"{CANARY}-{resource['id']}"
            if "code" in resource:
                resource["code"]["text"] = CANARY
    return request


def failed_conditions() -> Json:
    """An OperationOutcome that tells more than it should."""
    issue = {"severity": "error", "code": "timeout", "diagnostics": CANARY}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


MISTAKES = [
    pytest.param("hook", CANARY, 400, id="wrong hook"),
    pytest.param("hookInstance", CANARY, 400, id="bad hookInstance"),
    pytest.param("context.userId", f"Organization/{CANARY}", 400, id="bad user"),
    pytest.param("context.patientId", f"{CANARY}?x", 400, id="bad patientId"),
    pytest.param("fhirAuthorization.token_type", CANARY, 400, id="bad token block"),
    pytest.param("context", ABSENT, 400, id="no context"),
    pytest.param("prefetch.patient.id", f"{CANARY}-other", 400, id="another patient"),
    pytest.param("prefetch", [CANARY], 400, id="bad prefetch"),
    pytest.param("prefetch.conditions", failed_conditions(), 412, id="failed conditions"),
    pytest.param("prefetch.conditions", CANARY, 412, id="unreadable conditions"),
]


@pytest.mark.parametrize(("path", "value", "status"), MISTAKES)
async def test_refusals_repeat_nothing(
    client: httpx.AsyncClient,
    written: Callable[[], str],
    path: str,
    value: object,
    status: int,
) -> None:
    """Neither the answer to a mistake nor the log holds a token, name, id or text of it."""
    response = await client.post(SERVICE, json=changed(with_canaries(), path, value))
    assert_refused(response, status)
    assert CANARY not in response.text.lower()
    log = written()
    assert '"status": ' in log
    assert CANARY not in log.lower()


@pytest.mark.parametrize(
    ("path", "media", "content"),
    [
        pytest.param(SERVICE, "application/json", f'{{"hook": "{CANARY}"', id="cut off"),
        pytest.param(SERVICE, f"text/{CANARY}", CANARY, id="media type"),
        pytest.param(f"/cds-services/{CANARY}", "application/json", "{}", id="service"),
        pytest.param(f"/evidence/{CANARY}", "application/json", "{}", id="page"),
        pytest.param(
            FEEDBACK,
            "application/json",
            f'{{"feedback": [{{"card": "{CANARY}"}}]}}',
            id="feedback",
        ),
    ],
)
async def test_early_refusals_repeat_nothing(
    client: httpx.AsyncClient,
    written: Callable[[], str],
    path: str,
    media: str,
    content: str,
) -> None:
    """What is refused unread is not repeated either."""
    response = await client.post(path, content=content, headers={"content-type": media})
    assert_refused(response, response.status_code)
    assert response.is_client_error
    assert CANARY not in response.text.lower()
    assert CANARY not in written().lower()


async def test_an_answer_logs_nothing_of_the_record(
    client: httpx.AsyncClient, written: Callable[[], str]
) -> None:
    """A good answer leaves no token, name, id or text in the log, only its cards."""
    assert cards_of(await client.post(SERVICE, json=with_canaries())) == [("info", "sij-examine")]
    log = written()
    assert "sij-examine" in log
    assert CANARY not in log.lower()


async def test_a_fault_of_ours_tells_nothing(connect: Connect, written: Callable[[], str]) -> None:
    """An internal fault is a 500 with an incident number, the same in the log, and no more."""

    def broken() -> Any:
        raise RuntimeError(CANARY)

    settings = Settings(profile="demo", database_url="sqlite://")
    async with connect(create_app(settings, clock=broken)) as client:
        response = await client.post(SERVICE, json=with_canaries(), headers={"origin": LOOPBACK})
    assert_refused(response, 500)
    incident = re.search(r"[0-9a-f]{16}", response.text)
    assert incident
    log = written()
    assert incident[0] in log
    assert CANARY not in (response.text + log).lower()
    assert response.headers["access-control-allow-origin"] == LOOPBACK


async def test_answers_are_not_kept_by_caches(client: httpx.AsyncClient) -> None:
    """Cards about a patient are marked as not to be stored."""
    response = await client.post(SERVICE, json=request_of("dvt-likely"))
    assert response.headers["cache-control"] == "no-store"


# Every answer

each_story = pytest.mark.parametrize("name", list(STORIES))

CARD = {
    "uuid",
    "summary",
    "detail",
    "indicator",
    "source",
    "suggestions",
    "selectionBehavior",
    "overrideReasons",
    "links",
}


def empty_members(value: object, name: str = "") -> Iterator[str]:
    """Names of members that are null, blank or empty though CDS Hooks does not allow it."""
    blank = isinstance(value, str) and not value.strip()
    if value is None or blank or (value in ({}, []) and name != "cards"):
        yield name
    children = value.items() if isinstance(value, dict) else []
    if isinstance(value, list):
        children = [(name, item) for item in value]
    for key, item in children:
        yield from empty_members(item, key)


def is_absolute(url: str) -> bool:
    """Whether the address can be opened in a browser and carries no credentials."""
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


@each_story
async def test_no_member_is_null_or_empty(client: httpx.AsyncClient, name: str) -> None:
    """Optional members without a value are left out; only `cards` may be empty."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    assert set(answer) <= {"cards", "extension"}
    assert list(empty_members(answer)) == []


@each_story
async def test_every_card_is_complete(client: httpx.AsyncClient, name: str) -> None:
    """A card has a short summary, reasons, its source with topic, a link, and override reasons."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    for card in answer["cards"]:
        assert set(card) <= CARD
        assert {"detail", "links"} <= set(card)
        assert 0 < len(card["summary"].encode("utf-16-le")) / 2 < 140
        assert card["indicator"] in ("info", "warning", "critical")
        assert set(card["source"]) <= {"label", "url", "icon", "topic"}
        assert card["source"]["label"]
        assert is_absolute(card["source"]["url"])
        assert card["source"]["topic"]["system"].endswith("/card-topics")
        assert all(set(link) == {"label", "url", "type"} for link in card["links"])
        assert all(link["type"] == "absolute" for link in card["links"])
        assert all(is_absolute(link["url"]) for link in card["links"])
        reasons = card.get("overrideReasons", [])
        assert reasons or card["source"]["topic"]["code"] == "assessment-incomplete"
        assert all(set(reason) == {"code", "system", "display"} for reason in reasons)
        assert len({reason["code"] for reason in reasons}) == len(reasons)


@each_story
async def test_every_uuid_is_new(client: httpx.AsyncClient, name: str) -> None:
    """Cards and suggestions carry bare UUIDs that no other card or call carries."""
    given: list[str] = []
    for _ in range(2):
        answer = (await client.post(SERVICE, json=request_of(name))).json()
        for card in answer["cards"]:
            given += [card["uuid"], *(s["uuid"] for s in card.get("suggestions", []))]
    assert all(str(UUID(text)) == text for text in given)
    assert len(set(given)) == len(given)


@each_story
async def test_suggestions_come_with_a_selection_behavior(
    client: httpx.AsyncClient, name: str
) -> None:
    """Cards with suggestions, and only those, say how many may be taken."""
    answer = (await client.post(SERVICE, json=request_of(name))).json()
    for card in answer["cards"]:
        suggestions = card.get("suggestions", [])
        assert ("selectionBehavior" in card) == bool(suggestions)
        if not suggestions:
            continue
        assert card["selectionBehavior"] in ("any", "at-most-one")
        recommended = sum(suggestion.get("isRecommended", False) for suggestion in suggestions)
        assert card["selectionBehavior"] == "any" or recommended <= 1
        for suggestion in suggestions:
            assert set(suggestion) <= {"label", "uuid", "isRecommended", "actions"}
            assert suggestion["label"].strip()


@each_story
async def test_every_action_is_a_draft_for_the_patient(
    client: httpx.AsyncClient, name: str
) -> None:
    """One create action: a draft proposal for this patient and visit, valid as FHIR R4B."""
    request = request_of(name)
    answer = (await client.post(SERVICE, json=request)).json()
    patient = {"reference": f"Patient/{request['context']['patientId']}"}
    for card in answer["cards"]:
        for suggestion in card.get("suggestions", []):
            (action,) = suggestion["actions"]
            assert set(action) == {"type", "description", "resource"}
            assert action["type"] == "create"
            assert action["description"].strip()
            draft = action["resource"]
            assert draft["resourceType"] in ("ServiceRequest", "Task")
            get_fhir_model_class(draft["resourceType"]).model_validate(draft)
            assert draft["id"]
            assert (draft["status"], draft["intent"]) == ("draft", "proposal")
            assert (
                draft["subject" if draft["resourceType"] == "ServiceRequest" else "for"] == patient
            )
            encounter = f"Encounter/{request['context']['encounterId']}"
            assert draft["encounter"] == {"reference": encounter}
            assert draft["code"]["text"].strip()


async def test_explanations_are_off_unless_asked_for(connect: Connect) -> None:
    """Without LEGPAIN_EXPLAIN the answer has cards only."""
    settings = Settings(profile="demo", database_url="sqlite://", explain=False)
    async with connect(create_app(settings)) as client:
        answer = (await client.post(SERVICE, json=request_of("dvt-likely"))).json()
    assert set(answer) == {"cards"}


async def test_explanations_name_states_and_evidence(client: httpx.AsyncClient) -> None:
    """The explanation gives state, side, score interval and the evidence of each finding."""
    request = request_of("dvt-likely")
    answer = (await client.post(SERVICE, json=request)).json()
    explained = answer["extension"][EXPLAIN]
    assert explained["contentVersion"]
    (dvt,) = (entry for entry in explained["assessments"] if entry["topic"] == "dvt")
    assert (dvt["state"], dvt["card"], dvt["shown"]) == ("likely-certain", "dvt-likely", True)
    assert dvt["side"] == "left"
    assert dvt["score"] == {"lower": 3, "upper": 6}
    entries = [
        entry
        for bundle in list(request["prefetch"].values())[1:]
        for entry in bundle.get("entry", [])
    ]
    known = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in entries}
    assert all(finding["evidence"] for finding in dvt["findings"] if finding["status"] != "unknown")
    assert {ref for finding in dvt["findings"] for ref in finding.get("evidence", [])} <= known


# Pages and health


async def test_every_link_of_a_card_opens(client: httpx.AsyncClient) -> None:
    """Evidence pages, and sources of our own, are there for each card of each story."""
    public = "http://127.0.0.1:8080/"
    addresses = set()
    for name in STORIES:
        answer = (await client.post(SERVICE, json=request_of(name))).json()
        for card in answer["cards"]:
            ours = [link["url"] for link in card["links"]]
            assert any(urlsplit(url).path.startswith("/evidence/") for url in ours)
            addresses |= {url for url in (*ours, card["source"]["url"]) if url.startswith(public)}
    assert len(addresses) >= 5
    for address in sorted(addresses):
        page = await client.get(urlsplit(address).path)
        assert page.status_code == httpx.codes.OK, address
        assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "path",
    ["/", "/evidence/dvt", "/evidence/sij", "/evidence/radiculopathy", "/evidence/intended-use"],
)
async def test_pages_run_no_script(client: httpx.AsyncClient, path: str) -> None:
    """Pages hold no script and forbid any that might get in."""
    page = await client.get(path)
    assert page.status_code == httpx.codes.OK
    assert not re.search(r"<script|javascript:|\son\w+=", page.text, re.IGNORECASE)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
async def test_health_is_told_in_one_word(client: httpx.AsyncClient, path: str) -> None:
    """Liveness and readiness answer 200 without details of the machine."""
    response = await client.get(path)
    assert response.status_code == httpx.codes.OK
    assert response.json() == {"status": "ok"}


# Browsers


@pytest.mark.parametrize(
    "origin",
    [
        LOOPBACK,
        "http://localhost",
        "http://127.0.0.1:8000",
        "https://127.0.0.1",
        "http://[::1]:9000",
        SANDBOX,
    ],
)
async def test_allowed_origins_may_read(client: httpx.AsyncClient, origin: str) -> None:
    """Pages of this machine and of the official sandbox may read discovery and cards."""
    headers = {"origin": origin}
    for response in (
        await client.get("/cds-services", headers=headers),
        await client.post(SERVICE, json=minimal(), headers=headers),
        await client.post(FEEDBACK, json={"feedback": []}, headers=headers),
    ):
        assert response.status_code == httpx.codes.OK
        assert response.headers["access-control-allow-origin"] == origin
        assert "origin" in response.headers["vary"].lower()
        assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://sandbox.cds-hooks.org.evil.example",
        "http://sandbox.cds-hooks.org",
        "https://evil-sandbox.cds-hooks.org",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost:80:80",
        "null",
    ],
)
async def test_foreign_origins_may_not(client: httpx.AsyncClient, origin: str) -> None:
    """Any other page gets no CORS header, neither on an answer nor on a preflight."""
    plain = await client.get("/cds-services", headers={"origin": origin})
    asked = {"origin": origin, "access-control-request-method": "POST"}
    preflight = await client.options(SERVICE, headers=asked)
    assert plain.status_code == httpx.codes.OK
    for response in (plain, preflight):
        assert "access-control-allow-origin" not in response.headers


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/cds-services"), ("POST", SERVICE), ("POST", FEEDBACK)]
)
@pytest.mark.parametrize("origin", [LOOPBACK, SANDBOX])
async def test_preflights_allow_a_token(
    client: httpx.AsyncClient, origin: str, method: str, path: str
) -> None:
    """A preflight that asks for authorization and content-type is granted on every route."""
    response = await client.options(
        path,
        headers={
            "origin": origin,
            "access-control-request-method": method,
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert response.status_code in (httpx.codes.OK, httpx.codes.NO_CONTENT)
    assert response.headers["access-control-allow-origin"] == origin
    assert method in response.headers["access-control-allow-methods"]
    allowed = response.headers["access-control-allow-headers"].lower()
    assert "authorization" in allowed
    assert "content-type" in allowed


@pytest.mark.parametrize(
    ("path", "content", "media", "status"),
    [
        pytest.param(SERVICE, b"{", "application/json", 400, id="malformed"),
        pytest.param("/cds-services/nope", b"{}", "application/json", 404, id="unknown service"),
        pytest.param("/nowhere", b"{}", "application/json", 404, id="unknown path"),
        pytest.param("/cds-services", b"{}", "application/json", 405, id="wrong method"),
        pytest.param(SERVICE, b"{}", "text/plain", 415, id="media type"),
    ],
)
async def test_errors_can_be_read_by_allowed_origins(
    client: httpx.AsyncClient, path: str, content: bytes, media: str, status: int
) -> None:
    """A browser client sees why it was refused."""
    headers = {"origin": SANDBOX, "content-type": media}
    response = await client.post(path, content=content, headers=headers)
    assert_refused(response, status)
    assert response.headers["access-control-allow-origin"] == SANDBOX


async def test_412_and_413_can_be_read_by_allowed_origins(connect: Connect) -> None:
    """So are missing data and too much of them."""
    settings = Settings(profile="demo", database_url="sqlite://", max_body_bytes=1000)
    headers = {"origin": SANDBOX}
    async with connect(create_app(settings)) as client:
        missing = await client.post(
            SERVICE, json=changed(minimal(), "prefetch.conditions"), headers=headers
        )
        large = await client.post(SERVICE, json={"hook": "x" * 2000}, headers=headers)
    assert_refused(missing, 412)
    assert_refused(large, 413)
    for response in (missing, large):
        assert response.headers["access-control-allow-origin"] == SANDBOX
