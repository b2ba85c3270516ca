"""Whatever the record says, its words reach a card as inert text."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cds_service.pipeline import Advice
from cds_service.writing.markdown import plain, quoted
from tests.property.charts import MANY, NOT_DONE
from tests.property.payloads import hostile
from tests.property.record_channels import CHANNELS, calf, patient_named
from tests.spec.fhir_json import (
    SNOMED,
    coding,
    concept,
    observation,
    own,
    resource,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What GitHub's dialect links without any markup.
AUTOLINK = re.compile(
    r"(https?|ftp)://\S|\bwww\.\S|(mailto|xmpp):[\w.+-]|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE
)
PLAIN_TOKENS = {"text", "text_special", "softbreak"}


def flat(tokens: list[Token]) -> Iterator[Token]:
    """Block and inline tokens in reading order."""
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def skeleton(markdown: str) -> list[tuple[str, str]]:
    """The markup of a card without its words."""
    return [
        (token.type, token.tag)
        for token in flat(GFM.parse(markdown))
        if token.type not in PLAIN_TOKENS
    ]


def words(markdown: str) -> str:
    """The words of a card as a reader's client shows them."""
    tokens = (t for t in flat(GFM.parse(markdown)) if t.type in PLAIN_TOKENS | {"code_inline"})
    return "".join(token.content or " " for token in tokens)


def structure(advised: Advice) -> list[object]:
    """Cards with the markup of their details."""
    return [(card.id, card.indicator, skeleton(card.detail)) for card in advised.cards]


@pytest.mark.requirement("CARD-10", "CARD-11")
@pytest.mark.parametrize("channel", CHANNELS)
@MANY
@given(text=hostile)
def test_record_text_adds_no_markup(channel: str, text: str) -> None:
    """No link, image, heading, table or HTML comes from the record: only the card's own markup."""
    told = advice(*CHANNELS[channel](text), patient=patient_named(text))
    harmless = advice(*CHANNELS[channel]("Apixaban"))
    assert structure(told) == structure(harmless)
    assert not [card for card in told.cards if AUTOLINK.search(words(card.detail))]


@pytest.mark.requirement("CARD-1")
@pytest.mark.parametrize("channel", CHANNELS)
@MANY
@given(text=hostile)
def test_summaries_stay_short_plain_lines(channel: str, text: str) -> None:
    """Fewer than 140 characters, one line, nothing invisible."""
    for card in advice(*CHANNELS[channel](text)).cards:
        assert 0 < len(card.summary) < 140
        assert not {unicodedata.category(char) for char in card.summary} & {"Cc", "Cf", "Cs", "Zl"}


@MANY
@given(text=hostile)
def test_quoted_text_renders_as_itself(text: str) -> None:
    """Rendered, the quotation shows the words of the record and nothing else."""
    rendered = words(f"- Anticoagulant: {quoted(text)} · left")
    shown = rendered.replace("\N{WORD JOINER}", "")
    assert shown == f"Anticoagulant: “{plain(text)}” · left"


@MANY
@given(text=hostile)
def test_a_drug_that_is_not_ours_is_never_quoted(text: str) -> None:
    """Only the names of anticoagulants reach a card."""
    marked = f"{text}CANARY"
    other = resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=concept(coding(SNOMED, "387517004", marked), text=marked),
        authoredOn=day_ago(3),
    )
    cards = advice(calf("calf pain"), other).cards
    assert not [card for card in cards if "CANARY" in card.detail + card.summary]


@pytest.mark.parametrize(
    "member",
    [
        "valueString",
        "note",
        "text",
        "display",
        "method",
        "referenceRange",
        "dataAbsentReason",
    ],
)
def test_words_of_an_examination_are_never_quoted(member: str) -> None:
    """Only codes, numbers, dates and sides of an Observation reach a card."""
    canary = "CANARY-" + member
    carried: dict[str, Any] = {
        "valueString": canary,
        "note": [{"text": canary}],
        "text": {"status": "generated", "div": canary},
        "display": canary,
        "method": {"text": canary},
        "referenceRange": [{"text": canary}],
        "dataAbsentReason": NOT_DONE | {"text": canary},
    }
    value = {} if member in ("valueString", "dataAbsentReason") else {"valueBoolean": True}
    entry = observation(
        "exam",
        concept(own("pitting_edema") | {"display": canary}, text=canary),
        effectiveDateTime=ago(hours=1),
        **value,
        **{member: carried[member]},
    )
    cards = advice(calf("calf pain"), entry).cards
    assert cards
    assert not [card for card in cards if canary in card.detail + card.summary]
