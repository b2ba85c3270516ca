"""The hook request: which members are required, and which are refused by name."""

import httpx
import pytest

from tests.contract.http_calls import (
    ABSENT,
    SERVICE,
    assert_refused,
    authorization,
    cards_of,
    changed,
    minimal,
    request_of,
    story_cards,
)


@pytest.mark.requirement(
    "REQ-2", "REQ-3", "REQ-4", "REQ-8", "CTX-1", "CTX-2", "CTX-5", "CTX-6", "ERR-3", "ERR-4"
)
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


@pytest.mark.requirement("REQ-3")
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


@pytest.mark.requirement("CTX-2")
@pytest.mark.parametrize("user", ["Practitioner/a", "PractitionerRole/e-Q.1"])
async def test_clinicians_get_cards(client: httpx.AsyncClient, user: str) -> None:
    """A practitioner or a role of one sees the cards."""
    request = changed(request_of("dvt-likely"), "context.userId", user)
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("dvt-likely")


@pytest.mark.requirement("CTX-4")
@pytest.mark.parametrize("user", ["Patient/a", "RelatedPerson/a"])
async def test_lay_readers_get_none(client: httpx.AsyncClient, user: str) -> None:
    """The patient or a relative gets an empty answer, even for an emergency."""
    request = changed(request_of("pe-unstable"), "context.userId", user)
    response = await client.post(SERVICE, json=request)
    assert response.json() == {"cards": []}


@pytest.mark.requirement("CTX-5")
async def test_long_ids_are_accepted(client: httpx.AsyncClient) -> None:
    """Ruling 58: ids of real servers exceed FHIR's 64 characters."""
    long = "e" + "Ab3." * 48 + "-"
    request = changed(minimal(), "context.patientId", long)
    request["prefetch"]["patient"]["id"] = long
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.requirement("JSON-7", "REQ-11", "REQ-12")
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


@pytest.mark.requirement("EXT-1")
async def test_a_malformed_extension_never_breaks_the_service(client: httpx.AsyncClient) -> None:
    """An extension that is no object is ignored or refused, never a fault of ours."""
    response = await client.post(SERVICE, json=minimal() | {"extension": "x"})
    assert response.status_code in (httpx.codes.OK, httpx.codes.BAD_REQUEST)


@pytest.mark.requirement("AUTH-1", "AUTH-2", "AUTH-3")
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


@pytest.mark.requirement("REQ-5")
async def test_a_token_needs_a_server(client: httpx.AsyncClient) -> None:
    """A token block without fhirServer is 400."""
    request = minimal() | {"fhirAuthorization": authorization()}
    assert_refused(await client.post(SERVICE, json=request), 400, "fhirServer")


@pytest.mark.requirement("AUTH-4")
@pytest.mark.parametrize(
    "scope", ["patient/Condition.rs patient/Observation.rs?category=exam", "Condition.Read (R4)"]
)
async def test_any_scope_text_is_accepted(client: httpx.AsyncClient, scope: str) -> None:
    """SMART version 2 scopes and Epic's own words are no reason to refuse."""
    block = authorization() | {"scope": scope}
    request = minimal() | {"fhirServer": "https://ehr.example.org", "fhirAuthorization": block}
    assert cards_of(await client.post(SERVICE, json=request)) == []
