"""Problems that were just added: merged into the chart before they can be searched for."""

from dataclasses import replace

import msgspec

from cds_service.clinical.fact import Outcome
from cds_service.errors import ClientMistakeError
from cds_service.fhir import resources as fhir
from cds_service.fhir.chart import Chart
from cds_service.fhir.references import belongs_to
from cds_service.fhir.resources import Resource

_WHERE = "context.conditions"
_KEY = "conditions"


def with_problems(chart: Chart, bundle: msgspec.Raw) -> Chart:
    """The chart with the Conditions of the hook's context, which replace older versions of them.

    An entry that cannot be read, or that names no patient, costs itself and leaves the query for
    conditions partial.

    Raises ClientMistakeError when it is no Bundle, holds a Condition of another patient, or
    nothing of it can be read: the question itself is lost then.
    """
    read, skipped = _conditions(bundle)
    new = [condition for condition in read if condition.subject]
    if not all(belongs_to(condition, chart.patient_id) for condition in new):
        raise ClientMistakeError("wrong-patient", _WHERE)
    lost = skipped + len(read) - len(new)
    if lost and not new:
        raise ClientMistakeError("invalid", _WHERE)
    known = {condition.reference for condition in new if condition.id}
    kept = tuple(r for r in chart.resources if r.reference not in known)
    merged = replace(
        chart,
        resources=(*new, *kept),
        skipped=chart.skipped + lost,
        problems=tuple(new),
    )
    return _damaged(merged) if lost else merged


def without_problems(chart: Chart) -> Chart:
    """The same chart without the problems that were just added."""
    new = {id(problem) for problem in chart.problems or ()}
    kept = tuple(r for r in chart.resources if id(r) not in new)
    return replace(chart, resources=kept, problems=None)


def _damaged(chart: Chart) -> Chart:
    """Conditions were complete but for entries that could not be read."""
    if chart.queries[_KEY] is not Outcome.COMPLETE:
        return chart
    return replace(
        chart,
        queries={**chart.queries, _KEY: Outcome.PARTIAL},
        damaged=chart.damaged | {_KEY},
    )


def _conditions(bundle: msgspec.Raw) -> tuple[list[Resource], int]:
    """The Conditions of the Bundle, and how many entries could not be read."""
    try:
        raw = fhir.RAW_BUNDLE.decode(bundle)
    except (msgspec.ValidationError, RecursionError):
        raise ClientMistakeError("invalid", _WHERE) from None
    if raw.resource_type != "Bundle":
        raise ClientMistakeError("invalid", _WHERE)
    read: list[Resource] = []
    skipped = 0
    for entry in raw.entry:
        try:
            resource = fhir.RAW_ENTRY.decode(entry).resource
            if fhir.KIND.decode(resource).resource_type == "Condition":
                read.append(fhir.RESOURCE.decode(resource))
        except (msgspec.DecodeError, RecursionError):
            skipped += 1
    return read, skipped
