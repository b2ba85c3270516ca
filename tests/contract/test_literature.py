"""Claims, treatments and disagreements: each is answered, and every answer is really there."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.content.check_literature import check_literature
from cds_service.content.doubts import doubts
from cds_service.content.load import content_folder, load_library
from cds_service.content.models.literature import ClaimModel, Place, PositionModel
from cds_service.errors import ContentError

LIBRARY = load_library()
LITERATURE = LIBRARY.literature


def problems(**changed: Any) -> list[str]:
    """What the check says when parts of the literature are replaced."""
    spoiled = replace(LIBRARY, literature=replace(LITERATURE, **changed))
    return [f"{file}: {sentence}" for file, sentence in check_literature(spoiled)]


def claims(key: str, **changed: Any) -> dict[str, ClaimModel]:
    """All claims, one of them changed."""
    claim = LITERATURE.claims[key].model_copy(update=changed)
    return {**LITERATURE.claims, key: claim}


def test_every_claim_of_the_five_documents_is_answered() -> None:
    """Seventy claims of five documents, each reflected somewhere or left out with a reason."""
    assert list(LITERATURE.claims) == [f"A{number:02d}" for number in range(1, 71)]
    assert len(LITERATURE.documents) == 5
    assert all(claim.reflected or claim.left_out for claim in LITERATURE.claims.values())


def test_sellers_are_named_as_such() -> None:
    """Whoever sells manual care or implants is shown with that interest."""
    documents = LITERATURE.documents
    assert "sells manual care" in documents["clinic-fact-sheet"].interest
    assert "commercial interest in fusion" in documents["implant-vendor-page"].interest
    assert "passed in 2021" in documents["physiotherapy-page"].interest


def test_no_card_rests_on_a_source_document() -> None:
    """The five documents are judged, never cited: no card names one as its source."""
    titles = {document.title.lower() for document in LITERATURE.documents.values()}
    labels = {source.label.lower() for source in LIBRARY.sources.values()}
    citations = {
        entry.citation.lower()
        for entries in LIBRARY.evidence.values()
        for entry in entries.values()
    }
    assert not any(title in text for title in titles for text in labels | citations)


def test_what_ships_is_consistent() -> None:
    """The shipped files pass their own check."""
    assert problems() == []


SLIPS = [
    pytest.param(
        {"claims": {k: v for k, v in LITERATURE.claims.items() if k != "A17"}},
        "_common/claims.toml: claim.A17: missing; every claim of the documents is answered",
        id="missing claim",
    ),
    pytest.param(
        {"claims": {**LITERATURE.claims, "A71": LITERATURE.claims["A01"]}},
        "_common/claims.toml: claim.A71: not one of A01 to A70",
        id="claim too many",
    ),
    pytest.param(
        {"claims": claims("A17", evidence=("EM-99",))},
        "_common/claims.toml: claim.A17: there is no evidence EM-99",
        id="unknown evidence of a claim",
    ),
    pytest.param(
        {"claims": claims("A17", documents=("leaflet",))},
        "_common/claims.toml: claim.A17: there is no document leaflet",
        id="unknown document",
    ),
    pytest.param(
        {"claims": claims("A17", topics=("spleen",))},
        "_common/claims.toml: claim.A17: there is no topic spleen",
        id="unknown topic",
    ),
    pytest.param(
        {"claims": claims("A17", reflected=(Place(card="sij-examine", phrase="1 in 9"),))},
        "_common/claims.toml: claim.A17: card sij-examine does not contain '1 in 9'",
        id="phrase that is not on the card",
    ),
    pytest.param(
        {"claims": claims("A17", reflected=(Place(card="sij-sure", phrase="1 in 8"),))},
        "_common/claims.toml: claim.A17: there is no card sij-sure",
        id="unknown card",
    ),
    pytest.param(
        {"claims": claims("A17", reflected=(Place(note="sij.no-fusion", phrase="1 in 8"),))},
        "_common/claims.toml: claim.A17: there is no note sij.no-fusion",
        id="unknown note",
    ),
    pytest.param(
        {"claims": claims("A17", reflected=(Place(row="sij.S99"),))},
        "_common/claims.toml: claim.A17: there is no row sij.S99",
        id="unknown row",
    ),
    pytest.param(
        {"claims": claims("A39", avoided=("familiar pain",))},
        "_common/claims.toml: claim.A39: card sij-examine contains the words 'familiar pain'",
        id="words that no card may use",
    ),
    pytest.param(
        {"levels": {**LITERATURE.levels, "surely": "Surely"}},
        "_common/treatments.toml: levels.surely: used by no treatment",
        id="unused level",
    ),
    pytest.param(
        {"levels": {k: v for k, v in LITERATURE.levels.items() if k != "conflict"}},
        "_common/treatments.toml: treatment.epidural: there is no level conflict",
        id="unknown level",
    ),
    pytest.param(
        {"treatments": {k: v for k, v in LITERATURE.treatments.items() if k != "sij-fusion"}},
        "_common/claims.toml: claim.A63: there is no treatment sij-fusion",
        id="treatment that a claim names",
    ),
    pytest.param(
        {"disagreements": {k: v for k, v in LITERATURE.disagreements.items() if k != "belt"}},
        "_common/claims.toml: claim.A56: there is no disagreement belt",
        id="disagreement that a claim names",
    ),
    pytest.param(
        {"evidence": {**LITERATURE.evidence, "EM-98": next(iter(LITERATURE.evidence.values()))}},
        "_common/evidence.toml: EM-98: cited by no claim, treatment or disagreement; remove it",
        id="unused evidence",
    ),
]


@pytest.mark.parametrize(("changed", "sentence"), SLIPS)
def test_a_slip_is_named(changed: dict[str, Any], sentence: str) -> None:
    """The check names file, key and what is wrong."""
    assert any(problem.startswith(sentence) for problem in problems(**changed))


def test_a_slip_stops_the_start(tmp_path: Path) -> None:
    """A card whose text lost what a claim relies on does not ship."""
    folder = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    card = folder / "sij" / "sij-supported.md"
    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("unstable or out of place", "worn"), encoding="utf-8")
    with pytest.raises(ContentError) as refused:
        load_library(folder)
    assert "claim.A04: card sij-supported does not contain" in str(refused.value)


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"card": "sij-examine"},
        {"row": "sij.S3", "phrase": "three"},
        {"row": "sij.S3", "threshold": "sij.cluster_of_five"},
    ],
    ids=["nowhere", "card without phrase", "row with phrase", "two places"],
)
def test_a_place_is_exactly_one(place: dict[str, str]) -> None:
    """A place names one thing; only texts have a phrase."""
    with pytest.raises(ValueError, match=r"exactly one|needs a phrase"):
        Place.model_validate(place)


def test_silence_about_a_claim_is_refused() -> None:
    """A claim neither reflected nor left out with a reason is a slip."""
    claim = LITERATURE.claims["A01"].model_dump()
    with pytest.raises(ValueError, match="say where it is reflected"):
        ClaimModel.model_validate({**claim, "left_out": None})


def test_a_position_without_a_source_is_refused() -> None:
    """A side of a disagreement rests on evidence or on a document."""
    with pytest.raises(ValueError, match="needs evidence or a document"):
        PositionModel.model_validate({"who": "Somebody", "says": "So."})


def test_every_not_offered_treatment_says_who_says_so() -> None:
    """Where a guideline is said to offer, let consider or advise against, it is cited."""
    spoken = {"offer", "consider", "do-not-offer", "conflict"}
    uncited = [
        f"{key}.{name}"
        for key, treatment in LITERATURE.treatments.items()
        for name, context in treatment.context.items()
        if context.level in spoken and not context.evidence
    ]
    assert uncited == []


def test_what_is_open_is_listed() -> None:
    """Local numbers, half-read sources and unseen parts of claims stand in one list per topic."""
    joint, girdle = (
        {(doubt.kind, doubt.subject) for doubt in doubts(LIBRARY, topic)}
        for topic in ("sij", "pelvic_girdle")
    )
    assert ("partly read", "EM-08") in joint
    assert ("unverified", "claim A57") in joint
    assert not any(subject == "EM-05" for _, subject in joint)
    assert ("local policy", "adult_age") in girdle
    assert ("operational choice", "others_positive") in girdle
