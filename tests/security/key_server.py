"""A server of key sets on this machine, reached by a transport that stands in for https."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from cds_service.trust.fetch_keys import fetch_key_set


@dataclass(slots=True)
class KeyServer:
    """What it answers may be changed; `asked` keeps the paths that were asked for."""

    port: int
    body: bytes = b'{"keys": []}'
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hold: threading.Event = field(default_factory=threading.Event)

    async def fetch(self, address: str) -> bytes:
        """Fetch as the service does, with this server in the place of the listed host."""
        return await fetch_key_set(address, _Here(self.port))


class _Here(httpx.AsyncBaseTransport):
    """Carries every request to this machine, whatever host it names."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        here = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._port)
        return await self._inner.handle_async_request(
            httpx.Request(request.method, here, headers=request.headers)
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


@contextmanager
def serving_keys() -> Iterator[KeyServer]:
    """Serve on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            server.hold.wait(10)
            self.send_response(server.status)
            for name, value in server.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    class Listening(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: object) -> None:
            """A caller who hangs up is no error of the server."""

    with Listening(("127.0.0.1", 0), Handler) as listening:
        server = KeyServer(listening.server_address[1])
        server.hold.set()
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.hold.set()
            listening.shutdown()
            thread.join()
