"""The range a score can still take while items are unknown."""

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.venous.wells import Wells, WellsState
from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import ScoreExample, ScoreIntervalPlot
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
    text,
)

_ROW, _TOP, _FOOT, _BAR = 40, 26, 44, 10
_CLASSES = {
    WellsState.LIKELY_CERTAIN: "likely",
    WellsState.UNLIKELY_CERTAIN: "unlikely",
    WellsState.LIKELY_PENDING_ALTERNATIVE: "pending",
    WellsState.UNDETERMINED: "open",
}


def draw_score_interval(plot: ScoreIntervalPlot, topic: TopicFile, words: PlotWords) -> Drawing:
    """A bar for each example, before the line from which the score counts as likely."""
    scores = [_score(example, plot, topic) for example in plot.example]
    off = scores[0].alternative_points
    scale = linear(range(-off, len(topic.groups[plot.items]) + 1), EDGE + 4, WIDTH - EDGE - 4)
    foot = _TOP + _ROW * len(scores)
    border = scale.place(scores[0].likely_from - 0.5)
    inside = [
        element(
            "rect",
            x=border,
            y=_TOP - 4,
            width=WIDTH - border,
            height=foot - _TOP + 4,
            class_="zone",
        ),
        *axis(scale, _TOP, foot, words.points),
        line(border, 4, border, foot, "border"),
        text(f"← {plot.unlikely}", border - 8, 16, "axis", "end"),
        text(f"{plot.likely} →", border + 8, 16, "axis"),
    ]
    for index, (example, score) in enumerate(zip(plot.example, scores, strict=True)):
        inside += _row(example, score, _TOP + _ROW * index, scale)
    return Drawing(
        height=foot + _FOOT,
        inside=tuple(inside),
        head=(words.patient, words.range, words.conclusion),
        rows=tuple(
            (example.says, _range(score), _conclusion(score.state, words))
            for example, score in zip(plot.example, scores, strict=True)
        ),
    )


def _score(example: ScoreExample, plot: ScoreIntervalPlot, topic: TopicFile) -> Wells:
    """Scored by the rule of the service itself."""
    known = dict.fromkeys(example.present, Status.PRESENT)
    known |= dict.fromkeys(example.absent, Status.ABSENT)
    return Wells(
        items={
            item: Finding(item, known.get(item, Status.UNKNOWN))
            for item in topic.groups[plot.items]
        },
        alternative=Finding(plot.taken_off, Status(example.alternative)),
        likely_from=int(topic.thresholds[plot.likely_from].value),
        alternative_points=int(topic.thresholds[plot.taken_off].value),
    )


def _range(score: Wells) -> str:
    return f"{number(score.interval.lower)} to {number(score.interval.upper)}"


def _conclusion(state: WellsState, words: PlotWords) -> str:
    told = {"likely": words.likely, "unlikely": words.unlikely, "pending": words.pending}
    return told.get(_CLASSES[state], words.open)


def _row(example: ScoreExample, score: Wells, top: float, scale: Scale) -> Iterator[Element]:
    yield text(example.says, EDGE, top + 14, "label")
    yield text(_range(score), WIDTH - EDGE, top + 14, "value", "end")
    low, high = scale.place(score.interval.lower), scale.place(score.interval.upper)
    yield element(
        "rect",
        x=low - _BAR / 2,
        y=top + 21,
        width=high - low + _BAR,
        height=_BAR,
        rx=_BAR / 2,
        class_=f"bar {_CLASSES[score.state]}",
    )
