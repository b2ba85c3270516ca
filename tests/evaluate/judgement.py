"""What one answer of the service is worth beside its label."""

from collections.abc import Iterable
from dataclasses import dataclass

import httpx

from tests.evaluate.labeled import Labeled
from tests.spec.service import ask, results
from tests.spec.vignette import stands_for


@dataclass(frozen=True, slots=True)
class Judged:
    """One chart's cards: rightly shown, owed but not shown, shown but not owed."""

    chart: Labeled
    found: tuple[str, ...]
    missed: tuple[str, ...]
    false: tuple[str, ...]


def judge(chart: Labeled, shown: Iterable[str]) -> Judged:
    """Compare results (`indicator:card`) with the label; another indicator is another result.

    A label may use the short name of several cards; the card shown for it is the one counted.
    """
    spoken_of = [result for result in shown if chart.speaks_of(card_of(result))]
    matched = {owed: _first_match(owed, spoken_of) for owed in chart.owed}
    found = tuple(result for result in matched.values() if result is not None)
    return Judged(
        chart=chart,
        found=tuple(card_of(result) for result in found),
        missed=tuple(card_of(owed) for owed, result in matched.items() if result is None),
        false=tuple(card_of(result) for result in spoken_of if result not in found),
    )


def card_of(result: str) -> str:
    """The card of a result."""
    return result.partition(":")[2]


def _first_match(owed: str, shown: list[str]) -> str | None:
    indicator, _, name = owed.partition(":")
    return next(
        (
            result
            for result in shown
            if result.startswith(f"{indicator}:") and stands_for(name, card_of(result))
        ),
        None,
    )


async def judge_all(charts: Iterable[Labeled], client: httpx.AsyncClient) -> tuple[Judged, ...]:
    """Send every chart through HTTP and judge the answer."""
    return tuple([judge(chart, results(await ask(client, chart.request))) for chart in charts])
