"""The OpenAPI document as a page: what can be asked, and what comes back."""

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from cds_service.pages.rendering import Rendering, html

_METHODS = ("get", "post")


@dataclass(frozen=True, slots=True)
class Told:
    """One parameter, body or answer: its name, what it is, and the schemas it follows."""

    name: str
    description: str
    schemas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """One address with one method."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Told, ...]
    bodies: tuple[Told, ...]
    answers: tuple[Told, ...]


def docs_router(rendering: Rendering, openapi: bytes) -> APIRouter:
    """`GET /docs`."""
    router = APIRouter(include_in_schema=False)
    document = json.loads(openapi)
    page = rendering.text(
        "docs.html", "/docs", info=document["info"], operations=operations_of(document)
    )

    @router.get("/docs")
    async def docs() -> Response:
        """The OpenAPI document, to read."""
        return html(page)

    return router


def operations_of(document: dict[str, Any]) -> tuple[Operation, ...]:
    """All operations in the order of the document."""
    return tuple(
        _operation(document, path, method, item)
        for path, item in document["paths"].items()
        for method in _METHODS
        if method in item
    )


def _operation(document: Any, path: str, method: str, item: Any) -> Operation:
    told = item[method]
    parameters = [
        _found(document, p) for p in (*item.get("parameters", ()), *told.get("parameters", ()))
    ]
    body = _found(document, told.get("requestBody", {}))
    return Operation(
        method=method.upper(),
        path=path,
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        parameters=tuple(
            Told(f"{p['name']} ({p['in']})", p.get("description", ""), ()) for p in parameters
        ),
        bodies=(Told("Body", body.get("description", ""), _schemas(body)),) if body else (),
        answers=tuple(
            Told(status, answer.get("description", ""), _schemas(answer))
            for status, one in told["responses"].items()
            if (answer := _found(document, one))
        ),
    )


def _found(document: Any, part: Any) -> Any:
    """What a reference within the document leads to."""
    reference = part.get("$ref", "")
    if not reference.startswith("#/"):
        return part
    found = document
    for step in reference[2:].split("/"):
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


def _schemas(part: Any) -> tuple[str, ...]:
    """The files of schemas that a body or answer names."""
    contents = part.get("content", {}).values()
    named = (content.get("schema", {}).get("$ref", "") for content in contents)
    return tuple(dict.fromkeys(name for name in named if name and not name.startswith("#")))
