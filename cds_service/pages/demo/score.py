"""Score intervals on a number line: what the record has for sure, and what it still allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cds_service.content.library import Library
from cds_service.ehr.answer import Json
from cds_service.pages.demo.explanation import Assessed, Explanation

_LEFT, _WIDTH = 14, 292
_CLUSTERS = {
    "w5": ("FABER set of five (W5)", "cluster_of_five"),
    "l5": ("Sacral thrust set of five (L5)", "cluster_of_five"),
    "l4": ("Best four (L4)", "cluster_of_four"),
}


@dataclass(frozen=True, slots=True)
class NumberLine:
    """An interval between `least` and `most`, and the threshold that decides."""

    title: str
    unit: str
    lower: int
    upper: int
    least: int
    most: int
    threshold: float
    meaning: str

    @property
    def verdict(self) -> str:
        """What the interval says."""
        if self.lower >= self.threshold:
            return "reached, whatever the unknowns turn out to be"
        if self.upper < self.threshold:
            return "out of reach, whatever the unknowns turn out to be"
        return "still open: the unknowns decide"

    @property
    def decided(self) -> str:
        """The verdict in one word, for the style sheet."""
        if self.lower >= self.threshold:
            return "reached"
        return "out" if self.upper < self.threshold else "open"

    def x(self, value: float) -> float:
        """Where a value lies in the drawing."""
        return round(_LEFT + (value - self.least) / (self.most - self.least) * _WIDTH, 1)

    @property
    def ticks(self) -> range:
        """All whole numbers of the line."""
        return range(self.least, self.most + 1)


def number_lines(explanation: Explanation | None, library: Library) -> tuple[NumberLine, ...]:
    """The Wells score where DVT is a question, the clusters of the SIJ tests where that is."""
    found = explanation.assessments if explanation else ()
    return tuple(line for assessed in found for line in _lines(assessed, library))


def _lines(assessed: Assessed, library: Library) -> Iterator[NumberLine]:
    if assessed.score and assessed.findings:
        yield from _wells(assessed.score, library)
    for name, interval in assessed.clusters.items():
        if name in _CLUSTERS:
            yield from _cluster(name, interval, library)


def _wells(interval: Json, library: Library) -> Iterator[NumberLine]:
    dvt = library.topics["dvt"]
    likely = dvt.thresholds["wells_likely"]
    most = len(dvt.groups["wells_items"])
    least = -round(dvt.thresholds["wells_alternative_points"].value)
    for lower, upper in _bounds(interval):
        yield NumberLine(
            "Wells score", likely.unit, lower, upper, least, most, likely.value, likely.meaning
        )


def _cluster(name: str, interval: Json, library: Library) -> Iterator[NumberLine]:
    sij = library.topics["sij"]
    title, threshold = _CLUSTERS[name]
    met = sij.thresholds[threshold]
    most = len(sij.groups[name])
    for lower, upper in _bounds(interval):
        yield NumberLine(title, met.unit, lower, upper, 0, most, met.value, met.meaning)


def _bounds(interval: Mapping[str, object]) -> Iterator[tuple[int, int]]:
    lower, upper = interval.get("lower"), interval.get("upper")
    if isinstance(lower, int) and isinstance(upper, int):
        yield lower, upper
