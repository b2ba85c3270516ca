"""What readiness tells of the content: its version, cards switched off, and its value sets."""

from typing import Any

from cds_service.content.library import Library
from cds_service.hooks.service import Service


def served_content(service: Service) -> dict[str, Any]:
    """`degraded` names value sets known by enumerated members only (ruling 24).

    `switchedOff` names the cards that the site does not show; `terminology` tells edition, version
    and age of the expansions in use.
    """
    told: dict[str, Any] = {"contentVersion": service.library.version}
    if service.library.switched_off:
        told["switchedOff"] = sorted(service.library.switched_off)
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
