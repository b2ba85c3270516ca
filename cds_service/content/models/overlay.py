"""What a site's `cards/` folder may hold: numbers, review and wording of topics that ship."""

from datetime import date
from typing import Annotated

from pydantic import Field

from cds_service.content.models.base import Keys, Span, Strict, Words


class SiteThreshold(Strict):
    """Another value of a threshold, within its allowed range."""

    value: float


class SiteWindow(Strict):
    """Another length of a window in the unit that it has, within its allowed range."""

    days: Span | None = None
    hours: Span | None = None


class SiteWindowsFile(Strict):
    """`cards/_common/windows.toml` of a site."""

    windows: dict[str, SiteWindow] = Field(default_factory=dict)


class SiteTopicFile(Strict):
    """`cards/<topic>/topic.toml` of a site; `off` are cards that the site does not show."""

    owner: Words | None = None
    reviewed: date | None = None
    next_review: date | None = None
    signed_off: bool | None = None
    off: Keys = ()
    thresholds: dict[str, SiteThreshold] = Field(default_factory=dict)
    windows: dict[str, SiteWindow] = Field(default_factory=dict)


class SiteWording(Strict):
    """Other words for a US wording or a variant."""

    summary: Words | None = None
    body: Words | None = None


class SiteSuggestion(Strict):
    """Other words for a draft order or task, which stays what it is."""

    id: Words
    label: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    description: Words | None = None


class SiteCardFile(Strict):
    """`cards/<topic>/<card>.md` of a site; what it does not name stays as shipped."""

    id: Words
    body: str = ""
    summary: Words | None = None
    short: Words | None = None
    us: SiteWording | None = None
    variant: dict[str, SiteWording] = Field(default_factory=dict)
    suggestion: Annotated[tuple[SiteSuggestion, ...], Field(strict=False)] = ()
