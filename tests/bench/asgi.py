"""One call through the ASGI interface, without a server or a client around it."""

from typing import Any

from starlette.types import ASGIApp


async def post(app: ASGIApp, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to JSON sent there."""
    status = 0
    sent: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)
        sent.append(message.get("body", b""))

    await app(scope_of(path, body), receive, send)
    return status, b"".join(sent)


def scope_of(path: str, body: bytes) -> dict[str, Any]:
    """How a server announces such a call."""
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
