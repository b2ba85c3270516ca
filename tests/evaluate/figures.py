"""Sensitivity, false-positive rate and their bounds, counted over judged charts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tests.evaluate.judgement import Judged
from tests.spec.card_order import EMERGENCIES, in_order

# No emergency may be missed; of all cards shown, this share at most may not be owed.
LEAST_SENSITIVITY = 1.0
MOST_FALSE_CARDS = 0.02
_Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    hits: int
    of: int

    @property
    def share(self) -> float | None:
        """The share, None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval (score interval without continuity correction)."""
        if self.share is None:
            return None
        square = _Z_95**2
        middle = self.share + square / (2 * self.of)
        spread = _Z_95 * sqrt(self.share * (1 - self.share) / self.of + square / (4 * self.of**2))
        scale = 1 + square / self.of
        # Exact at the ends, where the terms cancel.
        low = (middle - spread) / scale if self.hits else 0.0
        high = (middle + spread) / scale if self.hits < self.of else 1.0
        return low, high


@dataclass(frozen=True, slots=True)
class CardFigures:
    """One card: shown of those owed, shown of those not owed, shown of those that come near."""

    card: str
    sensitivity: Rate
    false: Rate
    near: Rate


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Every card, the totals, and each miss and false alarm as (chart, card).

    The totals of `false` count pairs of chart and card; `false_cards` counts the cards shown.
    """

    charts: Counter[str]
    cards: tuple[CardFigures, ...]
    emergencies: CardFigures
    every_card: CardFigures
    false_cards: Rate
    misses: tuple[tuple[str, str], ...]
    false_alarms: tuple[tuple[str, str], ...]

    @property
    def no_emergency_missed(self) -> bool:
        """Whether emergencies were owed, and each was shown."""
        found = self.emergencies.sensitivity.share
        return found is not None and found >= LEAST_SENSITIVITY

    @property
    def few_false_cards(self) -> bool:
        """Whether few enough of the cards shown were not owed."""
        return (self.false_cards.share or 0.0) <= MOST_FALSE_CARDS

    @property
    def met(self) -> bool:
        """Whether both bounds hold."""
        return self.no_emergency_missed and self.few_false_cards


def evaluate(judged: Sequence[Judged]) -> Evaluation:
    """Count every card over the charts whose label speaks of it."""
    names = {
        card for one in judged for card in (*one.found, *one.missed, *one.false, *one.chart.near)
    }
    cards = tuple(_figures(card, judged) for card in in_order(names))
    shown = sum(len(one.found) + len(one.false) for one in judged)
    return Evaluation(
        charts=Counter(one.chart.origin for one in judged),
        cards=cards,
        emergencies=_total("emergency cards", [f for f in cards if f.card in EMERGENCIES]),
        every_card=_total("all cards", cards),
        false_cards=Rate(sum(len(one.false) for one in judged), shown),
        misses=tuple((one.chart.id, card) for one in judged for card in one.missed),
        false_alarms=tuple((one.chart.id, card) for one in judged for card in one.false),
    )


def _figures(card: str, judged: Sequence[Judged]) -> CardFigures:
    owed: list[bool] = []
    false: list[bool] = []
    near: list[bool] = []
    for one in judged:
        if card in one.found or card in one.missed:
            owed.append(card in one.found)
        elif one.chart.speaks_of(card):
            false.append(card in one.false)
            if card in one.chart.near:
                near.append(card in one.false)
    return CardFigures(card, *(Rate(sum(seen), len(seen)) for seen in (owed, false, near)))


def _total(name: str, cards: Sequence[CardFigures]) -> CardFigures:
    columns = ([f.sensitivity for f in cards], [f.false for f in cards], [f.near for f in cards])
    return CardFigures(name, *(_sum(rates) for rates in columns))


def _sum(rates: Sequence[Rate]) -> Rate:
    return Rate(sum(rate.hits for rate in rates), sum(rate.of for rate in rates))
