"""The content as one place serves it: what ships, and what the site's folder adds and changes."""

from dataclasses import dataclass
from pathlib import Path

from cds_service.content.library import Library
from cds_service.content.load import load_library
from cds_service.content.site.load import load_site, with_site
from cds_service.content.site.overlay import with_overlay
from cds_service.content.site.presentation import (
    SitePresentation,
    load_presentation,
    with_local_orders,
)
from cds_service.content.site.translations import SiteMap
from cds_service.content.terminology.cache import load_expansions, with_expansions


@dataclass(frozen=True, slots=True)
class ServedContent:
    """The library of this place, the translations of its codes, and what it shows differently.

    `base` is the library of the content folder alone.
    """

    base: Library
    library: Library
    maps: SiteMap
    shown: SitePresentation


def load_content(cards: Path | None = None, site: Path | None = None) -> ServedContent:
    """Load and check a content folder (without one, what ships) and a site's folder.

    Raises ContentError or SiteError with one sentence per problem.
    """
    base = load_library(cards)
    maps = load_site(site, base)
    library = with_overlay(base, site)
    library = with_expansions(library, load_expansions(site, library))
    shown = load_presentation(site, library)
    return ServedContent(base, with_local_orders(with_site(library, maps), shown), maps, shown)
