"""Probability before and after a set of tests, by Bayes' theorem."""

from collections.abc import Iterator
from itertools import product
from xml.etree.ElementTree import Element

from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import ClusterModel, Estimate, PostTestPlot
from cds_service.pages.plots.figure import Drawing, estimate
from cds_service.pages.plots.svg import (
    EDGE,
    WIDTH,
    Scale,
    axis,
    element,
    line,
    linear,
    number,
    path,
    text,
)

_LEFT, _RIGHT, _TOP, _FOOT = 42, WIDTH - 16, 34, 300
_BEFORE = (0, 10, 20, 30, 40, 50)
_AFTER = (0, 20, 40, 60, 80, 100)
_PERCENT = 100
_EXACT_BELOW = 10  # percent, under which a decimal is shown
_KEY = 20  # height of a line of the key


def post_test(before: float, ratio: float) -> float:
    """Percent before → percent after, for one likelihood ratio."""
    odds = before / (_PERCENT - before) * ratio
    return odds / (1 + odds) * _PERCENT


def rounded(percent: float) -> str:
    """Whole percent, under ten with one decimal."""
    return f"{percent:.0f}%" if percent >= _EXACT_BELOW else f"{percent:.1f}%"


def draw_post_test(plot: PostTestPlot, words: PlotWords) -> Drawing:
    """Curves over the probability before; the first set with its band and its values."""
    x, y = linear(_BEFORE, _LEFT, _RIGHT), linear(_AFTER, _FOOT, _TOP)
    inside = [*axis(x, _TOP, _FOOT, words.before, "%"), *_rows_of(y, words)]
    inside.append(line(x.place(0), y.place(0), x.place(50), y.place(50), "same"))
    for index, (tests, ratio) in enumerate(product(plot.set, ("positive", "negative"))):
        inside += _curve(getattr(tests, ratio), index // 2, x, y)
    inside += _values(plot, x, y)
    for index, tests in enumerate(plot.set):
        foot = _FOOT + 62 + _KEY * index
        inside.append(line(_LEFT, foot - 4, _LEFT + 34, foot - 4, f"curve set-{index + 1}"))
        inside.append(text(tests.label, _LEFT + 42, foot, "legend"))
    return Drawing(
        height=_FOOT + 54 + _KEY * len(plot.set),
        inside=tuple(inside),
        head=_head(plot, words),
        rows=tuple(_cells(tests, plot.before) for tests in plot.set),
    )


def _head(plot: PostTestPlot, words: PlotWords) -> tuple[str, ...]:
    both = f"{words.after_positive} / {words.after_negative}"
    ratios = (f"LR {words.after_positive}", f"LR {words.after_negative}")
    return (words.test, *ratios, *(f"{number(before)}% → {both}" for before in plot.before))


def _cells(tests: ClusterModel, before: tuple[float, ...]) -> tuple[str, ...]:
    return (
        tests.label,
        estimate(tests.positive),
        estimate(tests.negative),
        *(" / ".join(rounded(post_test(b, ratio)) for ratio in _ratios(tests)) for b in before),
    )


def _ratios(tests: ClusterModel) -> tuple[float, float]:
    return tests.positive.value or 0, tests.negative.value or 0


def _rows_of(y: Scale, words: PlotWords) -> Iterator[Element]:
    yield text(words.after, EDGE, 16, "axis")
    for tick in y.ticks:
        yield line(_LEFT, y.place(tick), _RIGHT, y.place(tick), "grid")
        yield text(f"{tick}%", _LEFT - 6, y.place(tick) + 4, "tick", "end")


def _points(ratio: float, x: Scale, y: Scale) -> list[tuple[float, float]]:
    return [(x.place(b), y.place(post_test(b, ratio))) for b in range(_BEFORE[-1] + 1)]


def _curve(ratio: Estimate, index: int, x: Scale, y: Scale) -> Iterator[Element]:
    if index == 0 and ratio.low is not None and ratio.high is not None:
        band = _points(ratio.high, x, y) + _points(ratio.low, x, y)[::-1]
        yield path(band, "band", closed=True)
    if ratio.value is not None:
        yield path(_points(ratio.value, x, y), f"curve set-{index + 1}")


def _values(plot: PostTestPlot, x: Scale, y: Scale) -> Iterator[Element]:
    """The first set's values at each probability before."""
    for before, ratio in product(plot.before, _ratios(plot.set[0])):
        after = post_test(before, ratio)
        px, py = x.place(before), y.place(after)
        yield element("circle", cx=px, cy=py, r=4, class_="set-1 point")
        yield text(rounded(after), px, py - 9, "value", "middle")
