"""All plots of a topic."""

from typing import assert_never

from cds_service.content.library import Library
from cds_service.content.models.page import PlotWords
from cds_service.content.models.plot import (
    AgeThresholdPlot,
    DotsPlot,
    Plot,
    PostTestPlot,
    ScoreIntervalPlot,
    ZonesPlot,
)
from cds_service.content.models.topic import TopicFile
from cds_service.pages.plots.age_threshold import draw_age_threshold
from cds_service.pages.plots.dots import draw_dots
from cds_service.pages.plots.figure import Drawing, Figure, figure
from cds_service.pages.plots.post_test import draw_post_test
from cds_service.pages.plots.score_interval import draw_score_interval
from cds_service.pages.plots.zones import draw_zones


def figures(library: Library, topic: str) -> tuple[Figure, ...]:
    """In the order of the content."""
    words = library.pages.shared.plots
    return tuple(
        figure(plot, _drawn(plot, library.topics[topic], words))
        for plot in library.pages.topics[topic].plot
    )


def _drawn(plot: Plot, topic: TopicFile, words: PlotWords) -> Drawing:
    match plot:
        case PostTestPlot():
            return draw_post_test(plot, words)
        case DotsPlot():
            return draw_dots(plot, words)
        case ScoreIntervalPlot():
            return draw_score_interval(plot, topic, words)
        case AgeThresholdPlot():
            return draw_age_threshold(plot, topic, words)
        case ZonesPlot():
            return draw_zones(plot, topic, words)
    assert_never(plot)
