"""Prefetched data: required, withheld, failed, partial."""

import httpx
import pytest

from tests.contract.http_calls import (
    ABSENT,
    EXPLAIN,
    SERVICE,
    TEMPLATES,
    Json,
    assert_refused,
    cards_of,
    changed,
    gap,
    minimal,
    request_of,
    story_cards,
)


@pytest.mark.requirement("PREF-19", "REQ-7")
@pytest.mark.parametrize("prefetch", [ABSENT, None, {}])
async def test_without_prefetch_the_required_keys_are_named(
    client: httpx.AsyncClient, prefetch: object
) -> None:
    """Absent, null and empty prefetch are alike: 412 naming patient and conditions."""
    response = await client.post(SERVICE, json=changed(minimal(), "prefetch", prefetch))
    assert_refused(response, 412, "prefetch.patient")
    assert_refused(response, 412, "prefetch.conditions")


@pytest.mark.requirement("PREF-19")
@pytest.mark.parametrize("key", ["patient", "conditions"])
async def test_a_missing_required_key_is_named(client: httpx.AsyncClient, key: str) -> None:
    """412 names the one key that is missing, and only that."""
    response = await client.post(SERVICE, json=changed(minimal(), f"prefetch.{key}"))
    assert_refused(response, 412, f"prefetch.{key}")
    (other,) = {"patient", "conditions"} - {key}
    assert f"prefetch.{other}" not in response.text


@pytest.mark.requirement("PREF-13", "PREF-20", "RESP-2")
async def test_no_conditions_is_an_answer(client: httpx.AsyncClient) -> None:
    """`conditions: null` says that nothing is on record: 200 and no cards."""
    assert cards_of(await client.post(SERVICE, json=minimal())) == []


@pytest.mark.requirement("PREF-14", "PREF-16", "PREF-20")
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({}, id="no entries"),
        pytest.param({"entry": []}, id="empty entries"),
        pytest.param(
            {
                "entry": [
                    {
                        "search": {"mode": "outcome"},
                        "resource": {
                            "resourceType": "OperationOutcome",
                            "issue": [{"severity": "warning", "code": "processing"}],
                        },
                    }
                ]
            },
            id="a warning in Epic's manner",
        ),
    ],
)
async def test_an_empty_search_is_an_answer(client: httpx.AsyncClient, entry: Json) -> None:
    """A searchset without matches says the same, also with a warning inside."""
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": 0, **entry}
    request = changed(minimal(), "prefetch.conditions", bundle)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.requirement("PREF-15", "PREF-23")
@pytest.mark.parametrize(
    "value",
    [
        pytest.param(
            {
                "resourceType": "OperationOutcome",
                "issue": [{"severity": "error", "code": "timeout"}],
            },
            id="the client failed",
        ),
        pytest.param("none", id="a string"),
        pytest.param(1, id="a number"),
        pytest.param([], id="an array"),
        pytest.param({}, id="an empty object"),
        pytest.param({"resourceType": "Basic", "id": "b"}, id="another type"),
        pytest.param({"response": {"status": "200"}, "resource": {}}, id="a Bundle entry"),
        pytest.param({"resourceType": "Bundle", "entry": {"resource": {}}}, id="no entry list"),
    ],
)
async def test_unusable_conditions_are_unavailable(
    client: httpx.AsyncClient, value: object
) -> None:
    """A required key that holds a failure or anything unreadable is 412, never silence."""
    request = changed(minimal(), "prefetch.conditions", value)
    assert_refused(await client.post(SERVICE, json=request), 412, "prefetch.conditions")


