"""Text of the record in a client that protects itself by nothing: it adds no node, runs nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, repeat, zip_longest

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from tests.browser.client_page import ClientPage, client_page
from tests.browser.renderings import RENDERINGS, Json, Nodes, addresses, article
from tests.processes import Served
from tests.property.payloads import PAYLOADS, hostile
from tests.property.record_channels import hook_request

HARMLESS = "Apixaban"
BATCH = 40
BATCHES = settings(
    max_examples=max(1, settings().max_examples // BATCH),
    phases=[Phase.explicit, Phase.generate],  # the failing assertion names the text
    suppress_health_check=list(HealthCheck),
)
# These make no element by themselves: they hide, spoof, spoil what stands around them, or wait
# until they are read back and shown once more.
TRICKS = frozenset(
    {"entity", "escape", "invisible", "look-alike", "long", "nothing", "separator", "template"}
)
_CLIENTS = pytest.mark.parametrize("rendering", RENDERINGS)


@dataclass(frozen=True, slots=True)
class Asked:
    """A running service, and what it answered."""

    service: httpx.Client
    answers: dict[str, list[Json]] = field(default_factory=dict, repr=False)

    def cards(self, text: str) -> list[Json]:
        """The cards on a record that holds the text everywhere."""
        if text not in self.answers:
            answer = self.service.post("/cds-services/leg-pain", json=hook_request(text))
            assert answer.status_code == httpx.codes.OK, answer.text
            self.answers[text] = answer.json()["cards"]
        return self.answers[text]

    def articles(self, texts: Sequence[str], rendering: str) -> list[str]:
        """Each answer on each text as a client shows it."""
        return [article(self.cards(text), rendering) for text in texts]


@pytest.fixture(scope="module")
def asked(demo: Served) -> Iterator[Asked]:
    """The demo, asked once about each record."""
    with httpx.Client(base_url=demo.address, trust_env=False) as service:
        yield Asked(service)


@pytest.fixture(scope="module")
def client(browser: Browser) -> Iterator[ClientPage]:
    """One page for all."""
    with client_page(browser) as opened:
        yield opened


def differing(told: list[str], harmless: list[str], texts: Sequence[str]) -> list[str]:
    """The texts with another tree than the one harmless article; "page" where it is the page's."""
    expected = [*harmless[:1] * len(texts), *harmless[1:]]
    pairs = zip(zip_longest(told, expected), chain(texts, repeat("page")), strict=False)
    return [name for (one, other), name in pairs if one != other]


def assert_inert(asked: Asked, client: ClientPage, texts: Sequence[str], rendering: str) -> None:
    """No other node than the same cards have with a harmless text, and nothing happens."""
    told = asked.articles(texts, rendering)
    harmless = asked.articles([HARMLESS], rendering)
    client.happened.clear()
    for show in (client.serve, client.insert, client.insert_again):
        expected = show(harmless)
        assert differing(show(told), expected, texts) == []
        client.settle()
    assert client.happened == []


def test_there_are_classes_enough() -> None:
    """Seventeen at least, each with several texts."""
    assert len(PAYLOADS) >= 17
    assert min(map(len, PAYLOADS.values())) >= 4


def test_the_text_reaches_cards(asked: Asked) -> None:
    """A name in summary and reasons, and a unit; else all the rest would prove nothing."""
    cards = asked.cards(HARMLESS)
    assert any(f"({HARMLESS})" in card["summary"] for card in cards)
    assert any(f"“{HARMLESS}”" in card["detail"] for card in cards)
    assert any(f"“700 {HARMLESS}”" in card["detail"] for card in cards)


@pytest.mark.requirement("CARD-10", "CARD-11")
@pytest.mark.parametrize("kind", PAYLOADS)
def test_no_element_comes_from_the_record(asked: Asked, kind: str) -> None:
    """Rendered, elements and attributes are those of a harmless text, and no word is an address."""
    for rendering in RENDERINGS:
        harmless = Nodes(article(asked.cards(HARMLESS), rendering))
        for text in PAYLOADS[kind]:
            told = Nodes(article(asked.cards(text), rendering))
            assert told.elements == harmless.elements, (rendering, text)
            assert addresses(told.words) == [], (rendering, text)


@pytest.mark.parametrize("kind", sorted(set(PAYLOADS) - TRICKS))
def test_an_element_would_be_seen(asked: Asked, kind: str) -> None:
    """Put into the same cards as it stands, some text of each kind adds one, or an address."""
    (card,) = (card for card in asked.cards(HARMLESS) if f"“{HARMLESS}”" in card["detail"])

    def seen(text: str, rendering: str) -> tuple[object, object]:
        detail = card["detail"].replace(f"“{HARMLESS}”", text)
        nodes = Nodes(article([card | {"detail": detail}], rendering))
        return nodes.elements, addresses(nodes.words)

    assert any(
        seen(text, rendering) != seen(HARMLESS, rendering)
        for text in PAYLOADS[kind]
        for rendering in RENDERINGS
    )


@pytest.mark.requirement("CARD-10", "CARD-11")
@_CLIENTS
def test_nothing_happens_in_a_browser(asked: Asked, client: ClientPage, rendering: str) -> None:
    """No script runs, no request leaves, no node is new: inserted, served, or shown once more."""
    texts = [text for texts in PAYLOADS.values() for text in texts]
    assert_inert(asked, client, texts, rendering)


@pytest.mark.requirement("CARD-10", "CARD-11")
@BATCHES
@given(texts=st.lists(hostile, min_size=BATCH, max_size=BATCH))
def test_no_text_makes_anything_happen(asked: Asked, client: ClientPage, texts: list[str]) -> None:
    """As above, for random text."""
    for rendering in ("GFM", "HTML"):
        assert_inert(asked, client, texts, rendering)


def test_an_attack_is_seen(client: ClientPage) -> None:
    """The page itself protects nobody: as they stand, the same texts run and ask."""
    client.happened.clear()
    client.serve(f"<article>{text}</article>" for texts in PAYLOADS.values() for text in texts)
    client.settle()
    assert {"a dialog", "a script ran"} <= set(client.happened)
    assert any(one.startswith("asks http://evil.example/") for one in client.happened)
