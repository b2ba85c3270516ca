"""The discovery document: what is offered, when it fires, what it wants prefetched."""

from collections.abc import Iterable
from typing import Any

from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.fhir.queries import Query
from cds_service.hooks.services import HookService

SPECIFICATION = "2.0.1"


def discovery(offered: Iterable[HookService], library: Library) -> dict[str, Any]:
    """The services as CDS Hooks lists them; wording is content."""
    return {"services": [_entry(service, library) for service in offered]}


def _entry(service: HookService, library: Library) -> dict[str, Any]:
    words = library.sentences["service"]
    return {
        "hook": service.hook,
        "id": service.id,
        "title": words[service.id]["title"],
        "description": words[service.id]["description"],
        "usageRequirements": _usage(service.queries, str(words["usage"])),
        "version": SPECIFICATION,
        "hookVersion": service.hook_version,
        "prefetch": {query.key: query.template for query in service.queries},
    }


def _usage(queries: tuple[Query, ...], sentence: str) -> str:
    """What a client must send or grant; scopes are spelled as SMART 1 and 2 spell them (AUTH-4)."""
    types = tuple(dict.fromkeys(query.type for query in queries))
    values = {
        "required": ", ".join(query.key for query in queries if query.required),
        "optional": ", ".join(query.key for query in queries if not query.required),
        "scopes_v1": " ".join(f"patient/{kind}.read" for kind in types),
        "scopes_v2": " ".join(f"patient/{kind}.rs" for kind in types),
    }
    return Template.compile(sentence).fill(values)
