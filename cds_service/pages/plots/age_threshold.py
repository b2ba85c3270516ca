"""A threshold that rises with age."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import AgeThresholdPlot
from cds_service.content.models.topic import TopicFile
from cds_service.pages.plots.figure import Drawing
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

_LEFT, _TOP, _FOOT = 48, 34, 236
_HUNDREDS = 200  # between the grid lines
_DECADE = 10


def threshold(age: float, plot: AgeThresholdPlot, topic: TopicFile) -> float:
    """The threshold at an age, from the numbers that the service itself uses."""
    if age < topic.thresholds[plot.from_age].value:
        return topic.thresholds[plot.fixed].value
    return age * topic.thresholds[plot.per_year].value


def draw_age_threshold(plot: AgeThresholdPlot, topic: TopicFile, words: PlotWords) -> Drawing:
    """The threshold over age, with its value at some ages."""
    unit = topic.thresholds[plot.fixed].unit
    values = {age: threshold(age, plot, topic) for age in plot.ages}
    first, last = plot.ages[0], plot.ages[-1]
    most = (max(values.values()) // _HUNDREDS + 1) * _HUNDREDS
    x = linear(range(first, last + _DECADE, _DECADE), _LEFT, WIDTH - EDGE)
    y = linear([_HUNDREDS * step for step in range(int(most // _HUNDREDS) + 1)], _FOOT, _TOP)
    turn = topic.thresholds[plot.from_age].value
    corners = [
        (first, values[first]),
        (turn, topic.thresholds[plot.fixed].value),
        (turn, threshold(turn, plot, topic)),
        (last, values[last]),
    ]
    points = [(x.place(age), y.place(value)) for age, value in corners]
    area = [*points, (x.place(last), _FOOT), (x.place(first), _FOOT)]
    inside = [path(area, "zone negative", closed=True), *axis(x, _TOP, _FOOT, words.age)]
    inside += _rows_of(y, f"{words.threshold}, {unit}")
    inside.append(path(points, "curve set-1"))
    inside += _values(values, x, y)
    inside.append(text(plot.below, x.place(first) + 10, _FOOT - 12, "axis"))
    inside.append(text(plot.above, x.place(first) + 10, _TOP + 22, "axis"))
    return Drawing(
        height=_FOOT + 44,
        inside=tuple(inside),
        head=(words.age, f"{words.threshold}, {unit}"),
        rows=tuple((str(age), number(value)) for age, value in values.items()),
    )


def _rows_of(y: Scale, name: str) -> Iterator[Element]:
    yield text(name, EDGE, 16, "axis")
    for tick in y.ticks:
        yield line(_LEFT, y.place(tick), WIDTH - EDGE, y.place(tick), "grid")
        yield text(number(tick), _LEFT - 6, y.place(tick) + 4, "tick", "end")


def _values(values: dict[int, float], x: Scale, y: Scale) -> Iterator[Element]:
    for age, value in values.items():
        px, py = x.place(age), y.place(value)
        yield element("circle", cx=px, cy=py, r=4, class_="set-1 point")
        ends = {min(values): ("start", px + 2), max(values): ("end", px)}
        anchor, at = ends.get(age, ("middle", px))
        yield text(number(value), at, py - 10, "value", anchor)
