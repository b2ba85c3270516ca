"""The evidence page of every topic, rendered from its content, and what the service is for."""

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cds_service.content.doubts import doubts, span
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE
from cds_service.pages.rendering import Rendering, html

INTENDED_USE = "intended-use"


def _with_gaps(text: str) -> str:
    """A card's text with its placeholders named in brackets."""
    template = Template.compile(text)
    return template.fill({name: f"[{name.replace('_', ' ')}]" for name in template.names})


class EvidencePages:
    """The pages of one content version: each is rendered when first asked for, then kept."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        rendering.environment.filters["open"] = _with_gaps
        rendering.environment.globals["span"] = span
        self._kept: dict[str, str] = {}

    def of(self, topic: str) -> str:
        """What stands behind the cards of one topic; raises KeyError for one that is not there."""
        if topic not in self._kept:
            self._kept[topic] = self._rendered(topic)
        return self._kept[topic]

    def all(self) -> str:
        """Every topic in a line."""
        library = self._rendering.library
        topics = [topic for name, topic in library.topics.items() if name != SERVICE]
        return self._rendering.text("evidence_index.html", "/evidence", topics=topics)

    def _rendered(self, topic: str) -> str:
        library = self._rendering.library
        literature = library.literature
        file = library.topics[topic]
        told = library.leaflets.cited(topic)
        keys = sorted({*library.evidence.get(topic, {}), *literature.cited(topic), *told})
        return self._rendering.text(
            "evidence.html",
            f"/evidence/{topic}",
            topic=file,
            cards=[c for c in library.cards.values() if library.topic_of_card[c.id] == topic],
            shared_windows=library.shared_windows,
            treatments=literature.treatments_of(topic),
            disagreements=literature.disagreements_of(topic),
            themes=literature.themes_of(topic),
            doubts=doubts(library, topic),
            evidence={key: library.entry(key, topic) for key in keys},
        )


def evidence_router(rendering: Rendering) -> APIRouter:
    """`GET /evidence` and `GET /evidence/{topic}`."""
    router = APIRouter(include_in_schema=False)
    pages = EvidencePages(rendering)
    intended_use = rendering.text("intended_use.html", f"/evidence/{INTENDED_USE}")

    @router.get("/evidence")
    async def index() -> Response:
        """All topics."""
        return html(pages.all())

    @router.get("/evidence/{topic}")
    async def evidence(topic: str) -> Response:
        """Decision table, parameters, treatments, disagreements and evidence of one topic."""
        if topic in (INTENDED_USE, SERVICE):
            return html(intended_use)
        if topic not in rendering.library.topics:
            raise HTTPException(404)
        return html(pages.of(topic))

    return router
