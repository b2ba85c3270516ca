"""The page that tells in a minute what the service does and where things are."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from cds_service.pages.groups import groups
from cds_service.pages.rendering import Rendering, html


def landing_router(rendering: Rendering, clock: Callable[[], datetime], path: str) -> APIRouter:
    """The page at `path`."""
    router = APIRouter(include_in_schema=False)

    @router.get(path)
    async def start() -> Response:
        """What the service does, and where things are."""
        listed = groups(rendering.library, clock().date())
        return html(rendering.text("landing.html", path, groups=listed))

    return router
