"""Which tokens are accepted: one row each, refused ones all alike."""

from collections.abc import Callable

import httpx
import pytest

from tests.security.callers import (
    FEEDBACK,
    SECONDS,
    SERVICE,
    Draft,
    bearer,
    call,
    request_body,
    token,
)
from tests.security.claim_rows import CLAIMS
from tests.security.token_row import BAD, GOOD, Row
from tests.security.token_rows import SIGNATURES

ROWS = [*SIGNATURES, *CLAIMS]

CODES = {
    "no-token",
    "two-headers",
    "not-bearer",
    "malformed",
    "refused-header",
    "type",
    "algorithm",
    "key-id",
    "key-address",
    "unknown-key",
    "signature",
    "issuer",
    "tenant",
    "claims",
    "subject",
    "expired",
    "too-early",
    "lifetime",
    "audience",
    "replayed",
}


def test_the_matrix_is_large_and_asks_both_ways() -> None:
    """At least 40 tokens, every name once, some of them good."""
    assert len(ROWS) >= 40
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert {row.status for row in ROWS} == {GOOD, BAD}
    judged = {requirement for row in ROWS for requirement in row.requirements}
    assert judged == {f"SEC-{number}" for number in range(2, 19)}


@pytest.mark.requirement("SEC-2", "SEC-3", "SEC-4", "SEC-5", "SEC-6", "SEC-7", "SEC-8", "SEC-9")
@pytest.mark.requirement("SEC-10", "SEC-11", "SEC-12", "SEC-13", "SEC-14", "SEC-15", "SEC-16")
@pytest.mark.requirement("SEC-17", "SEC-18", "SEC-19")
@pytest.mark.parametrize("row", [pytest.param(row, id=row.name) for row in ROWS])
async def test_a_token_gets_what_its_row_says(
    stranger: httpx.AsyncClient, row: Row, written: Callable[[], str]
) -> None:
    """Cards for a good one; for any other the one refusal, and a bare code in the log."""
    text = row.draft.sign()
    response = await call(stranger, row.sent(text))
    assert response.status_code == row.status
    log = written()
    assert not any(part in log for part in text.split("."))
    if row.status == BAD:
        assert_refused(response)
        assert any(f'"code": "{code}"' in log for code in CODES)


def assert_refused(response: httpx.Response) -> None:
    """The one refusal: no body, no reason, not to be stored."""
    assert response.status_code == BAD
    assert response.content == b""
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["cache-control"] == "no-store"
    assert "content-type" not in response.headers


@pytest.mark.requirement("SEC-18")
async def test_all_refusals_are_the_same_bytes(stranger: httpx.AsyncClient) -> None:
    """Nobody learns from an answer which check failed."""
    answers = {
        (response.status_code, response.content, tuple(response.headers.items()))
        for row in ROWS
        if row.status == BAD
        for response in [await call(stranger, row.sent(row.draft.sign()))]
    }
    assert len(answers) == 1


@pytest.mark.requirement("SEC-9")
async def test_the_host_header_is_no_audience(stranger: httpx.AsyncClient) -> None:
    """A caller who names the host cannot thereby name the audience."""
    text = token(aud="https://evil.example/cds-services/leg-pain")
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil"}
    stranger.headers.update(headers)
    assert_refused(await call(stranger, bearer(text)))


@pytest.mark.requirement("FB-13", "SEC-9")
@pytest.mark.parametrize(
    ("audience", "status"),
    [(FEEDBACK, GOOD), (SERVICE, GOOD), (f"{SERVICE}-problem/feedback", BAD), ("x", BAD)],
)
async def test_feedback_takes_the_address_of_the_service_or_its_own(
    stranger: httpx.AsyncClient, audience: str, status: int
) -> None:
    """Real clients sign for either."""
    path = "/cds-services/leg-pain/feedback"
    response = await call(stranger, bearer(token(aud=audience)), path)
    assert response.status_code == status


@pytest.mark.requirement("FB-13", "SEC-1", "SEC-2")
async def test_feedback_without_a_token_is_refused(stranger: httpx.AsyncClient) -> None:
    """Feedback is authenticated like any call."""
    assert_refused(await call(stranger, [], "/cds-services/leg-pain/feedback"))


@pytest.mark.requirement("SEC-20")
async def test_the_access_token_of_the_body_is_another_one(stranger: httpx.AsyncClient) -> None:
    """A good token in fhirAuthorization proves nothing about the caller."""
    block = {
        "access_token": token(),
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read",
        "subject": "cds",
    }
    body = request_body() | {"fhirServer": "https://ehr.example/fhir", "fhirAuthorization": block}
    response = await stranger.post(
        "/cds-services/leg-pain", json=body, headers={"authorization": "Bearer opaque"}
    )
    assert_refused(response)


@pytest.mark.requirement("SEC-4", "SEC-7", "SEC-8", "SEC-9", "SEC-10", "SEC-11")
async def test_a_token_in_the_manner_of_epic_is_accepted(stranger: httpx.AsyncClient) -> None:
    """RS384, a key id with + / =, nbf five minutes back, sub, an alias, 15 minutes."""
    draft = Draft(
        signer="rsa",
        signed_as="RS384",
        claims={
            "aud": "urn:legpain",
            "nbf": SECONDS - 300,
            "exp": SECONDS + 900,
            "sub": "a1b2c3",
        },
    )
    assert draft.full_header()["kid"] == "rsa+1/a="
    assert (await call(stranger, bearer(draft.sign()))).status_code == GOOD
