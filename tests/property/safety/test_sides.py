"""Property 10: left and right are alike, and an unknown side never makes one leg of two."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from cds_service.clinical.engine import find
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.side import Side
from tests.property.charts import MANY, Chart, advised, anyone, face, recorded
from tests.property.pools import ASKED, DIAGNOSES, MIRRORED
from tests.spec.fhir_json import ICD10CM
from tests.unit.record import library, read

TO_RIGHT = dict(MIRRORED)
TO_LEFT = {right: left for left, right in MIRRORED}
# A chart that names both legs is its own mirror, and one of them has to be told first.
OF_BOTH = {"51440002": "7771000", "R22.43": "R22.42"}
SIDE_WORD = re.compile(r"\b(left|right)\b", re.IGNORECASE)


def renamed(value: Any, codes: Mapping[str, str]) -> Any:
    """The same record with the codes that name a leg exchanged."""
    if isinstance(value, dict):
        return {
            key: codes.get(item, item)
            if key == "code" and isinstance(item, str)
            else renamed(item, codes)
            for key, item in value.items()
        }
    return [renamed(item, codes) for item in value] if isinstance(value, list) else value


def mirrored(chart: Chart) -> Chart:
    """The same chart with left and right exchanged."""
    exchanged: Chart = renamed(chart, TO_RIGHT | TO_LEFT)
    return exchanged


@MANY
@given(chart=anyone)
def test_a_mirrored_chart_gives_the_mirrored_conclusions(chart: Chart) -> None:
    """Property 10: left and right exchanged, the same cards at the same urgency show."""
    one, other = advised(chart), advised(mirrored(chart))
    assert [(c.id, c.indicator) for c in other.cards] == [(c.id, c.indicator) for c in one.cards]
    assert sorted((p.assessment.topic, p.assessment.state) for p in other.placed) == sorted(
        (p.assessment.topic, p.assessment.state) for p in one.placed
    )


def without_sides(chart: Chart) -> list[tuple[object, ...]]:
    """What the cards say but for the words that name a leg, in whatever order the reasons stand.

    LEFt counts the left leg itself, so its sentence differs by a point.
    """
    return [
        (card, indicator, sorted(SIDE_WORD.sub("side", line) for line in _lines(summary, detail)))
        for card, indicator, summary, detail, _ in face(advised(chart))
    ]


def _lines(*texts: object) -> list[str]:
    return [line for text in texts for line in str(text).splitlines() if "LEFt" not in line]


def sides(chart: Chart) -> list[tuple[str, Side, list[tuple[str, Side]]]]:
    """The side of every conclusion and of what it rests on."""
    return [
        (a.topic, a.side, sorted((finding.id, finding.side) for finding in a.findings))
        for a in (placed.assessment for placed in advised(chart).placed)
    ]


@MANY
@given(chart=anyone)
def test_a_mirrored_leg_gives_the_mirrored_words(chart: Chart) -> None:
    """Property 10: with one leg on record the answers differ in the words left and right alone."""
    left = renamed(chart, TO_LEFT | OF_BOTH)
    right = mirrored(left)
    assert without_sides(right) == without_sides(left)
    assert sides(right) == [
        (topic, side.other, sorted((name, leg.other) for name, leg in found))
        for topic, side, found in sides(left)
    ]


def of_legs(chart: Chart, *legs: Side) -> Findings:
    """The findings of a chart that holds entries of these sides only."""
    facts = read(*recorded(chart))
    kept = tuple(statement for statement in facts.statements if statement.side in legs)
    return find(replace(facts, statements=kept), library().rulebook)


@MANY
@given(chart=anyone)
def test_entries_of_the_other_leg_never_reach_this_one(chart: Chart) -> None:
    """Property 10: what a leg is found to be does not change when the other leg's entries go."""
    whole = of_legs(chart, *Side)
    for leg in (Side.LEFT, Side.RIGHT):
        alone = of_legs(chart, leg, Side.BOTH, Side.UNSPECIFIED)
        for finding in ASKED:
            assert whole.of(finding, leg) == alone.of(finding, leg)


@MANY
@given(chart=anyone)
def test_only_entries_of_both_legs_make_a_finding_of_both(chart: Chart) -> None:
    """Property 10: an entry without a side beside one of a leg is never both legs."""
    for finding in (f for p in advised(chart).placed for f in p.assessment.findings):
        if finding.side is Side.BOTH and finding.evidence:
            assert names_both(finding)


def names_both(finding: Finding) -> bool:
    """Whether an entry names both legs, or each is named by one."""
    named = {entry.side for entry in finding.evidence}
    return Side.BOTH in named or {Side.LEFT, Side.RIGHT} <= named


@pytest.mark.parametrize("code", DIAGNOSES)
def test_every_sided_diagnosis_of_the_charts_has_its_mirror(code: str) -> None:
    """Property 10: no code of the random charts names a leg without a counterpart."""
    meaning = library().codes.meaning(ICD10CM, code)
    if meaning is not None and meaning.side.one_sided:
        assert code in TO_LEFT | TO_RIGHT
