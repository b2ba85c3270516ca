"""The worked patients of the clinical documents, from a chart through HTTP to the cards."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.spec import vignette as vignettes
from tests.spec.chart import Vignette
from tests.spec.encode import hook_request
from tests.spec.moments import AS_OF
from tests.spec.vignette import (
    VASCULAR_CARDS,
    MusculoskeletalVignette,
    VascularVignette,
    stands_for,
)

EXPLAIN = "org.legpain-cds.explain"
Answer = Mapping[str, Any]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture(scope="module", name="transport")
def service() -> httpx.ASGITransport:
    """The service itself, in process, at the instant of the vignettes."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://")
    return httpx.ASGITransport(create_app(settings, clock=lambda: AS_OF))


async def ask(transport: httpx.ASGITransport, vignette: Vignette) -> Answer:
    """The service's answer to opening this chart."""
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        response = await client.post("/cds-services/leg-pain", json=hook_request(vignette))
    assert response.status_code == httpx.codes.OK, response.text
    answer: Answer = response.json()
    return answer


def cards(answer: Answer) -> list[tuple[str, str]]:
    """Ids and indicators of the cards, in order."""
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in answer["cards"]]


def assessments(answer: Answer) -> list[dict[str, Any]]:
    """What the topics concluded, shown or not."""
    found: list[dict[str, Any]] = answer["extension"][EXPLAIN]["assessments"]
    return found


def conclusion(answer: Answer, topic: str) -> dict[str, Any]:
    """The one conclusion of a topic."""
    (found,) = (entry for entry in assessments(answer) if entry["topic"] == topic)
    return found


@pytest.mark.anyio
@pytest.mark.parametrize("vignette", vignettes.vascular(), ids=lambda vignette: vignette.id)
async def test_vascular_vignette(
    vignette: VascularVignette, transport: httpx.ASGITransport
) -> None:
    """The chart gives the state, the score interval and exactly the vascular cards demanded."""
    answer = await ask(transport, vignette)
    expected = vignette.exp
    vascular = [f"{card}/{sign}" for card, sign in cards(answer) if card.startswith(VASCULAR_CARDS)]
    found = conclusion(answer, "gate" if vignette.ctx.deceased else "dvt")
    assert found["state"] == expected.state.lower().replace("_", "-")
    assert vascular == list(expected.cards)
    if expected.score:
        assert (found["score"]["lower"], found["score"]["upper"]) == expected.score


@pytest.mark.anyio
@pytest.mark.parametrize("vignette", vignettes.musculoskeletal(), ids=lambda vignette: vignette.id)
async def test_musculoskeletal_vignette(
    vignette: MusculoskeletalVignette, transport: httpx.ASGITransport
) -> None:
    """The chart gives the demanded states and, over all topics, exactly the cards demanded."""
    answer = await ask(transport, vignette)
    shown = cards(answer)
    expected = [entry.partition(":")[::2] for entry in vignette.cards]
    assert [sign for _, sign in shown] == [sign for sign, _ in expected]
    for (card, _), (_, name) in zip(shown, expected, strict=True):
        assert stands_for(name, card)
    assert {entry["state"] for entry in assessments(answer)} >= vignette.concluded
