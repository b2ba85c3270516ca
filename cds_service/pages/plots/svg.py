"""Elements of SVG, and scales that place numbers on the canvas.

Everything is colored by classes, since pages allow no style but their own style sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log10
from xml.etree.ElementTree import Element

WIDTH = 400
EDGE = 16  # room at both ends of an axis, so that its outer labels fit
_STEPS = {1: 4, 2: 4, 4: 4, 5: 5, 10: 5, 20: 4, 25: 5, 50: 5, 100: 4}  # end of an axis: its parts
_RATIOS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)

Value = str | float


def element(name: str, *inside: Element, words: str = "", **attributes: Value) -> Element:
    """One element; `class_` stands for class, and numbers are rounded to a tenth."""
    made = Element(
        name,
        {key.rstrip("_").replace("_", "-"): _written(value) for key, value in attributes.items()},
    )
    made.text = words
    made.extend(inside)
    return made


def _written(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")


def text(words: str, x: float, y: float, class_: str = "", anchor: str = "start") -> Element:
    """Words at a point, which is the left end, the middle or the right end of their foot."""
    return element("text", words=words, x=x, y=y, class_=class_, text_anchor=anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Element:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def path(points: Sequence[tuple[float, float]], class_: str, *, closed: bool = False) -> Element:
    """A line through all points, or the area within."""
    steps = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return element("path", d=f"M{steps}{'Z' if closed else ''}", class_=class_)


def mark(number: int, x: float, y: float) -> Element:
    """The mark of a series: circle, square, diamond, so that color is not needed to tell them."""
    shape = f"series-{number}"
    if number == 1:
        return element("circle", cx=x, cy=y, r=5, class_=shape)
    size, turn = (8.5, "") if number == len(("circle", "square")) else (8, f"rotate(45 {x} {y})")
    left, top = x - size / 2, y - size / 2
    return element("rect", x=left, y=top, width=size, height=size, transform=turn, class_=shape)


@dataclass(frozen=True, slots=True)
class Scale:
    """Places numbers between two ends of the canvas; `ticks` are worth a label."""

    ticks: tuple[float, ...]
    place: Callable[[float], float]

    @property
    def ends(self) -> tuple[float, float]:
        """Where the axis begins and ends on the canvas."""
        return self.place(self.ticks[0]), self.place(self.ticks[-1])


def linear(ticks: Sequence[float], start: float = EDGE, end: float = WIDTH - EDGE) -> Scale:
    """Equal steps from the first tick to the last."""
    low, high = ticks[0], ticks[-1]
    return Scale(tuple(ticks), lambda value: start + (value - low) / (high - low) * (end - start))


def percent(most: float) -> Scale:
    """From 0 to a round number that leaves room for all values."""
    top = next(end for end in _STEPS if end >= most)
    return linear([top * part / _STEPS[top] for part in range(_STEPS[top] + 1)])


def logarithmic(least: float, most: float) -> Scale:
    """Ratios: doubling and halving are equally far; 1 is always on it."""
    low = max(tick for tick in _RATIOS if tick <= min(least, 1))
    high = min(tick for tick in _RATIOS if tick >= max(most, 1))
    inner = linear((log10(low), log10(high)))
    ticks = tuple(tick for tick in _RATIOS if low <= tick <= high)
    return Scale(ticks, lambda value: inner.place(log10(value)))


def axis(scale: Scale, top: float, foot: float, name: str, unit: str = "") -> list[Element]:
    """Vertical grid lines with their numbers and the name of the axis below."""
    grid = [line(scale.place(t), top, scale.place(t), foot, "grid") for t in scale.ticks]
    numbers = [
        text(f"{number(t)}{unit}", scale.place(t), foot + 16, "tick", "middle") for t in scale.ticks
    ]
    return [*grid, *numbers, text(name, WIDTH / 2, foot + 34, "axis", "middle")]


def number(value: float) -> str:
    """As printed, with a real minus sign."""
    return f"{value:g}".replace("-", "−")
