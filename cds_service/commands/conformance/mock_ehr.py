"""A FHIR server on real sockets that serves one sample patient, well or badly, and remembers."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from cds_service.commands.conformance.ehr_behavior import Asked, Behavior, Reply, outcome, well
from cds_service.commands.conformance.samples import SamplePatient
from cds_service.commands.conformance.search import lookup
from cds_service.ehr.answer import Json
from cds_service.errors import ConformanceError

_BASE = "/fhir"
_NOT_FOUND = 404
_POLL = 0.01  # seconds until a server notices that it shall stop


@dataclass(slots=True)
class Visit:
    """The time of one call: whose chart is open, how the server behaves, what it was asked."""

    patient: SamplePatient
    token: str
    base: str
    elsewhere: str
    behave: Behavior = well
    page: int = 0
    resting: bool = False  # the service may still be leaving this address alone
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def access(self) -> Json:
        """The two members of a request that let a service reach this server."""
        return {"fhirServer": self.base, "fhirAuthorization": authorization(self.token)}

    @property
    def here(self) -> list[Asked]:
        """What was asked of the right server, its metadata aside."""
        return [a for a in self.asked if not a.elsewhere and a.type not in ("metadata", "")]

    @property
    def strayed(self) -> list[Asked]:
        """What was asked of the server at another origin."""
        return [asked for asked in self.asked if asked.elsewhere]

    def answer(self, asked: Asked) -> Reply:
        """The reply to one request; every request is remembered first."""
        self.asked.append(asked)
        special = self.behave(self, asked)
        if special is not None:
            return special
        found = lookup(self.patient, asked.query, self.base, self.page)
        if found is None:
            return outcome(_NOT_FOUND, "not-found")
        return Reply(found)


def authorization(token: str, **changes: Any) -> Json:
    """A complete token block with SMART v1 scopes; None leaves a member out."""
    members = {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/*.read user/*.read",
        "subject": "conformance-checker",
    } | changes
    return {name: value for name, value in members.items() if value is not None}


@dataclass(slots=True)
class MockEhr:
    """The running server and its twin at another origin; one visit at a time.

    Unless its address is `fixed`, every visit has an origin of its own: a service that leaves a
    failing server alone for a while would else be judged by a server it does not ask.
    """

    host: str
    fixed: bool = False
    base: str = ""
    elsewhere: str = ""
    strained: bool = False
    _visit: Visit | None = None
    _known: dict[str, Visit] = field(default_factory=dict)

    def admit(self, patient: SamplePatient, behave: Behavior = well, page: int = 0) -> Visit:
        """A token for the chart of a patient that stays good for the whole run."""
        token = f"canary-token-{uuid4().hex}"
        visit = Visit(patient, token, self.base, self.elsewhere, behave, page)
        self._known[f"Bearer {token}"] = visit
        return visit

    @contextmanager
    def visit(
        self, patient: SamplePatient, behave: Behavior = well, page: int = 0
    ) -> Iterator[Visit]:
        """Open the chart of a patient, for calls with its token and for those without any."""
        visit = self._visit = self.admit(patient, behave, page)
        visit.resting = self.fixed and self.strained
        self.strained |= behave is not well
        with ExitStack() as stack:
            if not self.fixed:
                port = stack.enter_context(_listening(self, self.host, 0))
                visit.base = f"http://{self.host}:{port}{_BASE}"
            try:
                yield visit
            finally:
                visit.over.set()
                self._visit = None

    def answer(self, asked: Asked) -> Reply:
        """The chart that the token is for, else the one that is open."""
        visit = self._known.get(asked.authorization, self._visit)
        return visit.answer(asked) if visit else outcome(_NOT_FOUND, "not-found")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # services ask for all keys at once

    def handle_error(self, *_args: Any) -> None:
        """A caller who hangs up is no error of the server."""


@contextmanager
def _listening(ehr: MockEhr, host: str, port: int, *, elsewhere: bool = False) -> Iterator[int]:
    """Serve in a thread; gives the port."""
    with _Server((host, port), _handler(ehr, elsewhere=elsewhere)) as server:
        thread = threading.Thread(target=server.serve_forever, args=(_POLL,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def serving(host: str, port: int = 0, url: str = "") -> Iterator[MockEhr]:
    """Serve on `host` until the end; `url` is the address by which the service reaches it.

    Raises ConformanceError when the port cannot be had.
    """
    ehr = MockEhr(host, fixed=bool(port or url))
    with ExitStack() as stack:
        try:
            first = stack.enter_context(_listening(ehr, host, port))
            second = stack.enter_context(_listening(ehr, host, 0, elsewhere=True))
        except OSError as error:
            raise ConformanceError(
                f"The mock FHIR server cannot listen on {host}:{port} ({error.strerror}); choose "
                "another --fhir-host or --fhir-port."
            ) from None
        ehr.base = url.rstrip("/") or f"http://{host}:{first}{_BASE}"
        ehr.elsewhere = f"http://{host}:{second}{_BASE}"
        yield ehr


def _handler(ehr: MockEhr, *, elsewhere: bool) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def do_GET(self) -> None:
            self._reply(self.path)

        def do_POST(self) -> None:
            """`POST Type/_search` with the parameters as a form."""
            length = int(self.headers.get("content-length", "0"))
            form = self.rfile.read(length).decode()
            self._reply(f"{self.path.removesuffix('/_search')}?{form}")

        def _reply(self, path: str) -> None:
            query = path.partition(_BASE)[2].lstrip("/") if _BASE in path else path.lstrip("/")
            asked = Asked(query, self.headers.get("authorization", ""), elsewhere=elsewhere)
            reply = ehr.answer(asked)
            try:
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-type", reply.media)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                self.wfile.write(reply.body)
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: Any, **_named: Any) -> None:
            """Say nothing."""

    return Handler
