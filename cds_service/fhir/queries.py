"""The prefetch queries of the service: key, template, and which resource types may arrive there."""

from dataclasses import dataclass
from datetime import timedelta

_PATIENT = "patient={{context.patientId}}"


@dataclass(frozen=True, slots=True)
class Query:
    """One prefetch key.

    `horizon` is the longest window the rules look back with this query: a newest-first page that
    reaches further back is complete even when the server has more (None: the whole history).
    """

    key: str
    template: str
    required: bool = False
    horizon: timedelta | None = None

    @property
    def type(self) -> str:
        """The resource type the template reads or searches."""
        return self.template.partition("/")[0].partition("?")[0]


def _observations(category: str) -> str:
    return f"Observation?{_PATIENT}&category={category}&_sort=-date&_count=100"


QUERIES = (
    Query("patient", "Patient/{{context.patientId}}", required=True),
    Query("conditions", f"Condition?{_PATIENT}", required=True),
    Query("vitals", _observations("vital-signs"), horizon=timedelta(days=3)),
    Query("labs", _observations("laboratory"), horizon=timedelta(days=30)),
    Query("exam", _observations("exam"), horizon=timedelta(days=183)),
    Query("surveys", _observations("survey"), horizon=timedelta(days=183)),
    Query(
        "encounters",
        f"Encounter?{_PATIENT}&_sort=-date&_count=20",
        horizon=timedelta(days=183),
    ),
    Query("procedures", f"Procedure?{_PATIENT}&_sort=-date&_count=100", horizon=None),
    Query("medications", f"MedicationRequest?{_PATIENT}&status=active"),
    Query(
        "reports",
        f"DiagnosticReport?{_PATIENT}&_sort=-date&_count=50",
        horizon=timedelta(days=366),
    ),
    Query("orders", f"ServiceRequest?{_PATIENT}&status=active"),
)

# The encounter that begins names the complaint; only a hook that always has one can ask for it.
ENCOUNTER = Query("encounter", "Encounter/{{context.encounterId}}")

UNSPLIT = "observations"
SPLIT = ("vitals", "labs", "exam", "surveys")
READ_TYPES = frozenset(
    {
        "Patient",
        "Condition",
        "Observation",
        "Encounter",
        "Procedure",
        "MedicationRequest",
        "MedicationStatement",
        "MedicationAdministration",
        "Medication",
        "DiagnosticReport",
        "ImagingStudy",
        "ServiceRequest",
        "QuestionnaireResponse",
        "FamilyMemberHistory",
    }
)
