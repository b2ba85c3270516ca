"""One scan over all ways out: a running service, marked words in everything it is sent."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.contract.http_calls import FEEDBACK, JSON_TYPE, SERVICE, Json, changed
from tests.contract.test_nothing_leaks import CANARY, with_canaries
from tests.processes import Served, served

MARKED = {
    "authorization": f"Bearer {CANARY}.{CANARY}.{CANARY}",
    "user-agent": CANARY,
    "x-request-id": CANARY,
    "cookie": f"s={CANARY}",
    "referer": f"https://{CANARY}.example.org/",
}
WHEN = "2026-11-20T10:00:00Z"


@contextmanager
def silent_server() -> Iterator[str]:
    """A FHIR server that takes connections and never answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/{CANARY}"


def feedback(card: str, suggestion: str) -> Json:
    """Accepted and overridden, with a comment and a reason that name somebody."""
    item = {"card": card, "outcomeTimestamp": WHEN}
    reason = {"code": CANARY, "display": CANARY, "system": f"urn:{CANARY}"}
    return {
        "feedback": [
            item | {"outcome": "accepted", "acceptedSuggestions": [{"id": suggestion}]},
            item
            | {
                "outcome": "overridden",
                "overrideReason": {"reason": reason, "userComment": f"{CANARY} was here"},
            },
            item | {"card": CANARY, "outcome": "overridden"},
        ]
    }


def answers(client: httpx.Client, slow: str) -> Iterator[tuple[int, httpx.Response]]:
    """Every kind of answer but a good one, with the status it must have."""
    request = with_canaries()

    def call(body: Any, path: str = SERVICE, **more: Any) -> httpx.Response:
        return client.post(path, content=json.dumps(body), **more)

    yield 400, call(request | {"hook": CANARY})
    yield 400, call(changed(request, "prefetch.patient.id", f"{CANARY}-other"))
    yield 400, client.post(SERVICE, content=f'{{"hook": "{CANARY}"')
    yield 404, call(request, f"/cds-services/{CANARY}")
    yield 404, client.get(f"/evidence/{CANARY}?name={CANARY}")
    yield 405, client.delete(f"{SERVICE}?patient={CANARY}")
    yield 412, call(changed(request, "prefetch.conditions") | {"fhirServer": slow})
    yield 412, call(changed(request, "prefetch.conditions"))
    yield 413, call({"feedback": [CANARY * 10_000]}, FEEDBACK)
    yield 415, client.post(SERVICE, content=CANARY, headers={"content-type": f"text/{CANARY}"})
    yield 400, call({"feedback": [{"card": CANARY}]}, FEEDBACK)


def half_a_call(running: Served) -> socket.socket:
    """A call whose body has not ended; it is open when the service stops."""
    address = httpx.URL(running.address)
    caller = socket.create_connection((address.host, address.port or 80))
    head = f"POST {SERVICE} HTTP/1.1\r\nHost: {CANARY}\r\nContent-Type: application/json\r\n"
    caller.sendall(f"{head}Content-Length: 100000\r\n\r\n".encode() + CANARY.encode())
    return caller


@pytest.mark.requirement("AUTH-8", "SEC-19", "SEC-22", "ERR-6", "FB-10")
def test_marked_words_leave_by_no_way(tmp_path: Path) -> None:
    """Success, refusals, a deadline and the stop: nothing in log, database, metrics or errors."""
    database = tmp_path / "kept.db"
    settings = {"profile": "demo", "database_url": f"sqlite:///{database}", "body_seconds": "2"}
    with silent_server() as slow, served(tmp_path, **settings) as running:
        client = httpx.Client(base_url=running.address, headers=MARKED | JSON_TYPE, timeout=20)
        with client, half_a_call(running):
            good = client.post(SERVICE, content=json.dumps(with_canaries()))
            (card,) = good.json()["cards"]
            said = feedback(card["uuid"], card["suggestions"][0]["uuid"])
            assert client.post(FEEDBACK, content=json.dumps(said)).json() == {}
            for status, answer in answers(client, slow):
                assert answer.status_code == status, answer.text
                assert CANARY not in answer.text.lower()
                assert CANARY not in str(answer.headers).lower()
            assert CANARY not in client.get("/metrics").text.lower()
            assert CANARY not in str(good.headers).lower()
            running.process.terminate()
            running.process.wait(20)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {".log", ".db"}
    written = b"".join(path.read_bytes() for path in files)
    assert b"assessed" in written
    assert b"dvt" in written or b"sij-examine" in written
    assert CANARY.encode() not in written.lower()
