"""A small FHIR server that answers rightly but for one query, which goes wrong in a chosen way."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from tests.contract.http_calls import TEMPLATES, Json

OBSERVATIONS = {
    "vital-signs": "vitals",
    "laboratory": "labs",
    "exam": "exam",
    "survey": "surveys",
}
BY_TYPE = {
    template.partition("/")[0].partition("?")[0]: key
    for key, template in TEMPLATES.items()
    if not template.startswith("Observation")
}
FHIR_JSON = {"content-type": "application/fhir+json"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request that arrived, what the right answer to it is, and the way back."""

    target: str
    headers: Mapping[str, str]
    right: Json
    base: str
    writer: asyncio.StreamWriter

    def send(self, body: bytes | Json, status: int = 200, **headers: str) -> None:
        """Write a whole answer; header names with `_` for `-`."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        told = FHIR_JSON | {name.replace("_", "-"): value for name, value in headers.items()}
        self.head(status, {"content-length": str(len(content))} | told)
        self.writer.write(content)

    def head(self, status: int, headers: Mapping[str, str]) -> None:
        """Write the status line and the headers."""
        lines = [f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in headers.items())]
        self.writer.write("\r\n".join([*lines, "", ""]).encode())


Fault = Callable[[Exchange], Awaitable[None] | None]


@dataclass(slots=True)
class FaultyServer:
    """`answers` are by prefetch key; `faults` replace the answer to some of them.

    `arrived` keeps target and headers of each request.
    """

    answers: Json
    faults: Mapping[str, Fault] = field(default_factory=dict)
    base: str = ""
    arrived: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    connections: int = 0

    @property
    def asked(self) -> list[str]:
        """The prefetch keys that were asked for, in order of their names."""
        return sorted(key_of(target) for target, _ in self.arrived)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        try:
            while (line := await reader.readline()).startswith(b"GET "):
                headers = {}
                while header := (await reader.readline()).decode("latin-1").strip():
                    name, _, value = header.partition(":")
                    headers[name.lower()] = value.strip()
                await self._answer(line.decode("latin-1").split()[1], headers, writer)
                await writer.drain()
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, target: str, headers: Mapping[str, str], writer: asyncio.StreamWriter
    ) -> None:
        self.arrived.append((target, headers))
        key = key_of(target)
        right = self.answers.get(key) or empty()
        exchange = Exchange(target, headers, right, self.base, writer)
        fault = self.faults.get(key)
        if fault is None:
            exchange.send(right)
        elif (waiting := fault(exchange)) is not None:
            await waiting


def key_of(target: str) -> str:
    """The prefetch key whose template this address fills."""
    path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
    kind = path.removeprefix("/fhir/").partition("/")[0]
    return OBSERVATIONS[query["category"][0]] if kind == "Observation" else BY_TYPE[kind]


def empty() -> Json:
    """A search without matches."""
    return {"resourceType": "Bundle", "type": "searchset", "total": 0}


@asynccontextmanager
async def faulty_server(
    answers: Json, faults: Mapping[str, Fault] | None = None
) -> AsyncIterator[FaultyServer]:
    """The server, listening on this machine."""
    server = FaultyServer(answers, faults or {})
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.base = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/fhir"
    try:
        yield server
    finally:
        listening.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            if "FaultyServer.serve" in str(task.get_coro()):
                task.cancel()
        await asyncio.sleep(0)
