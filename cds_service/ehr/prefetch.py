"""The prefetch as a client runs it: every template resolved, all queries at once, every page."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.clinical.fact import Outcome
from cds_service.ehr.answer import Json
from cds_service.ehr.server import EhrServer, Reply
from cds_service.ehr.templates import resolve, type_of

_MOST_PAGES = 20
_FORBIDDEN = 403
_OUTCOME = "OperationOutcome"


@dataclass(frozen=True, slots=True)
class QueryRun:
    """What came of one prefetch key; `value` goes into the request unless nothing was asked.

    `query` is the template itself where a token of it has no value.
    """

    key: str
    query: str
    outcome: Outcome
    value: Any = None
    status: int = 0
    pages: int = 1
    seconds: float = 0.0
    why: str = ""

    @property
    def withheld(self) -> bool:
        """Whether the server answered that we may not see it."""
        return self.status == _FORBIDDEN

    @property
    def resources(self) -> list[Json]:
        """What came: the matches of a search, or the resource that was read."""
        if self.outcome not in (Outcome.COMPLETE, Outcome.PARTIAL):
            return []
        if self.value.get("resourceType") != "Bundle":
            return [self.value]
        held = (entry.get("resource") for entry in _entries(self.value))
        return [r for r in held if isinstance(r, dict) and r.get("resourceType") != _OUTCOME]


async def run_prefetch(
    server: EhrServer,
    templates: Mapping[str, str],
    context: Mapping[str, object],
    progress: Callable[[str], None],
) -> tuple[QueryRun, ...]:
    """All queries at once; `progress` is told each key when its query has ended."""

    async def one(key: str, template: str) -> QueryRun:
        query = resolve(template, context)
        if query is None:
            why = "the context has no value for a token of it"
            return QueryRun(key, template, Outcome.NOT_ASKED, why=why)
        run = await fetch(server, key, query)
        progress(key)
        return run

    return tuple(await asyncio.gather(*(one(key, text) for key, text in templates.items())))


async def fetch(server: EhrServer, key: str, query: str, most_pages: int = _MOST_PAGES) -> QueryRun:
    """One query with all its pages.

    What the server withholds is left out, as clients do; what it failed to give is an
    OperationOutcome.
    """
    started = time.perf_counter()
    reply = await server.query(query)
    value, outcome, pages, why = reply.document, Outcome.COMPLETE, 1, ""
    if reply.ok and reply.kind == "Bundle" and "?" in query:
        value, pages, why = await _whole(server, reply.document, most_pages)
        outcome = Outcome.PARTIAL if why else Outcome.COMPLETE
    elif not reply.ok or reply.kind != type_of(query):
        outcome = Outcome.NOT_ASKED if reply.status == _FORBIDDEN else Outcome.FAILED
        why = _why(reply)
        value = _failed(why) if outcome is Outcome.FAILED else None
    seconds = time.perf_counter() - started
    return QueryRun(key, query, outcome, value, reply.status, pages, seconds, why)


def prefetched(runs: tuple[QueryRun, ...]) -> Json:
    """The prefetch member of the request; a key that could not be asked is left out."""
    return {run.key: run.value for run in runs if run.outcome is not Outcome.NOT_ASKED}


async def _whole(server: EhrServer, first: Json, most_pages: int) -> tuple[Json, int, str]:
    """The pages as one Bundle, how many they were, and why the rest is missing.

    A page that could not be had stays in the Bundle as its next link, so that nobody takes it for
    the whole.
    """
    entries, seen = _entries(first), set[str]()
    link, pages, why = _next(first), 1, ""
    while link and not why:
        address = server.access.page(link)
        if address is None or address in seen:
            why = "the next page is not below the server's base" if not address else "pages repeat"
        elif pages == most_pages:
            why = f"more than {most_pages} pages"
        else:
            seen.add(address)
            reply = await server.ask(address)
            if reply.ok and reply.kind == "Bundle":
                pages += 1
                entries += _entries(reply.document)
                link = _next(reply.document)
            else:
                why = f"page {pages + 1}: {_why(reply)}"
    links = [{"relation": "next", "url": link}] if link else []
    rest = {name: value for name, value in first.items() if name != "link"}
    return rest | {"entry": entries} | ({"link": links} if links else {}), pages, why


def _entries(bundle: Json) -> list[Json]:
    listed = bundle.get("entry")
    return [e for e in listed if isinstance(e, dict)] if isinstance(listed, list) else []


def _next(bundle: Json) -> str:
    links = bundle.get("link")
    listed = [li for li in links if isinstance(li, dict)] if isinstance(links, list) else []
    found = next((li.get("url") for li in listed if li.get("relation") == "next"), None)
    return found if isinstance(found, str) else ""


def _why(reply: Reply) -> str:
    if reply.status == _FORBIDDEN:
        return "HTTP 403"
    return f"{reply.kind} instead" if reply.ok and reply.kind else reply.why


def _failed(why: str) -> Json:
    """How a client says that it tried in vain."""
    issue = {"severity": "error", "code": "exception", "details": {"text": why}}
    return {"resourceType": _OUTCOME, "issue": [issue]}
