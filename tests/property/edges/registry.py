"""The probes of every topic beside the limits that the content has.

`probes/` holds one module per topic, named as the topic; a new topic needs no other entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec

from cds_service.content.models.topic import Threshold as ThresholdModel
from cds_service.content.models.topic import Window as WindowModel
from tests.property.edges.probe import Probes, Threshold, Window
from tests.unit.record import library

SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Named:
    """A limit of the content by its topic and name."""

    topic: str
    name: str

    def __str__(self) -> str:
        """As a failure names it."""
        return f"{self.topic}.{self.name}"

    @property
    def file(self) -> str:
        """The content file it stands in."""
        shared = self.topic == SHARED
        return "_common/windows.toml" if shared else f"{self.topic}/topic.toml"


def thresholds() -> Mapping[Named, ThresholdModel]:
    """Every threshold of every topic."""
    return {
        Named(topic, name): threshold
        for topic, file in library().topics.items()
        for name, threshold in file.thresholds.items()
    }


def windows() -> Mapping[Named, WindowModel]:
    """Every window of every topic, and those that topics share."""
    of_topics = {
        Named(topic, name): window
        for topic, file in library().topics.items()
        for name, window in file.windows.items()
    }
    shared = {Named(SHARED, name): window for name, window in library().shared_windows.items()}
    return of_topics | shared


@cache
def probes() -> Mapping[str, Probes]:
    """The probes by topic; a topic without a module has none."""
    found = {}
    for topic in (*library().topics, SHARED):
        module = f"tests.property.edges.probes.{topic}"
        if find_spec(module) is not None:
            found[topic] = import_module(module).PROBES
    return found


def threshold_probes() -> Mapping[Named, Threshold]:
    """Every threshold probe by what it probes."""
    return {Named(topic, p.name): p for topic, all_ in probes().items() for p in all_.thresholds}


def window_probes() -> Mapping[Named, Window]:
    """Every window probe by what it probes."""
    return {Named(topic, p.name): p for topic, all_ in probes().items() for p in all_.windows}


def span(window: WindowModel) -> timedelta:
    """The length of a window."""
    return timedelta(days=window.days or 0, hours=window.hours or 0)


def step(window: WindowModel) -> timedelta:
    """The smallest difference that matters: a day, or a minute where hours count."""
    return timedelta(minutes=1) if window.days is None else timedelta(days=1)
