"""What a site shows differently: its own order codes, and indicators as its clinicians want them.

`docs/client-profiles.md` explains the two files.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import RootModel

from cds_service.content.files import ContentReader
from cds_service.content.library import Library
from cds_service.content.models.base import Words
from cds_service.content.models.card import OrderCoding
from cds_service.content.models.topic import Indicator
from cds_service.errors import SiteError

ORDERS = "order-codes.toml"
INDICATORS = "indicators.toml"


class _Orders(RootModel[dict[Words, list[OrderCoding]]]):
    """Order key of `_common/orders.toml` → the site's codings."""


class _Indicators(RootModel[dict[Words, Indicator]]):
    """Card id → indicator."""


@dataclass(frozen=True, slots=True)
class SitePresentation:
    """`orders` replace the codings of our orders; `indicators` change what the EHR shows.

    An indicator changes neither order nor urgency of a card: those follow its tier.
    """

    orders: Mapping[str, tuple[OrderCoding, ...]] = field(default_factory=dict)
    indicators: Mapping[str, str] = field(default_factory=dict)


def load_presentation(folder: Path | None, library: Library) -> SitePresentation:
    """Both files of a site's folder, each of which may be missing.

    Raises SiteError with one sentence per problem.
    """
    if folder is None:
        return SitePresentation()
    reader = ContentReader(folder, place="")
    orders = reader.model(folder / ORDERS, _Orders) if (folder / ORDERS).exists() else None
    indicators = (
        reader.model(folder / INDICATORS, _Indicators) if (folder / INDICATORS).exists() else None
    )
    found = SitePresentation(
        {key: tuple(codings) for key, codings in orders.root.items()} if orders else {},
        dict(indicators.root) if indicators else {},
    )
    problems = (*reader.problems, *_slips(found, library))
    if problems:
        raise SiteError(problems)
    return found


def with_local_orders(library: Library, site: SitePresentation) -> Library:
    """The library, its drafts carrying the site's own codes where it has them."""
    local = {
        key: library.orders[key].model_copy(update={"codings": codings})
        for key, codings in site.orders.items()
    }
    return replace(library, orders={**library.orders, **local}, local_orders=frozenset(local))


def _slips(site: SitePresentation, library: Library) -> Iterator[str]:
    for key, codings in site.orders.items():
        order = library.orders.get(key)
        if order is None:
            yield f"{ORDERS}: {key}: no such order; the keys are those of cards/_common/orders.toml"
        elif order.resource != "ServiceRequest":
            yield f"{ORDERS}: {key}: a Task is no order and takes no code; remove it"
        elif not codings:
            yield f"{ORDERS}: {key}: no coding; write one or remove the key"
    for card in site.indicators:
        if card not in library.cards:
            yield f"{INDICATORS}: {card}: no such card; write a card id such as dvt-likely"
