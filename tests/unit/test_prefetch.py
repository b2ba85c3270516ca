"""The prefetch decision table: what each delivered value means."""

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from cds_service.clinical.fact import Outcome
from cds_service.errors import ClientMistakeError
from cds_service.fhir.chart import Chart
from cds_service.fhir.prefetch import gather
from cds_service.fhir.queries import QUERIES
from tests.spec.fhir_json import Json

COMPLETE, PARTIAL = Outcome.COMPLETE, Outcome.PARTIAL
FAILED, NOT_ASKED = Outcome.FAILED, Outcome.NOT_ASKED
UNREAD = (FAILED, NOT_ASKED)
KEYS = [query.key for query in QUERIES]
PATIENT = {"resourceType": "Patient", "id": "p1"}
ELSEWHERE = "https://ehr.example.org/fhir/Patient/p1"
ERROR = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def observation(identifier: str = "o1", when: str = "2026-11-20", **more: object) -> Json:
    """An Observation of the patient."""
    resource = {
        "resourceType": "Observation",
        "id": identifier,
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": when,
    }
    return resource | more


def bundle(*resources: object, more: bool = False, kind: str = "searchset") -> Json:
    """A Bundle, with a next page where `more` is set."""
    link = [{"relation": "self", "url": "x"}, {"relation": "next", "url": "y"}][: 2 if more else 1]
    return {
        "resourceType": "Bundle",
        "type": kind,
        "link": link,
        "entry": [{"resource": resource} for resource in resources],
    }


def told(severity: str) -> Json:
    """A searchset whose only entry tells something about the search."""
    told_so = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": "x"}]}
    entry = {"resource": told_so, "search": {"mode": "outcome"}}
    return {"resourceType": "Bundle", "type": "searchset", "entry": [entry]}


def gathered(**prefetch: Any) -> Chart:
    """The chart of these prefetch values beside the patient."""
    answers = {"patient": PATIENT} | prefetch
    wire = {key: msgspec.Raw(json.dumps(value).encode()) for key, value in answers.items()}
    return gather(wire, "p1")


def outcome(key: str, value: Any) -> Outcome:
    """What became of one query."""
    return gathered(**{key: value}).queries[key]


@pytest.mark.requirement("PREF-12")
@pytest.mark.parametrize("key", KEYS)
def test_an_absent_key_was_not_asked(key: str) -> None:
    """PREF-12: absent means withheld or not attempted."""
    assert gather({}, "p1").queries[key] is NOT_ASKED


@pytest.mark.requirement("PREF-13")
@pytest.mark.parametrize("key", KEYS)
def test_null_is_known_empty(key: str) -> None:
    """PREF-13: the query ran and found nothing; for the patient too (ruling 57)."""
    chart = gather({key: msgspec.Raw(b" null ")}, "p1")
    assert chart.queries[key] is COMPLETE
    assert chart.resources == ()
    assert chart.patient is None


@pytest.mark.requirement("PREF-14")
@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"resourceType": "Bundle", "type": "searchset"}, id="no entry"),
        pytest.param({"resourceType": "Bundle", "type": "searchset", "entry": []}, id="[]"),
        pytest.param({"resourceType": "Bundle", "total": 0, "entry": []}, id="total 0"),
        pytest.param({"resourceType": "Bundle"}, id="bare Bundle"),
    ],
)
@pytest.mark.parametrize("key", [key for key in KEYS if key != "patient"])
def test_an_empty_searchset_is_known_empty(key: str, value: Json) -> None:
    """PREF-14: an empty answer is an answer."""
    assert outcome(key, value) is COMPLETE


@pytest.mark.requirement("PREF-15")
@pytest.mark.parametrize("key", KEYS)
def test_an_operation_outcome_is_a_failure(key: str) -> None:
    """PREF-15: the client tried and failed."""
    assert outcome(key, ERROR) is FAILED


@pytest.mark.requirement("PREF-16")
@pytest.mark.parametrize(
    ("severity", "expected"),
    [("information", COMPLETE), ("warning", COMPLETE), ("error", PARTIAL), ("fatal", PARTIAL)],
)
def test_an_outcome_inside_a_searchset_tells_of_the_search(
    severity: str, expected: Outcome
) -> None:
    """PREF-16: a warning means `no results`, an error that something is missing."""
    assert outcome("conditions", told(severity)) is expected


