"""Numbers of several studies side by side, with their intervals."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import DotsPlot, DotsRow, Estimate
from cds_service.pages.plots.figure import Drawing, estimate
from cds_service.pages.plots.svg import (
    EDGE,
    WIDTH,
    Scale,
    axis,
    line,
    logarithmic,
    mark,
    number,
    percent,
    text,
)

_ROW, _TRACK, _FOOT = 42, 26, 44
_LEGEND = 26
_APART = 8  # between the series of one row


def draw_dots(plot: DotsPlot, words: PlotWords) -> Drawing:
    """One line of words and one of marks for each row."""
    scale, name, unit = _scale(plot, words)
    top = _LEGEND if len(plot.series) > 1 else 4
    foot = top + _ROW * len(plot.row)
    inside = axis(scale, top, foot, name, unit)
    if plot.scale == "ratio":
        inside.append(line(scale.place(1), top, scale.place(1), foot, "neutral"))
    inside += _legend(plot)
    for index, row in enumerate(plot.row):
        inside += _row(row, top + _ROW * index, scale, len(plot.series), unit)
    return Drawing(
        height=foot + _FOOT,
        inside=tuple(inside),
        head=(words.measured, *plot.series),
        rows=tuple((row.label, *_cells(row, len(plot.series), unit, words)) for row in plot.row),
    )


def _scale(plot: DotsPlot, words: PlotWords) -> tuple[Scale, str, str]:
    numbers = [n for row in plot.row for value in row.values for n in value.numbers]
    if plot.scale == "percent":
        return percent(max(numbers)), words.percent, "%"
    return logarithmic(min(numbers), max(numbers)), words.ratio, ""


def _cells(row: DotsRow, series: int, unit: str, words: PlotWords) -> Iterator[str]:
    for value in row.values:
        yield estimate(value, unit)
    yield from [words.unknown] * (series - len(row.values))


def _legend(plot: DotsPlot) -> Iterator[Element]:
    if len(plot.series) > 1:
        for index, name in enumerate(plot.series):
            x = EDGE + index * WIDTH / len(plot.series)
            yield mark(index + 1, x + 4, 9)
            yield text(name, x + 15, 13, "legend")


def _row(row: DotsRow, top: float, scale: Scale, series: int, unit: str) -> Iterator[Element]:
    yield text(row.label, EDGE, top + 15, "label")
    alone = series == 1
    shown = [
        estimate(v, unit) if alone or v.value is None else number(v.value) + unit
        for v in row.values
    ]
    yield text(" / ".join(shown), WIDTH - EDGE, top + 15, "value", "end")
    begin, end = scale.ends
    yield line(begin, top + _TRACK + 2, end, top + _TRACK + 2, "track")
    for index, value in enumerate(row.values):
        y = top + _TRACK + 2 + (index - (series - 1) / 2) * _APART
        yield from _estimate(value, index + 1, y, scale)


def _estimate(value: Estimate, series: int, y: float, scale: Scale) -> Iterator[Element]:
    if value.low is not None and value.high is not None:
        low, high = scale.place(value.low), scale.place(value.high)
        yield line(low, y, high, y, f"interval series-{series}")
        for end in (low, high):
            yield line(end, y - 4, end, y + 4, f"interval series-{series}")
    if value.value is not None:
        yield mark(series, scale.place(value.value), y)
