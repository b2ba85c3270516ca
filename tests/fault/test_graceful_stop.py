"""A stop loses no request that was accepted."""

import signal
import socket
import time
from pathlib import Path

import httpx
import msgspec
import pytest

from tests.contract.http_calls import SERVICE, request_of, story_cards
from tests.processes import Served, served

STORY = "dvt-likely"


def begun(service: Served, body: bytes) -> socket.socket:
    """A call of which the service has everything but the last byte."""
    url = httpx.URL(service.address)
    connection = socket.create_connection((url.host, url.port), timeout=20)
    head = (
        f"POST {SERVICE} HTTP/1.1\r\nHost: {url.host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[:-1])
    return connection


def read(connection: socket.socket) -> bytes:
    """Everything until the service closes the connection."""
    parts = []
    with connection:
        while part := connection.recv(65_536):
            parts.append(part)
    return b"".join(parts)


def closes(service: Served) -> bool:
    """Whether new connections are refused before long, though calls are under way."""
    url = httpx.URL(service.address)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            socket.create_connection((url.host, url.port), timeout=20).close()
        except ConnectionRefusedError:
            return service.process.poll() is None
        time.sleep(0.05)
    return False


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_stop_loses_no_accepted_request(tmp_path: Path) -> None:
    """Calls under way are answered in full, new ones are not taken, and the process ends well."""
    body = msgspec.json.encode(request_of(STORY))
    expected = story_cards(STORY)
    database = f"sqlite:///{tmp_path / 'stopped.db'}"
    with served(tmp_path, profile="demo", database_url=database) as service:
        connections = [begun(service, body) for _ in range(20)]
        # What arrived before is under way when this is answered.
        assert httpx.get(f"{service.address}/health/live", trust_env=False).is_success
        service.process.send_signal(signal.SIGTERM)
        assert closes(service)
        for connection in connections:
            connection.sendall(body[-1:])
        answers = [read(connection) for connection in connections]
        status = service.process.wait(20)
    for answer in answers:
        head, _, content = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        cards = msgspec.json.decode(content)["cards"]
        shown = [(card["indicator"], card["source"]["topic"]["code"]) for card in cards]
        assert shown == expected
    assert status in (0, -signal.SIGTERM)
