"""What people look at: no page needs a script, and a card's link never ends in nothing."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter

from cds_service.content.library import Library
from cds_service.pages.assets import assets_router, load_assets
from cds_service.pages.demo.routes import DemoEhr, demo_router
from cds_service.pages.docs import docs_router
from cds_service.pages.evidence import evidence_router
from cds_service.pages.landing import landing_router
from cds_service.pages.leaflets import leaflets_router
from cds_service.pages.rendering import Rendering

_START, _INTEGRATORS = "/", "/integrators"


def pages_router(
    library: Library, public_url: str, clock: Callable[[], datetime], demo: DemoEhr | None
) -> APIRouter:
    """All pages of one content version, with what they load; the demo EHR comes first if any."""
    assets = load_assets()
    rendering = Rendering(library, public_url, assets, demo=demo is not None)
    router = APIRouter()
    router.include_router(assets_router(assets))
    if demo is None:
        router.include_router(landing_router(rendering, clock, _START))
    else:
        router.include_router(demo_router(rendering, demo))
        router.include_router(docs_router(rendering, demo.openapi))
        router.include_router(landing_router(rendering, clock, _INTEGRATORS))
    router.include_router(evidence_router(rendering, clock))
    router.include_router(leaflets_router(rendering))
    return router
