"""Plots of an evidence page: numbers of studies, or thresholds of the topic shown as a picture."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Strict, Words

Label = Annotated[str, Field(min_length=1, max_length=52)]
Percents = Annotated[tuple[float, ...], Field(strict=False, min_length=1)]


class Estimate(Strict):
    """A number of a study with the limits of its confidence interval, or limits alone: a range."""

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "Estimate":
        if (self.low is None) != (self.high is None):
            message = "low and high belong together"
            raise ValueError(message)
        if not self.numbers:
            message = "give a value, or low and high"
            raise ValueError(message)
        low, value, high = (self.low, self.value, self.high)
        known = [number for number in (low, value, high) if number is not None]
        if known != sorted(known):
            message = "low, value and high are not in order"
            raise ValueError(message)
        return self

    @property
    def numbers(self) -> tuple[float, ...]:
        """All numbers that are given."""
        return tuple(n for n in (self.value, self.low, self.high) if n is not None)


class _Plot(Strict):
    """What every plot tells in words; `says` is what the picture shows."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: Words
    says: Words
    evidence: Keys

    @property
    def cited(self) -> tuple[str, ...]:
        """Every evidence key of the plot and of its parts, each once."""
        return tuple(dict.fromkeys((*self.evidence, *self._parts())))

    def _parts(self) -> tuple[str, ...]:
        return ()


class ClusterModel(Strict):
    """A set of tests with its likelihood ratios when positive and when negative."""

    label: Label
    positive: Estimate
    negative: Estimate
    evidence: Annotated[Keys, Field(min_length=1)]

    @model_validator(mode="after")
    def _with_values(self) -> "ClusterModel":
        if self.positive.value is None or self.negative.value is None:
            message = "a likelihood ratio needs a value"
            raise ValueError(message)
        return self


class PostTestPlot(_Plot):
    """Probability before and after; the first set is drawn with its interval."""

    kind: Literal["post-test"]
    before: Percents
    set: Annotated[tuple[ClusterModel, ...], Field(strict=False, min_length=1)]

    def _parts(self) -> tuple[str, ...]:
        return tuple(key for tests in self.set for key in tests.evidence)


class DotsRow(Strict):
    """One line with a number for each series; numbers of the last ones may be unknown."""

    label: Label
    values: Annotated[tuple[Estimate, ...], Field(strict=False, min_length=1)]
    evidence: Annotated[Keys, Field(min_length=1)]


class DotsPlot(_Plot):
    """Numbers of several studies side by side; ratios on a logarithmic scale."""

    kind: Literal["dots"]
    scale: Literal["percent", "ratio"]
    series: Annotated[tuple[Label, ...], Field(strict=False, min_length=1, max_length=3)]
    row: Annotated[tuple[DotsRow, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _one_value_per_series(self) -> "DotsPlot":
        for row in self.row:
            if len(row.values) > len(self.series):
                message = f"row {row.label!r} has more values than there are series"
                raise ValueError(message)
        return self

    def _parts(self) -> tuple[str, ...]:
        return tuple(key for row in self.row for key in row.evidence)


class ScoreExample(Strict):
    """A patient in the middle of an examination; items not named are unknown."""

    says: Label
    present: Keys = ()
    absent: Keys = ()
    alternative: Literal["present", "absent", "unknown"] = "unknown"


class ScoreIntervalPlot(_Plot):
    """The range a score can still take; names a group and thresholds of the topic."""

    kind: Literal["score-interval"]
    items: Words
    taken_off: Words
    likely_from: Words
    likely: Label
    unlikely: Label
    example: Annotated[tuple[ScoreExample, ...], Field(strict=False, min_length=1)]


class AgeThresholdPlot(_Plot):
    """A threshold that rises with age; names thresholds of the topic."""

    kind: Literal["age-threshold"]
    fixed: Words
    from_age: Words
    per_year: Words
    ages: Annotated[tuple[int, ...], Field(strict=False, min_length=2)]
    below: Label
    above: Label


class ZoneModel(Strict):
    """A stretch of a scale up to a threshold of the topic, or to a number of a study."""

    label: Label
    range: Label
    says: Words
    tone: Literal["critical", "warning", "info", "good"]
    up_to: str | float | None = None


class ZonesPlot(_Plot):
    """A scale in zones, each with what follows; the last zone is open."""

    kind: Literal["zones"]
    start: float
    end: float
    zone: Annotated[tuple[ZoneModel, ...], Field(strict=False, min_length=2)]

    @model_validator(mode="after")
    def _closed(self) -> "ZonesPlot":
        if [zone.up_to is None for zone in self.zone] != [False] * (len(self.zone) - 1) + [True]:
            message = "every zone but the last needs up_to"
            raise ValueError(message)
        return self


Plot = Annotated[
    PostTestPlot | DotsPlot | ScoreIntervalPlot | AgeThresholdPlot | ZonesPlot,
    Field(discriminator="kind"),
]
