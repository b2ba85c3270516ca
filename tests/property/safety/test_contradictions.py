"""Property 11: no two cards contradict each other."""

from itertools import combinations

from hypothesis import given

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.side import Side
from tests.property.charts import MANY, Chart, advised, anyone
from tests.property.safety.exclusions import EXCLUSIONS, Exclusion
from tests.property.safety.urgency import shown
from tests.spec.case import Case, cases
from tests.unit.record import library

NAMED = {name for line in EXCLUSIONS for name in (*line.one, *line.other)}


def card_of(name: str) -> str:
    """The card that a name of the table stands for."""
    return name.partition("/")[0].partition("@")[0]


def names(assessment: Assessment) -> set[str]:
    """The names under which the table may speak of a card."""
    card = str(assessment.card)
    return {card, f"{card}/{assessment.row.indicator}", f"{card}@{assessment.row.tier}"}


def hit(line: Exclusion, one: set[str], other: set[str]) -> bool:
    """Whether a line of the table speaks of these two cards."""
    pairs = ((one, other), (other, one))
    return any(a & set(line.one) and b & set(line.other) for a, b in pairs)


def same_leg(one: Side, other: Side) -> bool:
    """Whether both may speak of one leg."""
    return one.covers(other)


@MANY
@given(chart=anyone)
def test_no_two_cards_contradict_each_other(chart: Chart) -> None:
    """Property 11: none of the forbidden pairs, whatever the chart."""
    for one, other in combinations(shown(advised(chart)), 2):
        for line in EXCLUSIONS:
            meet = not line.same_leg or same_leg(one.side, other.side)
            assert not (meet and hit(line, names(one), names(other))), line.source


@MANY
@given(chart=anyone)
def test_a_topic_has_one_voice(chart: Chart) -> None:
    """Property 11: at most one card of each topic."""
    topics = [library().topic_of_card[card.id] for card in advised(chart).cards]
    assert len(set(topics)) == len(topics)


def test_every_card_stands_in_the_table() -> None:
    """Property 11: no card is left out, and no name outlives its card."""
    named = {card_of(name) for name in NAMED}
    assert sorted(library().cards.keys() - named) == []
    assert sorted(named - library().cards.keys()) == []


def test_no_labeled_patient_is_owed_a_contradiction() -> None:
    """Property 11: the table does not forbid what the clinical documents demand."""
    assert {case.id: found for case in cases() if (found := forbidden(case))} == {}


def forbidden(case: Case) -> list[str]:
    """The lines of the table that the cards owed to a patient would break."""
    owed = [
        {card, f"{card}/{indicator}"}
        for indicator, _, card in (result.partition(":") for result in case.cards)
    ]
    return [
        line.source
        for one, other in combinations(owed, 2)
        for line in EXCLUSIONS
        if not line.same_leg and hit(line, one, other)
    ]
