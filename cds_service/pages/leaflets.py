"""Leaflets for patients at `/leaflets`, each in every language of the content."""

from typing import Annotated

from fastapi import APIRouter, Header
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cds_service.content.fill import Template
from cds_service.content.leaflets import Leaflet
from cds_service.pages.languages import preferred
from cds_service.pages.rendering import Rendering, html


class LeafletPages:
    """The leaflets of one content version: each is rendered when first asked for, then kept."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._leaflets = rendering.library.leaflets
        self._markdown = MarkdownIt("commonmark", {"html": False}).disable(["link", "image"])
        self._kept: dict[tuple[str, str], str] = {}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the content, its own first."""
        return tuple(self._leaflets.words)

    def all(self) -> str:
        """Every leaflet in every language."""
        return self._rendering.text("leaflets.html", "/leaflets", leaflets=self._leaflets)

    def of(self, topic: str, language: str) -> str:
        """One leaflet; raises KeyError where there is none."""
        if (topic, language) not in self._kept:
            leaflet = self._leaflets.by_topic[topic][language]
            self._kept[topic, language] = self._rendered(leaflet)
        return self._kept[topic, language]

    def _rendered(self, leaflet: Leaflet) -> str:
        library, leaflets = self._rendering.library, self._leaflets
        sections = [
            (section.id, section.heading, self._html(leaflets.text(leaflet, section)))
            for section in leaflet.sections
        ]
        keys = sorted(leaflets.cited(leaflet.topic))
        return self._rendering.text(
            "leaflet.html",
            f"/leaflets/{leaflet.topic}/{leaflet.language}",
            leaflet=leaflet,
            sections=sections,
            words=leaflets.words[leaflet.language].page,
            closing=self._closing(leaflet),
            languages={
                name: leaflets.words[name].name for name in leaflets.by_topic[leaflet.topic]
            },
            sources={key: library.entry(key, leaflet.topic) for key in keys},
        )

    def _closing(self, leaflet: Leaflet) -> tuple[str, ...]:
        """Of when the text is, and of which content."""
        words = self._leaflets.words[leaflet.language].page
        known = {
            "reviewed": leaflet.file.reviewed.isoformat(),
            "next_review": leaflet.file.next_review.isoformat(),
            "version": self._rendering.library.version,
        }
        return tuple(Template.compile(text).fill(known) for text in (words.reviewed, words.version))

    def _html(self, text: str) -> Markup:
        """Markdown as markup; HTML in the text is escaped, links and pictures stay text."""
        return Markup(self._markdown.render(text))  # noqa: S704 - the renderer escapes


def leaflets_router(rendering: Rendering) -> APIRouter:
    """`GET /leaflets`, `GET /leaflets/{topic}` and `GET /leaflets/{topic}/{language}`."""
    router = APIRouter(include_in_schema=False)
    pages = LeafletPages(rendering)

    def leaflet(topic: str, language: str) -> Response:
        try:
            response = html(pages.of(topic, language))
        except KeyError:
            raise HTTPException(404) from None
        response.headers["Content-Language"] = language
        return response

    @router.get("/leaflets")
    async def index() -> Response:
        """Every leaflet in every language."""
        return html(pages.all())

    @router.get("/leaflets/{topic}")
    async def in_the_language_asked_for(
        topic: str, accept_language: Annotated[str, Header()] = ""
    ) -> Response:
        """One leaflet in the language that the browser prefers."""
        response = leaflet(topic, preferred(accept_language, pages.languages))
        response.headers["Vary"] = "Accept-Language"
        return response

    @router.get("/leaflets/{topic}/{language}")
    async def in_one_language(topic: str, language: str) -> Response:
        """One leaflet in the language of its address."""
        return leaflet(topic, language)

    return router
