"""The section on cards: whether each chart gets the cards its label says, and no other."""

import asyncio
from collections.abc import Iterator

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from cds_service.telemetry.logging import silence_logging
from tests.evaluate.figures import (
    LEAST_SENSITIVITY,
    MOST_FALSE_CARDS,
    CardFigures,
    Evaluation,
    Rate,
    evaluate,
)
from tests.evaluate.judgement import judge_all
from tests.evaluate.labeled import labeled_charts
from tests.evaluate.section import Section
from tests.spec.fhir_json import Json
from tests.spec.service import in_process

ABOUT = (
    "The charts are invented and labeled from this project's own decision tables and rulings. The "
    "figures say how far the service does what its documents demand: it was built against these "
    "labels, and an interval only tells how many charts stand behind a figure. This is no clinical "
    "validation and says nothing about accuracy in patients."
)


def measure_cards() -> Section:
    """Send every labeled chart through the service and count."""
    return section(asyncio.run(_evaluated()))


async def _evaluated() -> Evaluation:
    async with in_process() as client:
        silence_logging()
        return evaluate(await judge_all(labeled_charts(), client))


def section(evaluation: Evaluation) -> Section:
    """The evaluation as figures and as tables."""
    return Section("cards", evaluation.met, _as_json(evaluation), _as_tables(evaluation))


def _as_tables(evaluation: Evaluation) -> Group:
    charts = " + ".join(f"{n} {origin}s" for origin, n in evaluation.charts.items())
    count = Text(f"{evaluation.charts.total()} charts: {charts}")
    return Group(Text(ABOUT, style="dim"), count, _table(evaluation), *_verdicts(evaluation))


def _table(evaluation: Evaluation) -> Table:
    caption = "In brackets: Wilson's 95 % interval. Near: hard negatives written for the card."
    table = Table(box=box.SIMPLE, padding=0, pad_edge=False, caption=caption)
    table.add_column("Card", no_wrap=True)
    for heading in ("Shown\nof owed", "Sensitivity\n%", "False of\nnot owed", "Rate\n%", "Near"):
        table.add_column(heading, justify="right", no_wrap=True)
    for figures in evaluation.cards:
        table.add_row(*_cells(figures), style=_style(figures))
    table.add_section()
    for total in (evaluation.emergencies, evaluation.every_card):
        table.add_row(*_cells(total), style="bold")
    return table


def _cells(figures: CardFigures) -> Iterator[str]:
    yield figures.card
    for rate in (figures.sensitivity, figures.false):
        yield f"{rate.hits}/{rate.of}"
        yield _percent(rate)
    yield f"{figures.near.hits}/{figures.near.of}"


def _style(figures: CardFigures) -> str:
    wrong = figures.sensitivity.hits < figures.sensitivity.of or figures.false.hits
    return "red" if wrong else ""


def _percent(rate: Rate) -> str:
    if rate.share is None or rate.interval is None:
        return "–"
    share, low, high = (_figure(part * 100) for part in (rate.share, *rate.interval))
    return f"{share} ({low}–{high})"


def _figure(percent: float) -> str:
    """One decimal; below one percent two significant digits."""
    return f"{percent:.2g}" if percent < 1 else f"{round(percent, 1):g}"


def _verdicts(evaluation: Evaluation) -> Iterator[Text]:
    found, false = evaluation.emergencies.sensitivity, evaluation.false_cards
    yield _verdict(
        f"{found.hits} of {found.of} emergency cards shown; {LEAST_SENSITIVITY:.0%} needed",
        met=evaluation.no_emergency_missed,
    )
    yield _verdict(
        f"{false.hits} of {false.of} cards shown were not owed; "
        f"at most {MOST_FALSE_CARDS:.0%} allowed",
        met=evaluation.few_false_cards,
    )
    yield from (Text(f"missed: {card} in {chart}") for chart, card in evaluation.misses)
    yield from (Text(f"false alarm: {card} in {chart}") for chart, card in evaluation.false_alarms)


def _verdict(sentence: str, *, met: bool) -> Text:
    return Text(f"{'met' if met else 'NOT MET'}: {sentence}", style="green" if met else "bold red")


def _as_json(evaluation: Evaluation) -> Json:
    return {
        "about": ABOUT,
        "charts": dict(evaluation.charts),
        "cards": [_figures_json(figures) for figures in evaluation.cards],
        "emergency_cards": _figures_json(evaluation.emergencies),
        "all_cards": _figures_json(evaluation.every_card),
        "false_cards_shown": _rate_json(evaluation.false_cards),
        "least_emergency_sensitivity": LEAST_SENSITIVITY,
        "most_false_cards_shown": MOST_FALSE_CARDS,
        "missed": [{"chart": chart, "card": card} for chart, card in evaluation.misses],
        "false_alarms": [{"chart": chart, "card": card} for chart, card in evaluation.false_alarms],
    }


def _figures_json(figures: CardFigures) -> Json:
    return {
        "card": figures.card,
        "sensitivity": _rate_json(figures.sensitivity),
        "false_positive_rate": _rate_json(figures.false),
        "near_misses_wrongly_shown": _rate_json(figures.near),
    }


def _rate_json(rate: Rate) -> Json:
    interval = [round(bound, 6) for bound in rate.interval or ()]
    return {"hits": rate.hits, "of": rate.of, "share": rate.share, "wilson_95": interval}
