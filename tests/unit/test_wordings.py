"""Which words of a card apply, and what its drafts carry."""

import pytest

from cds_service.content.models.card import CardFile
from cds_service.pipeline import advise
from cds_service.writing.cards import Writer
from cds_service.writing.identity import Signer
from cds_service.writing.wordings import wordings
from tests.spec.fhir_json import (
    LOINC,
    Json,
    body_site,
    coding,
    concept,
    observation,
    own,
    resource,
    snomed,
)
from tests.spec.moments import ago
from tests.unit.record import AS_OF, advice, chart, library, words

LEG = snomed("61685007", "Lower limb structure")
CARD = CardFile.model_validate(
    {
        "id": "card",
        "body": "own body",
        "summary": "own summary",
        "short": "card",
        "source": "own-source",
        "evidence": ["E1"],
        "selection": "any",
        "suggestion": [
            {
                "id": name,
                "label": name,
                "order": "d_dimer",
                "priority": "urgent",
                "description": name,
            }
            for name in ("one", "two")
        ],
        "us": {"summary": "US summary", "source": "us-source"},
        "variant": {"late": {"summary": "late summary", "evidence": [], "offer": ["two"]}},
    }
)


@pytest.mark.parametrize(
    ("variant", "guidelines", "summary", "source"),
    [
        (None, "nice", "own summary", "own-source"),
        (None, "us", "US summary", "us-source"),
        ("late", "nice", "late summary", "own-source"),
        ("late", "us", "late summary", "us-source"),
    ],
)
def test_variant_before_guideline_before_own_words(
    variant: str | None, guidelines: str, summary: str, source: str
) -> None:
    """Each part is taken from the first wording that gives it."""
    chosen = wordings(CARD, variant, guidelines)
    assert (chosen.summary, chosen.source, chosen.body) == (summary, source, "own body")


def test_a_variant_limits_the_suggestions_and_may_cite_nothing() -> None:
    """`offer` names what fits; an empty list of evidence is a choice."""
    chosen = wordings(CARD, "late", "nice")
    assert [s.id for s in chosen.suggestions] == ["two"]
    assert chosen.evidence == ()
    assert [s.id for s in wordings(CARD, None, "nice").suggestions] == ["one", "two"]


def swelling(side: str | None = "L") -> Json:
    """A swollen calf, examined an hour ago."""
    return observation(
        "exam",
        concept(own("calf_swelling")),
        effectiveDateTime=ago(hours=1),
        valueBoolean=True,
        bodySite=body_site(LEG, side),
    )


def test_the_us_wording_shows_where_it_is_set() -> None:
    """The same rows under ACR and ASH wording."""
    us = Writer(library(), Signer(b"key"), "http://127.0.0.1:8080", guidelines="us")
    (card,) = advise(chart(swelling()), words(), us, AS_OF).cards
    assert card.id == "dvt-undetermined"
    assert card.source_label == library().sources["ash-2018-vte-diagnosis"].label
    assert "ASH 2018" in card.detail


@pytest.mark.parametrize(
    ("side", "code"),
    [("L", "39432-0"), ("R", "39443-7"), ("B", "39420-5"), (None, "30881-7")],
)
def test_a_scan_is_drafted_for_its_side(side: str | None, code: str) -> None:
    """The coding of the leg, and the leg as body site where it is known."""
    lab = observation(
        "laboratory",
        concept(coding(LOINC, "48065-7")),
        effectiveDateTime=ago(hours=0.5),
        valueQuantity={"value": 4000, "unit": "ng/mL FEU"},
    )
    card = advice(swelling(side), lab).cards[0]
    (draft,) = (s.resource for s in card.suggestions if s.resource.get("category"))
    assert card.id == "dvt-d-dimer-positive"
    assert draft["code"]["coding"][0]["code"] == code
    assert (draft["status"], draft["intent"]) == ("draft", "proposal")
    assert ("bodySite" in draft) is (side is not None)


def test_what_is_already_ordered_is_not_offered_again() -> None:
    """An equal open order drops the suggestion and is named instead."""
    order = resource(
        "ServiceRequest",
        status="active",
        intent="order",
        code=concept(coding(LOINC, "48065-7")),
        authoredOn=ago(hours=3),
    )
    offered = {s.label for s in advice(swelling()).cards[0].suggestions}
    card = advice(swelling(), order).cards[0]
    left = {s.label for s in card.suggestions}
    assert {label for label in offered - left if "D-dimer" in label}
    assert "Already requested: D-dimer" in card.detail


@pytest.mark.parametrize("more", [{"status": "draft"}, {"intent": "proposal"}])
def test_our_own_drafts_are_no_orders(more: dict[str, str]) -> None:
    """A stored suggestion does not take itself away."""
    given = {"status": "active", "intent": "order", "authoredOn": ago(hours=3)} | more
    stored = resource("ServiceRequest", code=concept(coding(LOINC, "48065-7")), **given)
    assert len(advice(swelling(), stored).cards[0].suggestions) == len(
        advice(swelling()).cards[0].suggestions
    )
