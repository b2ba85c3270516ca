"""The resources that a request carries."""

from collections.abc import Iterator
from typing import Any

from cds_service.ehr.answer import Json
from cds_service.pages.demo.fhir_text import objects, text

WHAT_IF = "what-if-"  # how the ids of resources begin that the what-if panel made


def resources(held: Any) -> Iterator[Json]:
    """The resources of a prefetch, those of its Bundles included, each once."""
    seen: set[tuple[str, str]] = set()
    for one in _held(held):
        kind, identifier = text(one.get("resourceType")), text(one.get("id"))
        if identifier and (kind, identifier) in seen:
            continue
        seen.add((kind, identifier))
        yield one


def _held(held: Any) -> Iterator[Json]:
    for one in held.values() if isinstance(held, dict) else ():
        if isinstance(one, dict) and one.get("resourceType") == "Bundle":
            entries = objects(one.get("entry"))
            yield from objects([entry.get("resource") for entry in entries])
        elif isinstance(one, dict):
            yield one
