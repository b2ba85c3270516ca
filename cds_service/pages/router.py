"""The evidence page of every topic, rendered from its content; and the landing page."""

from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from cds_service.content.library import SERVICE, Library

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
INTENDED_USE = "intended-use"


def pages_router(library: Library, public_url: str) -> APIRouter:
    """Plain pages without scripts; a card's link never ends in nothing."""
    router = APIRouter(include_in_schema=False)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
    )

    def page(template: str, **values: object) -> HTMLResponse:
        text = environment.get_template(template).render(
            library=library, public_url=public_url, **values
        )
        return HTMLResponse(
            text,
            headers={"Content-Security-Policy": _POLICY, "X-Content-Type-Options": "nosniff"},
        )

    @router.get("/")
    async def landing() -> Response:
        """Where things are."""
        topics = [topic for name, topic in library.topics.items() if name != SERVICE]
        return page("landing.html", topics=topics)

    @router.get("/evidence/{topic}")
    async def evidence(topic: str) -> Response:
        """Decision table, parameters and evidence of one topic."""
        if topic in (INTENDED_USE, SERVICE):
            return page("intended_use.html")
        if topic not in library.topics:
            raise HTTPException(404)
        cards = [c for c in library.cards.values() if library.topic_of_card[c.id] == topic]
        return page(
            "evidence.html",
            topic=library.topics[topic],
            cards=cards,
            evidence=library.evidence.get(topic, {}),
            windows={**library.topics[topic].windows, **library.shared_windows},
        )

    return router
