"""What never leaves: nothing of a request in an error or a log."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from cds_service.telemetry.metrics import Metrics
from tests.contract.http_calls import (
    ABSENT,
    FEEDBACK,
    LOOPBACK,
    SERVICE,
    Connect,
    Json,
    assert_refused,
    authorization,
    cards_of,
    changed,
    request_of,
)

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


@pytest.mark.requirement("ERR-6", "ERR-7")
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


@pytest.mark.requirement("ERR-6")
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


@pytest.mark.requirement("SEC-22", "AUTH-8")
async def test_an_answer_logs_nothing_of_the_record(
    client: httpx.AsyncClient, written: Callable[[], str]
) -> None:
    """A good answer leaves no token, name, id or text in the log, only its cards."""
    assert cards_of(await client.post(SERVICE, json=with_canaries())) == [("info", "sij-examine")]
    log = written()
    assert "sij-examine" in log
    assert CANARY not in log.lower()


@pytest.mark.requirement("ERR-7")
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


@pytest.mark.requirement("FRESH-2")
async def test_answers_are_not_kept_by_caches(client: httpx.AsyncClient) -> None:
    """Cards about a patient are marked as not to be stored."""
    response = await client.post(SERVICE, json=request_of("dvt-likely"))
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.requirement("ERR-2", "ERR-7")
async def test_a_page_that_fails_tells_nothing(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    """A fault beside the hooks is an OperationOutcome with an incident, and no more is logged."""

    def broken(_: object) -> bytes:
        raise ValueError(CANARY)

    monkeypatch.setattr(Metrics, "exposition", broken)
    async with connect(create_app(Settings(profile="demo", database_url="sqlite://"))) as caller:
        response = await caller.get("/metrics")
    assert_refused(response, 500)
    assert CANARY not in response.text + written()
