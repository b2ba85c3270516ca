"""A server at a FHIR address that answers whatever a test tells it to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.contract.http_calls import Json

FHIR_JSON = "application/fhir+json"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer."""

    body: Json | str = ""
    status: int = 200
    media: str = FHIR_JSON
    location: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class OddServer:
    """`answers` by the path below the base; any other path is unknown. `asked` keeps them all."""

    base: str
    answers: dict[str, Said] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def odd_server() -> Iterator[OddServer]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        """Looks up what to say."""

        def do_GET(self) -> None:
            """Answer one request."""
            path = self.path.removeprefix("/fhir/")
            server.asked.append(path)
            server.tokens.append(self.headers.get("authorization"))
            said = server.answers.get(path.partition("?")[0], Said(status=404))
            time.sleep(said.seconds)
            body = said.body if isinstance(said.body, str) else json.dumps(said.body)
            self.send_response(said.status)
            self.send_header("content-type", said.media)
            self.send_header("content-length", str(len(body.encode())))
            if said.location:
                self.send_header("location", said.location)
            self.end_headers()
            with suppress(ConnectionError):  # whoever has read enough hangs up
                self.wfile.write(body.encode())

        def do_POST(self) -> None:
            """Answer a hook call as any other request."""
            server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = OddServer(f"http://127.0.0.1:{listening.server_address[1]}/fhir")
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()
