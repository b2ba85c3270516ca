"""The demo EHR shows any chart that a FHIR server may give, however odd its resources are."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cds_service.content.load import load_library
from cds_service.pages.demo.amend import Amendment, Assumption, amended
from cds_service.pages.demo.chart import chart_of
from cds_service.pages.demo.moment import at, problems
from cds_service.pages.demo.person import person_of
from cds_service.pages.demo.wire import parts_of

LIBRARY = load_library()
TYPES = ("Patient", "Condition", "Observation", "Encounter", "MedicationRequest", "Bundle")
MEMBERS = (
    *("id", "code", "coding", "text", "name", "given", "family", "birthDate", "class", "type"),
    *("valueQuantity", "value", "component", "category", "status", "clinicalStatus", "bodySite"),
    *("effectiveDateTime", "period", "entry", "resource", "reasonCode", "total", "diagnosis"),
)
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
values = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MEMBERS), inner, max_size=4)
    ),
    max_leaves=12,
)
resources = st.builds(
    lambda kind, members: members | {"resourceType": kind},
    st.sampled_from(TYPES),
    st.dictionaries(st.sampled_from(MEMBERS), values, max_size=6),
)
bundles = st.builds(
    lambda held: {"resourceType": "Bundle", "entry": [{"resource": one} for one in held]},
    st.lists(resources | values, max_size=3),
)
prefetches = st.dictionaries(
    st.sampled_from(("patient", "conditions", "exam")), bundles | resources | values, max_size=3
)


@given(prefetches)
def test_any_chart_is_shown(prefetch: dict[str, Any]) -> None:
    """Lines, person, problems and JSON are there, and a finding can be changed in it."""
    request = {"context": {"patientId": "p1", "userId": "Practitioner/1"}, "prefetch": prefetch}
    chart_of(request, LIBRARY)
    person_of(request, date(2026, 11, 23))
    service = {"hook": "problem-list-item-create", "prefetch": {"patient": "Patient/p1"}}
    for problem in problems(request):
        parts_of(at(request, service, problem.id))
    changed = Amendment(
        frozenset({"Condition/1"}), (Assumption("calf_pain", present=True, side="left"),)
    )
    assert "what-if-calf-pain" in str(amended(request, changed, LIBRARY, NOW))
