"""A scale in zones, each with what follows."""

from collections.abc import Iterator
from itertools import pairwise
from xml.etree.ElementTree import Element

from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import ZonesPlot
from cds_service.content.models.topic import TopicFile
from cds_service.pages.plots.figure import Drawing
from cds_service.pages.plots.svg import EDGE, Scale, element, line, linear, number, text

_BAR_TOP, _BAR_FOOT, _LIST, _ROW = 10, 46, 88, 42
_NARROW = 30  # pixels, under which the number of a border stands lower than its neighbor


def draw_zones(plot: ZonesPlot, topic: TopicFile, words: PlotWords) -> Drawing:
    """A numbered bar, and below it what each number stands for."""
    borders = [_border(zone.up_to, topic) for zone in plot.zone[:-1]]
    scale = linear((plot.start, plot.end))
    inside = [*_bar(plot, borders, scale), *_numbers(borders, scale)]
    for index, zone in enumerate(plot.zone):
        top = _LIST + _ROW * index
        inside += _badge(index + 1, EDGE + 10, top + 12, zone.tone)
        inside.append(text(f"{zone.label}: {zone.range}", EDGE + 30, top + 8, "label"))
        inside.append(text(zone.says, EDGE + 30, top + 25, "legend"))
    return Drawing(
        height=_LIST + _ROW * len(plot.zone),
        inside=tuple(inside),
        head=(words.zone, words.stretch, words.follows),
        rows=tuple((zone.label, zone.range, zone.says) for zone in plot.zone),
    )


def _border(up_to: str | float | None, topic: TopicFile) -> float:
    return topic.thresholds[up_to].value if isinstance(up_to, str) else float(up_to or 0)


def _bar(plot: ZonesPlot, borders: list[float], scale: Scale) -> Iterator[Element]:
    ends = pairwise([plot.start, *borders, plot.end])
    for index, ((low, high), zone) in enumerate(zip(ends, plot.zone, strict=True)):
        x, width = scale.place(low), scale.place(high) - scale.place(low)
        height = _BAR_FOOT - _BAR_TOP
        tone = f"tone {zone.tone}"
        yield element("rect", x=x, y=_BAR_TOP, width=width, height=height, class_=tone)
        yield text(str(index + 1), x + width / 2, _BAR_TOP + 23, "label", "middle")


def _numbers(borders: list[float], scale: Scale) -> Iterator[Element]:
    """The borders; one that comes close after another stands a line lower."""
    before = float("-inf")
    for border in borders:
        x = scale.place(border)
        low = x - before < _NARROW
        yield line(x, _BAR_TOP - 4, x, _BAR_FOOT + (18 if low else 4), "border")
        yield text(number(border), x, _BAR_FOOT + (30 if low else 17), "tick", "middle")
        before = x


def _badge(number_of_zone: int, x: float, y: float, tone: str) -> Iterator[Element]:
    yield element("circle", cx=x, cy=y, r=10, class_=f"tone {tone}")
    yield text(str(number_of_zone), x, y + 4, "label", "middle")