@pytest.mark.requirement("PREF-18")
@pytest.mark.parametrize("kind", ["searchset", "collection"])
def test_searchset_and_collection_are_read(kind: str) -> None:
    """PREF-18: the 3.0 example sends a collection."""
    chart = gathered(exam=bundle(observation(), kind=kind))
    assert chart.queries["exam"] is COMPLETE
    assert len(chart.resources) == 1


def test_a_lone_resource_is_an_answer_of_one() -> None:
    """A key may hold the resource itself."""
    chart = gathered(exam=observation())
    assert chart.queries["exam"] is COMPLETE
    assert len(chart.resources) == 1


@pytest.mark.requirement("PREF-23")
@pytest.mark.parametrize(
    "value",
    [
        pytest.param("123", id="string"),
        pytest.param(123, id="number"),
        pytest.param(True, id="boolean"),
        pytest.param([], id="list"),
        pytest.param([observation()], id="list of resources"),
        pytest.param({}, id="empty object"),
        pytest.param({"resourceType": 7}, id="type is a number"),
        pytest.param({"resourceType": "Binary"}, id="a type nobody asked for"),
        pytest.param({"entry": []}, id="no type"),
        pytest.param({"resourceType": "Bundle", "entry": {}}, id="entry is no list"),
        pytest.param({"resourceType": "Bundle", "entry": None}, id="entry is null"),
    ],
)
@pytest.mark.parametrize("key", ["patient", "conditions", "exam"])
def test_a_value_of_the_wrong_type_was_not_read(key: str, value: object) -> None:
    """PREF-23: it answers nothing, and is never an error."""
    assert outcome(key, value) in UNREAD


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("patient", observation(), id="an Observation as patient"),
        pytest.param("patient", bundle(observation()), id="Observations as patient"),
        pytest.param("conditions", PATIENT, id="the Patient as conditions"),
        pytest.param("conditions", observation(), id="an Observation as conditions"),
    ],
)
def test_a_required_key_that_holds_something_else_was_not_answered(key: str, value: Json) -> None:
    """Invariant 2: another resource under a required key is no answer to its query."""
    assert outcome(key, value) in UNREAD


def test_a_patient_inside_a_bundle_is_the_patient() -> None:
    """Some clients search for the patient instead of reading it."""
    chart = gathered(patient=bundle(PATIENT))
    assert chart.patient is not None
    assert chart.queries["patient"] is COMPLETE


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"resourceType": "Patient", "id": "p2"}, id="another patient"),
        pytest.param({"resourceType": "Patient"}, id="a patient without id"),
        pytest.param(bundle(PATIENT, {"resourceType": "Patient", "id": "p2"}), id="two patients"),
    ],
)
@pytest.mark.parametrize("key", ["patient", "conditions"])
def test_another_patient_is_refused(key: str, value: Json) -> None:
    """A prefetched Patient that is not the patient of the context stops the call."""
    with pytest.raises(ClientMistakeError) as refused:
        gathered(**{key: value})
    assert refused.value.code == "wrong-patient"


@pytest.mark.requirement("PREF-21")
@pytest.mark.parametrize(
    ("reference", "kept"),
    [
        pytest.param({"subject": {"reference": "Patient/p1"}}, True, id="relative"),
        pytest.param({"subject": {"reference": ELSEWHERE}}, True, id="absolute"),
        pytest.param({"patient": {"reference": "Patient/p1"}}, True, id="patient instead"),
        pytest.param({"subject": {"reference": "Patient/p2"}}, False, id="another patient"),
        pytest.param({"subject": {"reference": "Patient/p11"}}, False, id="a longer id"),
        pytest.param({"subject": {"reference": "Group/p1"}}, False, id="a group"),
        pytest.param({"subject": {"reference": "p1"}}, False, id="a bare id"),
        pytest.param({"subject": {"reference": "NotPatient/p1"}}, False, id="a look-alike"),
        pytest.param({"subject": {}}, False, id="an empty reference"),
        pytest.param({}, False, id="nobody"),
    ],
)
def test_only_resources_of_this_patient_are_kept(reference: Json, *, kept: bool) -> None:
    """Resources that name another patient, or none, are dropped and counted."""
    resource = {k: v for k, v in observation().items() if k != "subject"} | reference
    chart = gathered(exam=bundle(resource))
    assert len(chart.resources) == kept
    assert chart.foreign == (not kept)


