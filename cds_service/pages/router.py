"""The evidence page of every topic, rendered from its content; and the landing page."""

from pathlib import Path

from fastapi import APIRouter
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from cds_service.content.doubts import doubts, span
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
INTENDED_USE = "intended-use"


def _with_gaps(text: str) -> str:
    """A card's text with its placeholders named in brackets."""
    template = Template.compile(text)
    return template.fill({name: f"[{name.replace('_', ' ')}]" for name in template.names})


class Pages:
    """The pages of one content version: each is rendered when first asked for, then kept."""

    def __init__(self, library: Library, public_url: str) -> None:
        self._library = library
        environment = Environment(
            loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined
        )
        environment.filters["open"] = _with_gaps
        environment.globals |= {"library": library, "public_url": public_url, "span": span}
        self._templates = {
            name: environment.get_template(f"{name}.html")
            for name in ("landing", "evidence", "intended_use")
        }
        self._kept: dict[str, str] = {}

    def landing(self) -> str:
        """Where things are."""
        topics = [topic for name, topic in self._library.topics.items() if name != SERVICE]
        return self._page("landing", "landing", topics=topics)

    def intended_use(self) -> str:
        """What the service is for."""
        return self._page("intended_use", "intended_use")

    def evidence(self, topic: str) -> str:
        """What stands behind the cards of one topic.

        Raises KeyError for a topic that does not exist.
        """
        library, literature = self._library, self._library.literature
        file = library.topics[topic]
        keys = sorted({*library.evidence.get(topic, {}), *literature.cited(topic)})
        return self._page(
            f"topic {topic}",
            "evidence",
            topic=file,
            cards=[c for c in library.cards.values() if library.topic_of_card[c.id] == topic],
            shared_windows=library.shared_windows,
            treatments=literature.treatments_of(topic),
            disagreements=literature.disagreements_of(topic),
            themes=literature.themes_of(topic),
            doubts=doubts(library, topic),
            evidence={key: library.entry(key, topic) for key in keys},
        )

    def _page(self, key: str, template: str, **values: object) -> str:
        if key not in self._kept:
            self._kept[key] = self._templates[template].render(values)
        return self._kept[key]


def pages_router(library: Library, public_url: str) -> APIRouter:
    """Plain pages without scripts; a card's link never ends in nothing."""
    router = APIRouter(include_in_schema=False)
    pages = Pages(library, public_url)

    def answer(text: str) -> HTMLResponse:
        return HTMLResponse(text, headers={"Content-Security-Policy": _POLICY})

    @router.get("/")
    async def landing() -> Response:
        """Where things are."""
        return answer(pages.landing())

    @router.get("/evidence/{topic}")
    async def evidence(topic: str) -> Response:
        """Decision table, parameters, treatments, disagreements and evidence of one topic."""
        if topic in (INTENDED_USE, SERVICE):
            return answer(pages.intended_use())
        if topic not in library.topics:
            raise HTTPException(404)
        return answer(pages.evidence(topic))

    return router
