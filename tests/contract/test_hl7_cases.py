"""HL7's own test cases: judged by the published schemas, and their requests put to the service."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cds_service.errors import ClientMistakeError
from cds_service.hooks.request import decode_request
from tests.contract.schemas import faults

Json = dict[str, Any]

CASES = Path(__file__).parents[2] / "fixtures" / "cdshooks-cases"
VERDICTS: dict[str, Json] = json.loads((CASES / "verdicts.json").read_text(encoding="utf-8"))
REQUESTS = [name for name in VERDICTS if name.startswith("cdshooks-request-")]
SCHEMA = {"request": "request", "response": "response", "services": "discovery"}
SERVICE = "/cds-services/leg-pain"


def case(name: str) -> Json:
    """One of HL7's cases, unchanged."""
    found: Json = json.loads((CASES / f"cdshooks-{name}.json").read_text(encoding="utf-8"))
    return found


async def send(client: httpx.AsyncClient, request: Json) -> httpx.Response:
    """Call the service with this request."""
    return await client.post(SERVICE, json=request)


def named(response: httpx.Response) -> str:
    """The members an OperationOutcome names."""
    (issue,) = response.json()["issue"]
    return " ".join(issue.get("expression", []))


# Judged by the contract


def test_every_case_has_a_verdict() -> None:
    """None is left out, and what a file's name calls good or bad is so."""
    assert set(VERDICTS) == {path.name for path in CASES.glob("cdshooks-*.json")}
    for name, verdict in VERDICTS.items():
        for word in {"good", "bad"} & set(Path(name).stem.split("-")):
            assert verdict["verdict"] == word, name


@pytest.mark.parametrize("name", VERDICTS)
def test_the_schemas_find_what_hl7_finds(name: str) -> None:
    """Every place HL7's validator calls wrong, what only the text forbids, and nothing else."""
    verdict = VERDICTS[name]
    document = json.loads((CASES / name).read_text(encoding="utf-8"))
    found = faults(SCHEMA[name.split("-")[1]], document)
    undeclared = faults("declared-extensions", document)
    assert undeclared == set(verdict.get("undeclared", []))
    assert found == {*verdict.get("faults", []), *verdict.get("beyond", [])}
    wrong_for_hl7 = found - set(verdict.get("beyond", [])) | undeclared
    assert ("bad" if wrong_for_hl7 else "good") == verdict["verdict"]


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.requirement("REQ-2", "CTX-1", "CTX-3", "REQ-11")
def test_the_request_validator_agrees_for_the_hooks_we_serve(name: str) -> None:
    """A good patient-view request is taken, a bad one refused at one of its faults.

    What belongs to a hook that is not served is refused as that, good or bad.
    """
    body = (CASES / name).read_bytes()
    wrong = VERDICTS[name].get("faults", [])
    expected = wrong if "-patient-view-" in name or "-pv-" in name else ["hook"]
    if not expected:
        assert decode_request(body).envelope.hook == "patient-view"
        return
    with pytest.raises(ClientMistakeError) as refused:
        decode_request(body)
    assert refused.value.status == httpx.codes.BAD_REQUEST
    assert refused.value.where in expected


# Put to the service


@pytest.mark.requirement("PREF-12", "PREF-19", "ERR-2")
@pytest.mark.parametrize("name", ["request-patient-view-good", "request-pv-good"])
async def test_a_good_request_without_our_data_is_412(client: httpx.AsyncClient, name: str) -> None:
    """A good request that prefetches for another service lacks patient and conditions."""
    response = await send(client, case(name))
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert "prefetch.patient" in named(response)
    assert "prefetch.conditions" in named(response)


@pytest.mark.requirement("RESP-2", "PREF-13", "PREF-20", "REQ-9")
async def test_a_good_request_with_our_keys_is_answered(client: httpx.AsyncClient) -> None:
    """The same request with its Patient under our key and empty conditions is 200, silent."""
    request = case("request-patient-view-good")
    request["prefetch"]["patient"] = request["prefetch"].pop("item1")
    request["prefetch"]["conditions"] = None
    response = await send(client, request)
    assert response.status_code == httpx.codes.OK
    assert response.json()["cards"] == []


@pytest.mark.requirement("CTX-1", "CTX-3", "PREF-23", "ERR-3")
async def test_each_mistake_of_the_bad_request_is_named(client: httpx.AsyncClient) -> None:
    """Ids given as references, then a prefetch wrapped like a Bundle entry, are named in turn."""
    request = case("request-patient-view-bad")
    request["prefetch"]["patient"] = request["prefetch"].pop("item1")
    request["prefetch"]["conditions"] = None
    context = request["context"]
    for member in ("patientId", "encounterId"):
        response = await send(client, request)
        assert response.status_code == httpx.codes.BAD_REQUEST
        assert f"context.{member}" in named(response)
        context[member] = context[member].partition("/")[2]
    response = await send(client, request)
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert named(response) == "prefetch.patient"
    request["prefetch"]["patient"] = request["prefetch"]["patient"]["resource"]
    assert (await send(client, request)).status_code == httpx.codes.OK


@pytest.mark.requirement("CTX-1", "ERR-3")
async def test_the_bad_request_is_refused_as_it_is(client: httpx.AsyncClient) -> None:
    """Unchanged, it is 400 and not silence."""
    response = await send(client, case("request-patient-view-bad"))
    assert response.status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize(
    "name",
    ["request-order-select-good", "request-order-select-extensions", "request-order-sign-good"],
)
@pytest.mark.requirement("REQ-2")
async def test_another_hook_is_refused_as_such(client: httpx.AsyncClient, name: str) -> None:
    """A good request of a hook we do not serve is 400 naming the hook."""
    response = await send(client, case(name))
    assert response.status_code == httpx.codes.BAD_REQUEST
    assert named(response) == "hook"


@pytest.mark.parametrize(
    "name", ["request-order-select-bad", "request-order-sign-bad-1", "request-order-sign-bad-2"]
)
@pytest.mark.requirement("REQ-2", "CTX-1")
async def test_bad_requests_of_another_hook_are_refused(
    client: httpx.AsyncClient, name: str
) -> None:
    """Wrong in two ways, it is 400 naming one of them; with its ids repaired, the hook."""
    request = case(name)
    response = await send(client, request)
    assert response.status_code == httpx.codes.BAD_REQUEST
    assert named(response) in ("hook", "context.patientId")
    for member in ("patientId", "encounterId"):
        if member in request["context"]:
            request["context"][member] = request["context"][member].partition("/")[2]
    assert named(await send(client, request)) == "hook"
