"""A plot as a page shows it: picture, the same numbers in a table, and what both are called."""

from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

from cds_service.content.models.plot import Estimate, Plot
from cds_service.pages.plots.svg import WIDTH, element, number


@dataclass(frozen=True, slots=True)
class Drawing:
    """What one kind of plot draws on a canvas of this height, and the table beside it."""

    height: float
    inside: tuple[Element, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A finished plot; `evidence` are all keys that any of its numbers cites."""

    id: str
    title: str
    says: str
    evidence: tuple[str, ...]
    svg: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figure(plot: Plot, drawing: Drawing) -> Figure:
    """The picture has a title and a description for those who do not see it."""
    name, told = f"plot-{plot.id}-title", f"plot-{plot.id}-told"
    svg = element(
        "svg",
        element("title", words=plot.title, id=name),
        element("desc", words=plot.says, id=told),
        *drawing.inside,
        class_="plot",
        viewBox=f"0 0 {WIDTH} {drawing.height:g}",
        role="img",
        aria_labelledby=f"{name} {told}",
    )
    return Figure(
        id=f"plot-{plot.id}",
        title=plot.title,
        says=plot.says,
        evidence=plot.cited,
        svg=tostring(svg, encoding="unicode"),
        head=drawing.head,
        rows=drawing.rows,
    )


def estimate(value: Estimate, unit: str = "") -> str:
    """A number with its interval, or a range."""
    limits = (
        ""
        if value.low is None or value.high is None
        else f"{number(value.low)}–{number(value.high)}"
    )
    if value.value is None:
        return limits + unit
    shown = number(value.value) + unit
    return f"{shown} ({limits})" if limits else shown
