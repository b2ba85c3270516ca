"""The same patient with one finding more on record: what would follow if it were known."""

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from cds_service.clinical.side import Side
from cds_service.content.codes import OWN
from cds_service.content.load import MEASURED
from cds_service.errors import DataUnavailableError
from cds_service.fhir.chart import Chart
from cds_service.fhir.resources import Resource
from cds_service.hooks.assessing import assess_chart
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice
from cds_service.writing.drafts import LATERALITY, SNOMED


@dataclass(frozen=True, slots=True)
class Supposed:
    """One finding as it might be recorded now."""

    finding: str
    side: Side
    present: bool


def can_suppose(service: Service, finding: str) -> bool:
    """Whether yes or no says it all: measurements and dates need more than that."""
    return finding in service.library.findings.finding and finding not in MEASURED


def suppose(service: Service, chart: Chart, instant: datetime, one: Supposed) -> Advice | None:
    """The advice as if this had just been examined; None where it would be refused."""
    observed = _observation(service, chart, instant, one)
    resource = msgspec.convert(observed, Resource)
    try:
        return assess_chart(
            service, replace(chart, resources=(*chart.resources, resource)), instant
        )
    except DataUnavailableError:
        return None


def _observation(
    service: Service, chart: Chart, instant: datetime, one: Supposed
) -> dict[str, object]:
    """An examination finding in the project's own code, as a questionnaire would record it."""
    own = service.library.codes.address(OWN)
    observed: dict[str, object] = {
        "resourceType": "Observation",
        "id": f"supposed-{one.finding}",
        "status": "final",
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "code": {"coding": [{"system": own, "code": one.finding}]},
        "effectiveDateTime": instant.isoformat(),
        "performer": [{"reference": "Practitioner/supposed"}],
        "valueBoolean": one.present,
    }
    if chart.encounter_id:
        observed["encounter"] = {"reference": f"Encounter/{chart.encounter_id}"}
    if one.side in LATERALITY:
        code, display = LATERALITY[one.side]
        coding = {"system": SNOMED, "code": code, "display": display}
        observed["bodySite"] = {"coding": [coding]}
    return observed