@pytest.mark.requirement("PREF-24")
@pytest.mark.requirement("PREF-21")
@pytest.mark.parametrize(("key", "kind"), [("conditions", "Condition"), ("exam", "Observation")])
def test_an_answer_that_is_all_about_others_is_none(key: str, kind: str) -> None:
    """A Bundle without anything of this patient was not the answer to the question."""
    stray = observation(subject={"reference": "Patient/p2"}, resourceType=kind)
    assert outcome(key, bundle(stray, stray)) is NOT_ASKED
    assert outcome(key, bundle(stray, observation("own", resourceType=kind))) is COMPLETE


@pytest.mark.requirement("PREF-23")
@pytest.mark.parametrize(("key", "expected"), [("conditions", NOT_ASKED), ("exam", COMPLETE)])
def test_entries_that_nobody_reads_answer_no_required_query(key: str, expected: Outcome) -> None:
    """A Bundle of Claims does not say that there are no conditions."""
    assert outcome(key, bundle({"resourceType": "Claim", "id": "c"})) is expected


def test_one_bad_entry_costs_itself() -> None:
    """PREF-24: a malformed resource is skipped and counted, the rest is read."""
    bad = observation("bad", status={"not": "a string"})
    chart = gathered(exam=bundle(observation("good"), bad, 7, None, observation("fine")))
    assert [r.id for r in chart.resources] == ["good", "fine"]
    assert chart.skipped >= 1


def test_a_damaged_entry_makes_its_query_partial() -> None:
    """What could not be decoded may have been anything: the query is not complete."""
    bad = observation("bad", status={"not": "a string"})
    chart = gathered(exam=bundle(observation("good"), bad))
    assert chart.queries["exam"] is PARTIAL
    assert chart.damaged == {"exam"}


def test_a_damaged_page_with_more_to_come_is_not_merely_damaged() -> None:
    """A page that is cut as well is partial for a second reason."""
    bad = observation("bad", status={"not": "a string"})
    chart = gathered(procedures=bundle(observation("good"), bad, more=True))
    assert chart.queries["procedures"] is PARTIAL
    assert chart.damaged == frozenset()


def test_a_bad_resource_of_a_type_nobody_reads_costs_nothing() -> None:
    """An odd Immunization is not even counted."""
    odd = {"resourceType": "Immunization", "status": ["?"]}
    chart = gathered(exam=bundle(observation(), odd))
    assert len(chart.resources) == 1
    assert chart.skipped == 0


def test_types_nobody_reads_are_left_out() -> None:
    """Claims, immunizations and the like never reach the chart."""
    chart = gathered(exam=bundle(observation(), {"resourceType": "Claim", "id": "c"}))
    assert [r.resource_type for r in chart.resources] == ["Observation"]


def test_the_same_resource_counts_once() -> None:
    """Delivered under two keys or on two pages it is one resource."""
    chart = gathered(exam=bundle(observation(), observation()), labs=bundle(observation()))
    assert len(chart.resources) == 1


def test_resources_without_id_are_all_kept() -> None:
    """Nothing proves that they are the same."""
    anonymous = {k: v for k, v in observation().items() if k != "id"}
    assert len(gathered(exam=bundle(anonymous, anonymous)).resources) == 2


def test_resources_are_read_by_type_under_any_of_our_keys() -> None:
    """A site may deliver a type under another of the keys."""
    chart = gathered(labs=bundle(observation("a")), reports=bundle(observation("b")))
    assert {r.id for r in chart.resources} == {"a", "b"}


def test_keys_the_service_never_asked_for_are_ignored() -> None:
    """REQ-9: an unknown prefetch key is neither read nor reported."""
    chart = gathered(site_key=bundle(observation(), {"resourceType": "Patient", "id": "p2"}))
    assert chart.resources == ()
    assert "site_key" not in chart.queries


@pytest.mark.parametrize("reverse", [False, True])
def test_a_final_version_replaces_a_preliminary_one(*, reverse: bool) -> None:
    """Of two versions of one resource the finished one counts, whichever comes first."""
    versions = [observation(status="preliminary"), observation(status="final")]
    chart = gathered(exam=bundle(*(reversed(versions) if reverse else versions)))
    assert [r.status for r in chart.resources] == ["final"]


