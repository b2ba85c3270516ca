"""How far a search reaches: back to the longest window, or only to one visit."""

import itertools
from urllib.parse import parse_qs, urlsplit

from cds_service.fhir.queries import Query
from cds_service.fhir.resources import Resource
from cds_service.fhir.times import read_moment

_VISIT = frozenset({"encounter", "encounter:Encounter"})
_VISIT_CATEGORY = "encounter-diagnosis"


def asks_for_a_visit(search: str) -> bool:
    """Whether the client limited the search to one visit: nothing earlier can be known."""
    asked = parse_qs(urlsplit(search).query)
    return bool(asked.keys() & _VISIT) or _VISIT_CATEGORY in asked.get("category", [])


def reaches_horizon(page: list[Resource], query: Query | None) -> bool:
    """Whether a newest-first page ends before the longest window began."""
    if query is None or query.horizon is None:
        return False
    times = [moment for resource in page if (moment := read_moment(_when(resource))) is not None]
    if len(times) < len(page) or not times:
        return False
    newest, oldest = max(t.last for t in times), min(t.last for t in times)
    descending = all(a.last >= b.first for a, b in itertools.pairwise(times))
    return descending and newest - oldest > query.horizon


def _when(resource: Resource) -> str:
    period = resource.effective_period or resource.performed_period or resource.period
    return (
        resource.effective_date_time
        or resource.performed_date_time
        or resource.issued
        or resource.authored
        or (period.start if period else "")
    )
