"""The CDS service that is called: the one in this process, or any other at an address."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cds_service.clinical.fact import Outcome
from cds_service.commands.assess import advice_on, cards_of
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.as_of import resolve
from cds_service.ehr.plain import plain
from cds_service.ehr.target import DISCOVERY, Target, listed_services
from cds_service.errors import CallError
from cds_service.hooks.discovery import discovery
from cds_service.hooks.explain import EXTENSION, explain
from cds_service.hooks.request import decode_request
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice

_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Answered:
    """What the service said; `problem` is why it refused, `advice` known in this process only.

    `outcomes` are the service's own view of the queries, where it is known.
    """

    seconds: float
    cards: list[Json] = field(default_factory=list)
    explanation: Json | None = None
    problem: str = ""
    as_of: datetime | None = None
    advice: Advice | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)


class Callee(Protocol):
    """A CDS service that lists what it wants prefetched and answers hook calls."""

    @property
    def place(self) -> str:
        """Where it is, for people."""

    def offered(self) -> list[Json]:
        """The entries of its discovery document; raises CallError."""

    def answer(self, entry: Json, body: Json) -> Answered:
        """Its answer to one call; raises CallError where it cannot be called at all."""


@dataclass(frozen=True, slots=True)
class InProcess:
    """Our own service, which can look from another day: `as_of` as it was typed."""

    service: Service
    as_of: str | None

    @property
    def place(self) -> str:
        """No address."""
        return "in this process"

    def offered(self) -> list[Json]:
        """What it would publish."""
        listed: list[Json] = discovery(self.service.offered, self.service.library)["services"]
        return listed

    def answer(self, entry: Json, body: Json) -> Answered:
        """The request as the wire would bring it; raises AsOfError."""
        started = time.perf_counter()
        wanted = tuple(one for one in self.service.offered if one.id == entry["id"])
        instant = resolve(self.as_of, body)
        request = decode_request(json.dumps(body).encode(), wanted)
        found = advice_on(self.service, request, instant)
        if isinstance(found, str):
            return Answered(time.perf_counter() - started, problem=found, as_of=instant)
        cards = cards_of(self.service, found)
        seconds = time.perf_counter() - started
        told = explain(found, self.service.library)
        return Answered(seconds, cards, told, "", instant, found, found.facts.queries or {})


@dataclass(frozen=True, slots=True)
class Remote:
    """A CDS service at a base URL."""

    target: Target

    @property
    def place(self) -> str:
        """Its address."""
        return f"at {self.target.base}"

    def offered(self) -> list[Json]:
        """What its discovery document lists."""
        answer = self.target.ask("GET", DISCOVERY)
        self._check(answer)
        listed = list(listed_services(answer))
        if not listed:
            raise CallError(f"{answer.url}: {answer.told}, which lists no CDS service; check --cds")
        return listed

    def answer(self, entry: Json, body: Json) -> Answered:
        """What comes back over the wire."""
        answer = self.target.post(f"{DISCOVERY}/{entry['id']}", body)
        self._check(answer)
        document = answer.document
        if not answer.ok:
            return Answered(answer.seconds, problem=_refusal(answer))
        if not isinstance(document, dict) or not isinstance(document.get("cards"), list):
            return Answered(answer.seconds, problem="HTTP 200 without a list of cards")
        extension = document.get("extension")
        told = extension.get(EXTENSION) if isinstance(extension, dict) else None
        explanation = told if isinstance(told, dict) else None
        return Answered(answer.seconds, answer.cards, explanation)

    def _check(self, answer: Answer) -> None:
        if answer.status == 0:
            raise CallError(
                f"{self.target.base} cannot be reached ({answer.failure}); check --cds, and that "
                "the service is up"
            )
        if answer.status == _UNAUTHORIZED:
            raise CallError(
                f"{self.target.base} asks for a JSON Web Token that it trusts (HTTP 401); give "
                "--client-key and --issuer as it knows them"
            )


def chosen(offered: list[Json], hook: str, service_id: str, place: str) -> Json:
    """The service to call; raises CallError naming the option that decides."""
    fitting = [s for s in offered if s.get("hook") == hook]
    if service_id:
        fitting = [s for s in fitting if s["id"] == service_id]
    if len(fitting) == 1:
        return fitting[0]
    ids = ", ".join(plain(str(s["id"])) for s in fitting or offered)
    if fitting:
        raise CallError(f"Several services answer to {hook}; choose one with --service: {ids}")
    named = f"{service_id} for {hook}" if service_id else hook
    raise CallError(f"No service {place} answers to {named}; offered are: {ids or 'none'}")


def templates_of(entry: Json) -> dict[str, str]:
    """The prefetch templates of a discovery entry."""
    listed: Any = entry.get("prefetch")
    found = listed.items() if isinstance(listed, dict) else ()
    return {key: template for key, template in found if isinstance(template, str)}


def _refusal(answer: Answer) -> str:
    """The answer in a few words, with the sentence of its OperationOutcome."""
    document = answer.document if answer.outcome else {}
    issues = document.get("issue") or []
    details = issues[0].get("details") if issues else None
    text = details.get("text") if isinstance(details, dict) else None
    return f"{answer.told}: {plain(text)}" if isinstance(text, str) else answer.told
