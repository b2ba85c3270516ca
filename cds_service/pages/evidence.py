"""The evidence page of every topic, rendered from its content, and what the service is for."""

from collections.abc import Callable
from datetime import date, datetime

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cds_service.content.doubts import doubts
from cds_service.content.library import SERVICE, Library
from cds_service.content.models.literature import Place
from cds_service.ehr.stories import Story, read_stories
from cds_service.pages.card_text import card_texts, pieces
from cds_service.pages.evidence_use import address, uses
from cds_service.pages.groups import groups
from cds_service.pages.numbers import numbers, shared_numbers
from cds_service.pages.plots.draw import figures
from cds_service.pages.rendering import Rendering, html
from cds_service.pages.worked_patients import worked_patients

INTENDED_USE = "intended-use"


class EvidencePages:
    """The pages of one content version: each is rendered when first asked for, then kept."""

    def __init__(self, rendering: Rendering) -> None:
        self._rendering = rendering
        self._stories: tuple[Story, ...] = ()
        self._kept: dict[tuple[str, bool], str] = {}
        rendering.environment.filters["pieces"] = pieces
        rendering.environment.globals["address"] = self._address

    def of(self, topic: str, day: date | None = None) -> str:
        """What stands behind the cards of one topic; raises KeyError for one that is not there.

        A review that is overdue on this day is marked.
        """
        overdue = day is not None and self._rendering.library.topics[topic].next_review < day
        if (topic, overdue) not in self._kept:
            self._kept[topic, overdue] = self._rendered(topic, overdue=overdue)
        return self._kept[topic, overdue]

    def all(self, day: date) -> str:
        """Every topic in a line."""
        library = self._rendering.library
        contested = {
            key: question
            for key, question in library.literature.disagreements.items()
            if any(position.documents for position in question.position)
        }
        return self._rendering.text(
            "evidence_index.html", "/evidence", groups=groups(library, day), contested=contested
        )

    def _address(self, place: Place) -> str | None:
        found = address(place, self._rendering.library)
        return self._rendering.root + found if found else None

    def _rendered(self, topic: str, *, overdue: bool) -> str:
        library = self._rendering.library
        literature = library.literature
        self._stories = self._stories or read_stories()
        return self._rendering.text(
            "evidence.html",
            f"/evidence/{topic}",
            topic=library.topics[topic],
            page=library.pages.topics[topic],
            overdue=overdue,
            figures=figures(library, topic),
            cards=card_texts(library, topic),
            notes=library.notes.get(topic, {}),
            note_evidence=library.note_evidence.get(topic, {}),
            numbers=numbers(library, topic),
            shared_numbers=shared_numbers(library, topic),
            patients=worked_patients(library, topic, self._stories),
            treatments=literature.treatments_of(topic),
            disagreements=literature.disagreements_of(topic),
            themes=literature.themes_of(topic),
            doubts=doubts(library, topic),
            uses=uses(library, topic),
            evidence=_entries(library, topic),
            history=library.pages.history[topic],
        )


def _entries(library: Library, topic: str) -> dict[str, object]:
    """Every entry that the page cites or the topic defines, in the order of the keys."""
    keys = {*library.evidence.get(topic, {}), *uses(library, topic)}
    keys |= {key for window in library.shared_windows.values() for key in window.evidence}
    return {key: library.entry(key, topic) for key in sorted(keys)}


def evidence_router(rendering: Rendering, clock: Callable[[], datetime]) -> APIRouter:
    """`GET /evidence` and `GET /evidence/{topic}`."""
    router = APIRouter(include_in_schema=False)
    pages = EvidencePages(rendering)
    intended_use = rendering.text("intended_use.html", f"/evidence/{INTENDED_USE}")

    @router.get("/evidence")
    async def index() -> Response:
        """All topics."""
        return html(pages.all(clock().date()))

    @router.get("/evidence/{topic}")
    async def evidence(topic: str) -> Response:
        """Decision table, parameters, treatments, disagreements and evidence of one topic."""
        if topic in (INTENDED_USE, SERVICE):
            return html(intended_use)
        if topic not in rendering.library.topics:
            raise HTTPException(404)
        return html(pages.of(topic, clock().date()))

    return router
