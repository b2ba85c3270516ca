"""Calls to this very service: the whole application with all its middleware, without a socket."""

import json
import time
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.types import ASGIApp

from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.target import DISCOVERY, listed_services

_JSON_TYPE = {"content-type": "application/json", "accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Inside:
    """The service at its public address `base`, met as any client meets it."""

    app: ASGIApp
    base: str

    async def services(self) -> tuple[Json, ...]:
        """What its discovery document lists."""
        return listed_services(await self._ask("GET", DISCOVERY))

    async def call(self, service_id: str, request: Json) -> Answer:
        """One hook call."""
        return await self._ask("POST", f"{DISCOVERY}/{service_id}", request)

    async def tell(self, service_id: str, feedback: Json) -> Answer:
        """Feedback on a card."""
        return await self._ask("POST", f"{DISCOVERY}/{service_id}/feedback", feedback)

    async def _ask(self, method: str, path: str, body: Any = None) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            url = f"{self.base}{path}"
            started = time.perf_counter()
            response = await client.request(method, url, content=content, headers=_JSON_TYPE)
            seconds = time.perf_counter() - started
        return Answer(
            method, url, response.status_code, response.headers, response.content, seconds
        )
