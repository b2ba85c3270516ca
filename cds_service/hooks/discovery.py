"""The discovery document: what is offered, when it fires, what it wants prefetched."""

from typing import Any

from cds_service.content.library import Library
from cds_service.fhir.queries import QUERIES

SERVICE_ID = "leg-pain"
HOOK = "patient-view"
SPECIFICATION = "2.0.1"


def discovery(library: Library) -> dict[str, Any]:
    """The services as CDS Hooks lists them; wording is content."""
    words = library.sentences["service"]
    return {
        "services": [
            {
                "hook": HOOK,
                "id": SERVICE_ID,
                "title": words["title"],
                "description": words["description"],
                "usageRequirements": words["usage"],
                "version": SPECIFICATION,
                "hookVersion": "1.0",
                "prefetch": {query.key: query.template for query in QUERIES},
            }
        ]
    }