def paged(bundle: Json) -> Json:
    """The same page with more to come."""
    link = {"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}
    return bundle | {"link": [link], "total": 500}


@pytest.mark.requirement("PREF-17")
async def test_a_first_page_alone_is_no_silence(client: httpx.AsyncClient) -> None:
    """Conditions with a next page and nothing to show from the first are 412."""
    empty = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    request = changed(minimal(), "prefetch.conditions", paged(empty))
    assert_refused(await client.post(SERVICE, json=request), 412, "prefetch.conditions")


@pytest.mark.requirement("PREF-17")
async def test_a_first_page_can_be_enough(client: httpx.AsyncClient) -> None:
    """What the first page shows is shown, and the card says that data were not read."""
    request = request_of("dvt-likely")
    request["prefetch"]["conditions"] = paged(request["prefetch"]["conditions"])
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


@pytest.mark.requirement("PREF-16")
async def test_a_partly_failed_search_is_flagged(client: httpx.AsyncClient) -> None:
    """Matches beside an error outcome count, and the card says that data were not read."""
    request = request_of("dvt-likely")
    issue = {"severity": "error", "code": "timeout"}
    outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
    request["prefetch"]["conditions"]["entry"].append(
        {"search": {"mode": "outcome"}, "resource": outcome}
    )
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    assert gap("conditions", "partial") in response.json()["cards"][0]["detail"]


async def test_missing_conditions_never_hide_a_likely_dvt(client: httpx.AsyncClient) -> None:
    """Without conditions, signs and surgery alone still make DVT likely: 200, gap named."""
    request = changed(request_of("dvt-likely"), "prefetch.conditions")
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == [("critical", "dvt-likely")]
    assert gap("conditions", "unread") in response.json()["cards"][0]["detail"]


FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


async def test_a_failed_optional_search_is_told(client: httpx.AsyncClient) -> None:
    """Ruling 26: a failed key that could change a card gives one more card that names it."""
    request = changed(request_of("sij-examine"), "prefetch.exam", FAILED)
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == [("info", "sij-examine"), ("info", "assessment-incomplete")]
    assert "examination" in response.json()["cards"][1]["summary"]


@pytest.mark.parametrize("key", [key for key in TEMPLATES if key not in ("patient", "conditions")])
async def test_a_failed_search_is_no_noise(client: httpx.AsyncClient, key: str) -> None:
    """Ruling 26: without a complaint on record a failed optional key stays silent."""
    request = changed(request_of("unrelated-chart"), f"prefetch.{key}", FAILED)
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.parametrize("key", [key for key in TEMPLATES if key not in ("patient", "conditions")])
async def test_a_withheld_optional_key_is_no_card(client: httpx.AsyncClient, key: str) -> None:
    """Ruling 26: a key that a site never grants is a gap on the cards that show, not a card."""
    request = changed(request_of("dvt-undetermined"), f"prefetch.{key}")
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-undetermined")
    assert gap(key, "unread") in response.json()["cards"][0]["detail"]


async def test_unsplit_observations_serve_all_four_keys(client: httpx.AsyncClient) -> None:
    """`observations` replaces vitals, labs, exam and surveys without leaving a gap."""
    request = request_of("dvt-likely")
    delivered = request["prefetch"]
    bundles = [delivered.pop(key) for key in ("vitals", "labs", "exam", "surveys")]
    delivered["observations"] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [entry for bundle in bundles for entry in bundle.get("entry", [])],
    }
    response = await client.post(SERVICE, json=request)
    assert cards_of(response) == story_cards("dvt-likely")
    gaps = response.json()["extension"][EXPLAIN]["gaps"]
    assert [gap for gap in gaps if "query" in gap] == []


@pytest.mark.requirement("PREF-18")
async def test_a_collection_serves_as_well(client: httpx.AsyncClient) -> None:
    """The Bundle type is not looked at: a collection counts like a searchset."""
    request = request_of("sij-examine")
    request["prefetch"]["conditions"]["type"] = "collection"
    assert cards_of(await client.post(SERVICE, json=request)) == story_cards("sij-examine")


@pytest.mark.requirement("REQ-9")
async def test_a_key_we_did_not_ask_for_is_ignored(client: httpx.AsyncClient) -> None:
    """Resources under another key change nothing."""
    request = request_of("unrelated-chart")
    foreign = request_of("pe-unstable")["prefetch"]
    patient = {"reference": f"Patient/{request['context']['patientId']}"}
    for entry in foreign["conditions"]["entry"]:
        entry["resource"]["subject"] = patient
    request["prefetch"]["-user"] = foreign["conditions"]
    assert cards_of(await client.post(SERVICE, json=request)) == []


@pytest.mark.requirement("PREF-23")
async def test_conditions_that_are_something_else_are_no_answer(client: httpx.AsyncClient) -> None:
    """A list of other things where Conditions were asked for does not say that there are none."""
    pulse = {
        "resourceType": "Observation",
        "id": "o1",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": "Patient/p1"},
    }
    found = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": pulse}]}
    request = changed(minimal(), "prefetch.conditions", found)
    assert_refused(await client.post(SERVICE, json=request), 412, "prefetch.conditions")
