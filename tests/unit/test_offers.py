"""What a card may still offer (ruling 40): each order once per answer."""

import pytest

from cds_service.clinical.fact import Order
from cds_service.clinical.side import Side
from cds_service.content.models.card import SuggestionModel
from cds_service.writing.offers import Offers, offers
from tests.spec import moments
from tests.spec.fhir_json import concept, condition, icd
from tests.unit.record import advice, ago, facts, library

LEFT, RIGHT, UNSPECIFIED = Side.LEFT, Side.RIGHT, Side.UNSPECIFIED


def suggestion(order: str) -> SuggestionModel:
    """A suggestion of this order."""
    return SuggestionModel(
        id=f"{order}-x", label=order, order=order, priority="routine", description="a draft"
    )


def second(order: str, side: Side, before: Offers, *orders: Order) -> Offers:
    """What a later card may offer."""
    return offers([suggestion(order)], side, [before], facts(orders=orders), library())


@pytest.mark.parametrize(
    ("order", "first", "later", "again"),
    [
        ("abi_resting", LEFT, RIGHT, False),
        ("abi_resting", UNSPECIFIED, UNSPECIFIED, False),
        ("us_leg_veins", LEFT, LEFT, False),
        ("us_leg_veins", LEFT, UNSPECIFIED, False),
        ("us_leg_veins", LEFT, RIGHT, True),
    ],
)
def test_an_earlier_card_offers_it_already(
    order: str, first: Side, later: Side, *, again: bool
) -> None:
    """Ruling 40: once per answer, from the first card; the other leg is another order."""
    before = Offers(first, (suggestion(order),))
    made = second(order, later, before)
    assert bool(made.worth) is again
    assert made.earlier == (() if again else (library().orders[order].text,))


def test_another_order_is_offered() -> None:
    """Only an equal order is left out."""
    made = second("abi_exercise", LEFT, Offers(LEFT, (suggestion("abi_resting"),)))
    assert [s.order for s in made.worth] == ["abi_exercise"]


def test_what_the_earlier_card_left_out_itself_is_offered() -> None:
    """A card without open suggestions takes nothing from a later one."""
    before = Offers(LEFT, (), ordered=("Ankle-brachial index at rest, both legs",))
    assert second("abi_resting", LEFT, before).worth


def test_an_open_order_comes_before_an_earlier_card() -> None:
    """What is ordered is told as ordered."""
    order = Order(
        source="ServiceRequest/1",
        kinds=frozenset({"order:us_leg_veins"}),
        status="active",
        intent="order",
        priority="urgent",
        side=LEFT,
        authored=ago(hours=1),
    )
    made = second("us_leg_veins", LEFT, Offers(LEFT, (suggestion("us_leg_veins"),)), order)
    assert (bool(made.ordered), bool(made.earlier), made.worth) == (True, False, ())


def test_dvt_and_superficial_thrombosis_share_one_scan() -> None:
    """Ruling 40 end to end: the DVT card orders the scan, the later card says so."""
    today = moments.day_ago(0)
    swollen = condition(concept(icd("M79.662", "")), recordedDate=today)
    cord = condition(concept(icd("I80.02", "")), recordedDate=today)
    first, later = advice(swollen, cord).cards
    assert (first.id, later.id) == ("dvt-undetermined", "svt")
    scans = [s.resource["code"]["text"] for s in first.suggestions]
    assert "Ultrasound of the leg veins, proximal" in scans
    assert later.suggestions == ()
    assert later.selection is None
    assert "Offered on an earlier card" in later.detail
