"""Property 14: a card tells all it rests on and nothing else, and where that is written."""

from collections.abc import Iterator

import pytest
from hypothesis import given

from cds_service.clinical.finding import Finding
from cds_service.content.library import SERVICE
from cds_service.hooks.explain import explain
from cds_service.writing.cards import WrittenCard
from cds_service.writing.reasons import not_known, recorded
from tests.property.charts import MANY, Chart, advised, anyone
from tests.unit.record import library


def cards_of(chart: Chart) -> Iterator[tuple[WrittenCard, tuple[Finding, ...]]]:
    """The clinical cards, each with the findings of its assessment."""
    for card in advised(chart).cards:
        if card.placed and card.topic != SERVICE:
            yield card, card.placed.assessment.findings


def bullets(card: WrittenCard, section: str) -> list[str]:
    """The lines of one section of the detail."""
    head = f"**{library().sentences['sections'][section]}**"
    paragraphs = [paragraph.strip() for paragraph in card.detail.split("\n\n")]
    after = paragraphs[paragraphs.index(head) + 1] if head in paragraphs else ""
    return [line.removeprefix("- ") for line in after.splitlines()]


@pytest.mark.requirement("FRESH-1")
@MANY
@given(chart=anyone)
def test_every_card_has_a_dated_reason_and_a_citation(chart: Chart) -> None:
    """Property 14: at least one fact with date and source, and one entry of the evidence."""
    for card, findings in cards_of(chart):
        entries = [entry for finding in findings for entry in finding.evidence]
        assert any(entry.source and entry.noted for entry in entries)
        cited = library().evidence[card.topic].keys() | library().literature.evidence.keys()
        keys = {line.partition(":")[0] for line in bullets(card, "evidence")}
        assert keys
        assert keys <= cited


@MANY
@given(chart=anyone)
def test_every_reason_shown_is_a_finding(chart: Chart) -> None:
    """Property 14: each line of the reasons is a finding of the assessment in words."""
    for card, findings in cards_of(chart):
        assert set(bullets(card, "why")) <= {recorded(f, library()) for f in findings}


@MANY
@given(chart=anyone)
def test_every_finding_is_shown(chart: Chart) -> None:
    """Property 14: each stands there itself, or in a line that says the same or implies it."""
    for card, findings in cards_of(chart):
        lines = set(bullets(card, "why"))
        told = [finding for finding in findings if recorded(finding, library()) in lines]
        for finding in findings:
            assert any(says(other, finding) for other in told)


def says(line: Finding, finding: Finding) -> bool:
    """Whether the line of one finding also tells the other."""
    implied = library().rulebook.implied.get(line.id, ())
    same = (line.status, line.side) == (finding.status, finding.side)
    return same and (line.id == finding.id or finding.id in implied)


@MANY
@given(chart=anyone)
def test_what_is_not_known_is_told_with_its_reason(chart: Chart) -> None:
    """Property 14: each missing item is listed with why it is not known, and no other is."""
    for card, _ in cards_of(chart):
        unknown = card.placed.assessment.unknown if card.placed else ()
        assert bullets(card, "missing") == [not_known(f, library()) for f in unknown]


@MANY
@given(chart=anyone)
def test_the_explanation_holds_what_the_cards_rest_on(chart: Chart) -> None:
    """Property 14: `explain` names the same findings with the same sources, and no others."""
    found = advised(chart)
    explained = explain(found, library())["assessments"]
    for placed, told in zip(found.placed, explained, strict=True):
        a = placed.assessment
        sources = [
            (f.id, f.status.value, sorted({s.resource for s in f.evidence}))
            for f in (*a.findings, *a.unknown)
        ]
        assert told["topic"] == a.topic
        assert sources == [
            (f["id"], f["status"], sorted(f.get("evidence", ()))) for f in told.get("findings", ())
        ]
