"""What evidence pages say beyond the tables: `<topic>/page.toml` and `_common/pages.toml`."""

from datetime import date
from typing import Annotated

from pydantic import Field

from cds_service.content.models.base import Keys, Strict, Words
from cds_service.content.models.plot import Plot
from cds_service.content.models.topic import SourceAttributes


class PageFile(Strict):
    """`page.toml` of a topic: the criteria in words, and its plots."""

    opens: Words
    weighs: Words
    plot: Annotated[tuple[Plot, ...], Field(strict=False)] = ()


class GroupModel(Strict):
    """Topics that stand together on the pages that list them all."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    title: Words
    says: Words
    topics: Annotated[Keys, Field(min_length=1)]


class AttributeNames(SourceAttributes):
    """The names of the 13 source attributes of 45 CFR 170.315(b)(11)(iv)(A)."""

    citation: Words
    dates: Words


class PlotWords(Strict):
    """What stands at the axes and above the columns of every plot."""

    before: Words
    after: Words
    after_positive: Words
    after_negative: Words
    test: Words
    ratio: Words
    percent: Words
    neutral: Words
    patient: Words
    points: Words
    range: Words
    conclusion: Words
    likely: Words
    unlikely: Words
    open: Words
    pending: Words
    age: Words
    threshold: Words
    measured: Words
    zone: Words
    stretch: Words
    follows: Words
    unknown: Words


class PagesFile(Strict):
    """`_common/pages.toml`; `scale` orders levels of treatments from against to for."""

    group: Annotated[tuple[GroupModel, ...], Field(strict=False, min_length=1)]
    scale: Annotated[Keys, Field(min_length=2)]
    statuses: dict[str, Words]
    confirmed: dict[str, Words]
    indicators: dict[str, Words]
    attributes: AttributeNames
    plots: PlotWords


class Change(Strict):
    """One line of `HISTORY.md`."""

    version: Words
    date: date
    says: Words
