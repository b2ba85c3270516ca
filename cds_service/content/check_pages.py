"""Checks that the pages show every topic, and that every number of a plot stands in its sources."""

import re
from collections.abc import Iterator

from cds_service.content.library import SERVICE, Library
from cds_service.content.models.page import PagesFile
from cds_service.content.models.plot import (
    AgeThresholdPlot,
    DotsPlot,
    Plot,
    PostTestPlot,
    ScoreIntervalPlot,
    ZonesPlot,
)
from cds_service.content.models.topic import TopicFile

_SHARED = "_common/pages.toml"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PERCENT = 100


def check_pages(library: Library) -> Iterator[tuple[str, str]]:
    """File and sentence of every problem."""
    yield from ((_SHARED, sentence) for sentence in _shared(library))
    for name, page in library.pages.topics.items():
        ids = [plot.id for plot in page.plot]
        for twice in sorted({plot for plot in ids if ids.count(plot) > 1}):
            yield f"{name}/page.toml", f"plot {twice}: the id is used twice"
        for plot in page.plot:
            for sentence in (*_cited(plot, name, library), *_named(plot, library.topics[name])):
                yield f"{name}/page.toml", f"plot {plot.id}: {sentence}"


def _shared(library: Library) -> Iterator[str]:
    shared: PagesFile = library.pages.shared
    listed = [topic for group in shared.group for topic in group.topics]
    for topic in sorted(set(library.topics) - {SERVICE} - set(listed)):
        yield f"group: {topic} is in none; every topic stands in exactly one"
    for topic in sorted({topic for topic in listed if listed.count(topic) > 1}):
        yield f"group: {topic} is listed twice"
    for topic in sorted(set(listed) - set(library.topics)):
        yield f"group: there is no topic {topic}"
    for level in sorted(set(shared.scale) - set(library.literature.levels)):
        yield f"scale: there is no level {level} in treatments.toml"
    kinds = {"statuses": _statuses(library), "confirmed": {"seen", "partly", "unverified"}}
    kinds["indicators"] = {"critical", "warning", "info"}
    for kind, needed in kinds.items():
        for key in sorted(needed - set(getattr(shared, kind))):
            yield f"{kind}.{key}: missing; the pages need it"


def _statuses(library: Library) -> set[str]:
    topics = library.topics.values()
    found = {t.status for topic in topics for t in topic.thresholds.values()}
    return {str(s) for s in found | {w.status for t in topics for w in t.windows.values()}}


def _cited(plot: Plot, topic: str, library: Library) -> Iterator[str]:
    """Every key exists here, and every number of a study is read in what is cited for it."""
    known = library.evidence.get(topic, {})
    for where, keys, numbers in _numbers(plot):
        missing = [key for key in keys if key not in known]
        for key in missing:
            yield f"{where}evidence {key} is not in evidence.toml"
        told = {n for key in keys if key in known for n in _NUMBER.findall(known[key].claim)}
        read = {round(float(number) * unit, 6) for number in told for unit in (1, _PERCENT)}
        for number in numbers if not missing else ():
            if round(number, 6) not in read:
                yield f"{where}{number:g} stands in no claim of {', '.join(keys) or 'its evidence'}"


def _numbers(plot: Plot) -> Iterator[tuple[str, tuple[str, ...], tuple[float, ...]]]:
    """Where, cited keys and numbers of every estimate of a study."""
    match plot:
        case PostTestPlot():
            yield "before: ", plot.evidence, plot.before
            for tests in plot.set:
                numbers = (*tests.positive.numbers, *tests.negative.numbers)
                yield f"set {tests.label!r}: ", tests.evidence, numbers
        case DotsPlot():
            yield "", plot.evidence, ()
            for row in plot.row:
                numbers = tuple(n for value in row.values for n in value.numbers)
                yield f"row {row.label!r}: ", row.evidence, numbers
        case ZonesPlot():
            borders = tuple(z.up_to for z in plot.zone if isinstance(z.up_to, float))
            yield "", plot.evidence, borders
        case ScoreIntervalPlot() | AgeThresholdPlot():
            yield "", plot.evidence, ()


def _named(plot: Plot, topic: TopicFile) -> Iterator[str]:
    """Thresholds and groups that a plot takes from its topic."""
    named: tuple[str, ...] = ()
    match plot:
        case ScoreIntervalPlot():
            named = (plot.taken_off, plot.likely_from)
            items = topic.groups.get(plot.items)
            if items is None:
                yield f"items: there is no group {plot.items}"
            yield from _items(plot, set(items or ()))
        case AgeThresholdPlot():
            named = (plot.fixed, plot.from_age, plot.per_year)
        case ZonesPlot():
            named = tuple(z.up_to for z in plot.zone if isinstance(z.up_to, str))
        case _:
            pass
    for name in named:
        if name not in topic.thresholds:
            yield f"there is no threshold {name}"


def _items(plot: ScoreIntervalPlot, items: set[str]) -> Iterator[str]:
    for example in plot.example:
        for item in sorted({*example.present, *example.absent} - items):
            yield f"example {example.says!r}: {item} is not in the group {plot.items}"
        for item in sorted(set(example.present) & set(example.absent)):
            yield f"example {example.says!r}: {item} is both present and absent"
