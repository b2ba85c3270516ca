"""The conformance checker's own EHR: templates resolved, records searched, pages turned."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cds_service.commands.conformance.samples import SamplePatient, generic_patients
from cds_service.commands.conformance.search import lookup
from cds_service.ehr.templates import resolve, same_search, slips

BASE = "https://ehr.example.org/fhir"
CONTEXT = {"userId": "PractitionerRole/r1", "patientId": "p1"}


def day(offset: int) -> str:
    """Today and so many days."""
    return (datetime.now(UTC).date() + timedelta(days=offset)).isoformat()


@pytest.mark.parametrize(
    ("template", "query"),
    [
        ("Patient/{{context.patientId}}", "Patient/p1"),
        ("{{context.userId}}", "PractitionerRole/r1"),
        ("PractitionerRole/{{userPractitionerRoleId}}", "PractitionerRole/r1"),
        ("Practitioner/{{userPractitionerId}}", None),
        ("Encounter/{{context.encounterId}}", None),
        ("Observation?patient={{context.patientId}}&code=a|b", "Observation?patient=p1&code=a|b"),
        ("Condition?_id={{ context.patientId }}", "Condition?_id=p1"),
        ("Patient/{{context.patient.id}}", None),
    ],
)
def test_a_template_is_resolved_from_the_context(template: str, query: str | None) -> None:
    """Tokens of the context and the user are filled in; what has no value gives no query."""
    assert resolve(template, CONTEXT) == query


def test_days_are_counted_from_today() -> None:
    """The official sandbox resolves `today()` with days added or taken away, and so does this."""
    template = "Observation?date=ge{{today() - 90 days}}&date=le{{today()}}&x={{today() + 1 day}}"
    assert resolve(template, {}) == f"Observation?date=ge{day(-90)}&date=le{day(0)}&x={day(1)}"


@pytest.mark.parametrize(
    "template",
    [
        "Patient/{{context.patientId}}",
        "{{context.userId}}",
        "Practitioner/{{userPractitionerId}}",
        "Condition?patient={{context.patientId}}",
        "Observation?patient={{context.patientId}}&category=vital-signs&_sort=-date&_count=100",
        "Observation?patient={{context.patientId}}&code:in=http://vs.example.org&date=ge2026-01-01",
    ],
)
def test_templates_of_the_subset_are_clean(template: str) -> None:
    """Reads, searches of one type and the parameters that clients are told to support."""
    assert slips(template) == []


@pytest.mark.parametrize(
    ("template", "slip"),
    [
        ("https://ehr.example.org/Patient/{{context.patientId}}", "relative URL"),
        ("Condition?patient={{context.patientId}}&_include=Condition:encounter", "_include"),
        ("Condition?patient.name=x", "chained"),
        ("Condition?_has:Observation:patient:code=1", "_has"),
        ("Condition?code:below=1", ":below"),
        ("Condition?clinical-status:not=resolved", ":not"),
        ("Observation?date=ne2026-01-01", "prefix ne"),
        ("Patient/{{context.draftOrders}}", "token"),
        ("Patient/{{patientId}}", "token"),
    ],
)
def test_templates_outside_the_subset_are_named(template: str, slip: str) -> None:
    """What a client need not support is said, with the part at fault."""
    assert any(slip in found for found in slips(template))


def observations() -> SamplePatient:
    """A patient with five Observations, one for each of the last five days."""

    def one(days: int, category: str) -> dict[str, Any]:
        coding = {"system": "http://c.example.org", "code": category}
        return {
            "resourceType": "Observation",
            "id": f"o{days}",
            "subject": {"reference": "Patient/p1"},
            "category": [{"coding": [coding]}],
            "effectiveDateTime": f"{day(-days)}T08:00:00Z",
        }

    found = [one(days, "laboratory" if days % 2 else "vital-signs") for days in range(5)]
    return SamplePatient("five", "p1", tuple(found))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("Observation?patient=p1", ["o0", "o1", "o2", "o3", "o4"]),
        ("Observation?subject=Patient/p1&category=laboratory", ["o1", "o3"]),
        ("Observation?patient=p1&category=http://c.example.org|vital-signs", ["o0", "o2", "o4"]),
        ("Observation?patient=p1&category=http://other.example.org|vital-signs", []),
        (f"Observation?patient=p1&date=ge{day(-1)}", ["o0", "o1"]),
        (f"Observation?patient=p1&date={day(-2)}", ["o2"]),
        ("Observation?patient=p2", []),
        ("Observation?_id=o3,o4", ["o3", "o4"]),
        ("Condition?patient=p1", []),
    ],
)
def test_a_search_finds_what_fhir_says(query: str, ids: list[str]) -> None:
    """Token, date and reference parameters select; what nothing matches is an empty searchset."""
    found = lookup(observations(), query, BASE)
    assert found is not None
    assert [entry["resource"]["id"] for entry in found.get("entry", [])] == ids
    assert found["total"] == len(ids)


def test_pages_follow_one_another_to_the_end() -> None:
    """Following the next links gives every entry once, newest first when asked so."""
    query: str | None = "Observation?patient=p1&_sort=-date&_count=2"
    seen = []
    while query:
        page = lookup(observations(), query, BASE)
        assert page is not None
        seen += [entry["resource"]["id"] for entry in page["entry"]]
        links = {link["relation"]: link["url"] for link in page["link"]}
        query = links["next"].removeprefix(f"{BASE}/") if "next" in links else None
    assert seen == ["o0", "o1", "o2", "o3", "o4"]


def test_a_read_of_what_is_not_there_finds_nothing() -> None:
    """A read gives the resource, or what a server answers with 404."""
    busy, quiet = generic_patients()
    found = lookup(busy, f"Patient/{busy.patient_id}", BASE)
    assert found is not None
    assert found["id"] == busy.patient_id
    assert lookup(quiet, f"Patient/{busy.patient_id}", BASE) is None


def test_the_same_search_is_known_again() -> None:
    """Order, paging and the spelling of the patient make no other search."""
    one = "Condition?patient=p1&category=a&_count=5"
    assert same_search(one, "Condition?category=a&patient=Patient/p1")
    assert not same_search(one, "Condition?category=b&patient=p1")