SPLIT = ["vitals", "labs", "exam", "surveys"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(bundle(observation()), COMPLETE, id="complete"),
        pytest.param(None, COMPLETE, id="null"),
        pytest.param(ERROR, FAILED, id="failed"),
        pytest.param(bundle(observation(), more=True), PARTIAL, id="partial"),
    ],
)
def test_unsplit_observations_answer_all_four_queries(value: object, expected: Outcome) -> None:
    """`observations` satisfies vitals, labs, exam and surveys alike."""
    queries = gathered(observations=value).queries
    assert {queries[key] for key in SPLIT} == {expected}


def test_a_split_key_beside_unsplit_observations_speaks_for_itself() -> None:
    """The more specific answer counts."""
    queries = gathered(observations=ERROR, labs=bundle(observation())).queries
    assert queries["labs"] is COMPLETE
    assert queries["exam"] is FAILED


def page(*days: int, undated: bool = False) -> Json:
    """A page with a next one: Observations so many days ago, in this order."""
    today = date(2026, 11, 20)
    dated = [
        observation(f"o{n}", (today - timedelta(days)).isoformat()) for n, days in enumerate(days)
    ]
    return bundle(*dated, *([observation("undated", "")] if undated else []), more=True)


LIMITED = [
    pytest.param(query.key, query.horizon.days, id=query.key)
    for query in QUERIES
    if query.horizon is not None
]


@pytest.mark.parametrize(("key", "horizon"), LIMITED)
def test_a_page_that_reaches_beyond_the_longest_window_is_complete(key: str, horizon: int) -> None:
    """PREF-17: a next page is a gap only when an older entry could still count."""
    assert outcome(key, page(0, horizon + 1)) is COMPLETE
    assert outcome(key, page(0, horizon - 1)) is PARTIAL


@pytest.mark.parametrize(("key", "horizon"), LIMITED)
def test_a_page_that_does_not_prove_its_order_is_partial(key: str, horizon: int) -> None:
    """Oldest first, undated entries or an empty page prove nothing about what follows."""
    assert outcome(key, page(horizon + 1, 0)) is PARTIAL
    assert outcome(key, page(0, horizon + 1, undated=True)) is PARTIAL
    assert outcome(key, page()) is PARTIAL


@pytest.mark.parametrize("key", ["conditions", "procedures", "medications", "orders"])
def test_a_next_page_of_a_lifelong_query_is_always_a_gap(key: str) -> None:
    """Where history counts for life, no page reaches far enough."""
    page_of = [observation("c", resourceType="Condition"), observation("o", "2020-01-01")]
    assert outcome(key, bundle(*page_of, more=True)) is PARTIAL


@pytest.mark.requirement("PREF-23")
def test_observations_answer_no_question_for_conditions() -> None:
    """They are read, but they do not say that there are no Conditions; elsewhere these may be."""
    other = bundle(observation("o"))
    assert outcome("conditions", other) is NOT_ASKED
    found = bundle(observation("c", resourceType="Condition"))
    assert gathered(conditions=other, exam=found).queries["conditions"] is COMPLETE


def test_a_complete_page_without_next_link_is_complete() -> None:
    """Without a next page everything is there."""
    assert outcome("conditions", bundle(observation(resourceType="Condition"))) is COMPLETE


def test_medications_beside_their_orders_are_kept_apart() -> None:
    """A Medication names no patient; it is looked up by reference only."""
    medication = {"resourceType": "Medication", "id": "m1"}
    chart = gathered(medications=bundle(medication))
    assert set(chart.medications) == {"Medication/m1"}
    assert chart.resources == ()
    assert chart.foreign == 0


def test_the_encounter_of_the_context_is_kept() -> None:
    """The chart knows which visit is open."""
    assert gather({}, "p1", "v1").encounter_id == "v1"


@pytest.mark.parametrize(
    ("search", "limited"),
    [
        ("Condition?patient=p1&encounter=v1", True),
        ("Condition?patient=p1&encounter=Encounter/v1", True),
        ("Condition?patient=p1&encounter:Encounter=v1", True),
        ("Condition?patient=p1&category=encounter-diagnosis", True),
        ("Condition?patient=p1&category=problem-list-item", False),
        ("Condition?patient=p1", False),
        ("not a search", False),
        ("", False),
    ],
)
def test_a_search_limited_to_one_visit_is_known_by_its_address(
    search: str, *, limited: bool
) -> None:
    """Ruling 5: of such a search "nothing earlier" cannot be known."""
    found = bundle(observation())
    found["link"] = [{"relation": "self", "url": f"https://ehr.example.org/fhir/{search}"}]
    assert gathered(conditions=found).of_visit == ({"conditions"} if limited else frozenset())
