"""What readiness tells of the value sets: which are not whole, and how old the others are."""

from typing import Any

from cds_service.content.library import Library
from cds_service.hooks.service import Service


def known_codes(service: Service) -> dict[str, Any]:
    """`degraded` names value sets known by enumerated members only (ruling 24).

    `terminology` tells edition, version and age of the expansions in use.
    """
    told: dict[str, Any] = {}
    if degraded := degraded_sets(service.library):
        told["degraded"] = degraded
    expansions = service.library.expansions
    if expansions is not None:
        told["terminology"] = {
            "edition": expansions.edition,
            "version": expansions.version,
            "refreshed": expansions.refreshed.isoformat(),
            "ageDays": max(0, (service.clock() - expansions.refreshed).days),
            "sets": len(expansions.sets),
        }
    return told


def degraded_sets(library: Library) -> list[str]:
    """Value sets whose descendants no terminology server has listed."""
    return sorted({row.group for row in library.unexpanded})
