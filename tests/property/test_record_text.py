"""Whatever the record says, its words reach a card as inert text."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cds_service.pipeline import Advice
from cds_service.writing.markdown import plain, quoted
from tests.property.charts import MANY, NOT_DONE
from tests.spec.fhir_json import (
    LOINC,
    RXNORM,
    SNOMED,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago
from tests.unit.record import advice, patient
from tests.unit.red_flag_record import crp, temperature

GFM = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
# What GitHub's dialect links without any markup.
AUTOLINK = re.compile(
    r"(https?|ftp)://\S|\bwww\.\S|(mailto|xmpp):[\w.+-]|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE
)
PLAIN_TOKENS = {"text", "text_special", "softbreak"}
PAYLOADS = [
    "# STOP: no DVT",
    "**bold** _it_ ~~gone~~ `code`",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<a href='javascript:alert(1)'>x</a>",
    "<https://evil.example>",
    "https://evil.example/a?b=c",
    "www.evil.example",
    "someone@evil.example",
    "mailto:someone@evil.example",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "- item\n- item\n\n1. one",
    "> quote",
    "```\ncode\n```",
    "a\n\n---\n\nb",
    "[^1]: footnote",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "{{ leg }} {{summary}}",
    "\N{RIGHT-TO-LEFT OVERRIDE}txet\N{ZERO WIDTH SPACE}",
    "\\[a\\](b) \\\\",
    "x" * 500,
    "",
    " ",
]
ACTIVE = "\\`*_{}[]()#+-.!|<>~&:\"'^=$%@/ \n\twhtpsmailo.x1"
hostile = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(max_size=90),
    st.text(alphabet=ACTIVE, max_size=90),
    st.lists(st.sampled_from(PAYLOADS), min_size=2, max_size=4).map("".join),
)


def drug(name: str) -> list[Json]:
    """Calf pain while taking an anticoagulant of this name."""
    code = concept(coding(RXNORM, "1364445", name), text=name)
    order = resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=code,
        authoredOn=day_ago(100),
        note=[{"text": name}],
    )
    return [_calf(name), order]


def unit(text: str) -> list[Json]:
    """Calf pain with a D-dimer in this unit."""
    lab = observation(
        "laboratory",
        concept(coding(LOINC, "48065-7", text), text=text),
        effectiveDateTime=ago(hours=1),
        valueQuantity=quantity(700, text, None) | {"unit": text, "comparator": ""},
        note=[{"text": text}],
    )
    return [_calf(text), lab]


def score(text: str) -> list[Json]:
    """Sciatica with pain scores of leg and back in this unit."""
    scored = [
        observation(
            "survey",
            concept(coding(LOINC, "72514-3", text), text=text),
            effectiveDateTime=ago(hours=1),
            bodySite=concept(snomed(site, text)),
            valueQuantity={"value": value, "unit": text},
        )
        for site, value in (("61685007", 7), ("52612000", 3))
    ]
    tested = observation(
        "exam", concept(own("slr")), effectiveDateTime=ago(hours=1), valueBoolean=True
    )
    return [condition(concept(icd("M54.32", text)), recordedDate=day_ago(1)), tested, *scored]


def inflammation(text: str) -> list[Json]:
    """Fever and back pain with a raised CRP in this unit."""
    lab = crp(80)
    lab["valueQuantity"] = {"value": 80, "unit": text}
    return [condition(concept(icd("M54.50", text)), recordedDate=day_ago(1)), temperature(39), lab]


def everywhere(text: str) -> list[Json]:
    """Calf pain with this text in every place where a record holds words."""
    leg = condition(
        concept(icd("M79.605", text) | {"display": text}, text=text),
        recordedDate=day_ago(1),
        note=[{"text": text}],
        text={"status": "generated", "div": text},
    )
    report = resource(
        "DiagnosticReport",
        status="final",
        code=concept(coding(LOINC, "39432-0", text), text=text),
        effectiveDateTime=ago(hours=1),
        conclusion=text,
    )
    said = observation(
        "exam", concept(own("slr"), text=text), effectiveDateTime=ago(hours=1), valueString=text
    )
    return [_calf(text), leg, report, said]


def _calf(text: str) -> Json:
    code = concept(own("calf_pain"), coding("urn:local", text[:64] or "x", text), text=text)
    return condition(code, recordedDate=day_ago(1))


CHANNELS = {
    "drug": drug,
    "unit": unit,
    "score": score,
    "inflammation": inflammation,
    "everywhere": everywhere,
}


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


@pytest.mark.parametrize("channel", CHANNELS)
@MANY
@given(text=hostile)
def test_record_text_adds_no_markup(channel: str, text: str) -> None:
    """No link, image, heading, table or HTML comes from the record: only the card's own markup."""
    told = advice(*CHANNELS[channel](text), patient=patient(name=[{"text": text}]))
    harmless = advice(*CHANNELS[channel]("Apixaban"))
    assert structure(told) == structure(harmless)
    assert not [card for card in told.cards if AUTOLINK.search(words(card.detail))]


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
    cards = advice(_calf("calf pain"), other).cards
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
    cards = advice(_calf("calf pain"), entry).cards
    assert cards
    assert not [card for card in cards if canary in card.detail + card.summary]
