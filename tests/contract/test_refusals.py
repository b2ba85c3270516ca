"""What is refused before the request is read."""

from collections.abc import AsyncIterator

import httpx
import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import (
    FEEDBACK,
    JSON_TYPE,
    SERVICE,
    Connect,
    assert_refused,
    authorization,
    cards_of,
    minimal,
    request_of,
    story_cards,
)


@pytest.mark.requirement("DISC-13", "REQ-1", "ERR-1", "ERR-2", "ERR-5")
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        pytest.param("POST", "/cds-services/no-such-service", 404, id="unknown service"),
        pytest.param("POST", "/cds-services/%2e%2e", 404, id="dots as a service"),
        pytest.param("POST", "/cds-services/no/feedback", 404, id="feedback to unknown service"),
        pytest.param("GET", "/no-such-page", 404, id="unknown page"),
        pytest.param("GET", "/evidence/no-such-topic", 404, id="unknown topic"),
        pytest.param("GET", "/leaflets/no-such-topic", 404, id="unknown leaflet"),
        pytest.param("GET", "/leaflets/hip", 404, id="topic without a leaflet"),
        pytest.param("GET", "/leaflets/sij/xx", 404, id="unknown language"),
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


@pytest.mark.requirement("JSON-9")
@pytest.mark.parametrize("media", ["text/plain", "application/xml", "multipart/form-data", ""])
async def test_other_media_types_are_refused(client: httpx.AsyncClient, media: str) -> None:
    """Only JSON is read."""
    headers = {"content-type": media} if media else {}
    response = await client.post(SERVICE, content=b"{}", headers=headers)
    assert_refused(response, 415)


@pytest.mark.requirement("JSON-9")
@pytest.mark.parametrize(
    "media", ["application/json; charset=utf-8", "Application/JSON", "application/fhir+json"]
)
async def test_json_is_read_under_its_names(client: httpx.AsyncClient, media: str) -> None:
    """A charset, capitals and the FHIR media type make no difference."""
    content = httpx.Request("POST", "http://x", json=request_of("dvt-likely")).content
    response = await client.post(SERVICE, content=content, headers={"content-type": media})
    assert cards_of(response) == story_cards("dvt-likely")


@pytest.mark.requirement("JSON-1")
async def test_the_answer_is_json_whatever_is_accepted(client: httpx.AsyncClient) -> None:
    """An Accept header for another type still gets JSON."""
    response = await client.post(SERVICE, json=minimal(), headers={"accept": "application/xml"})
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("application/json")


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not announced."""
    for start in range(0, len(body), 100):
        yield body[start : start + 100]


@pytest.mark.requirement("ERR-10")
@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_bodies_are_refused(connect: Connect, *, announced: bool) -> None:
    """Ruling 58: a body over the limit is 413, whether its length was announced or not."""
    settings = Settings(profile="demo", database_url="sqlite://", max_body_bytes=1000)
    body = b'{"hook": "' + b"x" * 2000 + b'"}'
    async with connect(create_app(settings)) as client:
        content = body if announced else in_pieces(body)
        assert_refused(await client.post(SERVICE, content=content, headers=JSON_TYPE), 413)


@pytest.mark.requirement("JSON-1", "REQ-1", "ERR-3", "ERR-4")
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


@pytest.mark.requirement("JSON-8")
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


@pytest.mark.requirement("JSON-8")
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
    """Ruling 58: two values under one key of the envelope leave open which was meant."""
    server = {"fhirServer": "https://ehr.example.org", "fhirAuthorization": authorization()}
    request = minimal() | server
    body = httpx.Request("POST", "http://x", json=request).content.decode()
    spaced = body.replace('":', '": ').replace('": "', '": "')
    assert member in spaced
    twice = spaced.replace(member, doubled + member)
    assert_refused(await client.post(SERVICE, content=twice, headers=JSON_TYPE), 400)
