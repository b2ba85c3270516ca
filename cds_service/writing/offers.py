"""What a card may still offer: not what is ordered already, nor what an earlier card offers."""

from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.clinical.fact import Facts, Order
from cds_service.clinical.side import Side
from cds_service.content.library import Library
from cds_service.content.models.card import OrderModel, SuggestionModel

_SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Offers:
    """Suggestions worth making, and the names of orders left out.

    `ordered` are open orders on record; `earlier` those that an earlier card of the same answer
    offers (ruling 40).
    """

    side: Side
    worth: tuple[SuggestionModel, ...] = ()
    ordered: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()


def offers(
    suggestions: Iterable[SuggestionModel],
    side: Side,
    before: Iterable[Offers],
    facts: Facts,
    library: Library,
) -> Offers:
    """Sort the suggestions of one card; `before` are those of the earlier cards."""
    earlier_cards = tuple(before)
    worth: list[SuggestionModel] = []
    ordered: list[str] = []
    earlier: list[str] = []
    for suggestion in suggestions:
        order = library.orders[suggestion.order]
        if any(_equal(placed, order, side, facts) for placed in facts.orders):
            ordered.append(order.text)
        elif any(_offers(card, suggestion, order, side) for card in earlier_cards):
            earlier.append(order.text)
        else:
            worth.append(suggestion)
    return Offers(side, tuple(worth), tuple(ordered), tuple(earlier))


def _offers(card: Offers, suggestion: SuggestionModel, order: OrderModel, side: Side) -> bool:
    """The same order; of the same leg where the order names one."""
    same_leg = not order.body_site or card.side.covers(side)
    return same_leg and any(offer.order == suggestion.order for offer in card.worth)


def _equal(placed: Order, order: OrderModel, side: Side, facts: Facts) -> bool:
    """An open order of the same family and side, placed within the order's window."""
    recent = placed.authored is not None and (
        placed.authored.age(facts.as_of).total_seconds() <= order.window_hours * _SECONDS_PER_HOUR
    )
    wanted = placed.placed and placed.status == "active" and placed.side.covers(side)
    return wanted and recent and bool(placed.kinds & set(order.same_as))
