"""The page that tells where things are."""

from fastapi import APIRouter
from starlette.responses import Response

from cds_service.content.library import SERVICE
from cds_service.pages.rendering import Rendering, html


def landing_router(rendering: Rendering) -> APIRouter:
    """`GET /`."""
    router = APIRouter(include_in_schema=False)
    topics = [topic for name, topic in rendering.library.topics.items() if name != SERVICE]
    landing = rendering.text("landing.html", "/", topics=topics)

    @router.get("/")
    async def start() -> Response:
        """Where things are."""
        return html(landing)

    return router
