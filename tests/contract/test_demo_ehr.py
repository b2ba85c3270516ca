"""The demo EHR over HTTP: real calls, forms from its own pages only, charts of other servers."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from cds_service.app import create_app
from cds_service.ehr.shift import shift_dates
from cds_service.ehr.stories import Story, read_stories
from cds_service.pages.demo.amend import Amendment, Assumption, amended
from cds_service.settings import Settings
from tests.contract.http_calls import EXPLAIN, SERVICE, STORIES, Connect, Json
from tests.contract.odd_fhir_server import OddServer, Said, odd_server

SWAP = {"hx-request": "true", "hx-target": "answer"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
PENDING = "/patients/dvt-likely-pending-alt"
SIJ = "/patients/sij-continue"
BOX = "/fhir-server"
NOBODY = "http://127.0.0.1:9/fhir"
CAPABILITY = Said({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
EMPTY = Said({"resourceType": "Bundle", "type": "searchset", "entry": []})
TYPES = (
    *("Condition", "Observation", "Encounter", "Procedure", "MedicationRequest"),
    *("DiagnosticReport", "ServiceRequest"),
)
PRODUCTION = Path(__file__).parents[2] / "deploy" / "production" / "site"
MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"


async def sent(client: httpx.AsyncClient, path: str, **fields: str) -> str:
    """The page after a form was sent."""
    return await _sent(client, path, FORM, fields)


async def swapped(client: httpx.AsyncClient, path: str, **fields: str) -> str:
    """The same where a script swaps in only the answer."""
    return await _sent(client, path, FORM | SWAP, fields)


async def _sent(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], fields: dict[str, str]
) -> str:
    named = {name.replace("__", "."): value for name, value in fields.items()}
    answer = await client.post(path, content=urlencode(named), headers=headers)
    assert answer.status_code == httpx.codes.OK, answer.text
    return answer.text


def shown(page: str) -> list[str]:
    """The indicators of the cards on a page."""
    return re.findall(r'<article class="card tone-(\w+)"', page)


def wire(page: str, name: str) -> Json:
    """The request or answer as the page shows it."""
    part = page.partition(f'<div id="{name}-json"')[2].partition("</section>")[0]
    lines = re.findall(r"<pre[^>]*>(.*?)</pre>", part.partition('id="answer-json"')[0], re.DOTALL)
    found: Json = json.loads(html.unescape("\n".join(lines)))
    return found


def status_of(request: Json, finding: str) -> list[object]:
    """What the Observations of a request say of a finding by its own code."""
    held = request["prefetch"]["exam"]["entry"]
    return [
        entry["resource"]["valueBoolean"]
        for entry in held
        if entry["resource"]["id"] == f"what-if-{finding.replace('_', '-')}"
    ]


async def test_every_sample_patient_shows_its_cards(client: httpx.AsyncClient) -> None:
    """Each story gives the cards that the clinical documents demand, and is in the list once."""
    page = (await client.get("/")).text
    for name, story in STORIES.items():
        assert page.count(f'href="/patients/{name}"') == 1
        text = (await client.get(f"/patients/{name}")).text
        assert shown(text) == [card["indicator"] for card in story.expected["cards"]], name


async def test_what_is_shown_is_what_was_sent(client: httpx.AsyncClient) -> None:
    """The request on the page, sent again, gives the answer on the page."""
    page = (await client.get(PENDING)).text
    request, told = wire(page, "request"), wire(page, "answer")
    again = (await client.post(SERVICE, json=request)).json()
    assert [card["detail"] for card in again["cards"]] == [c["detail"] for c in told["cards"]]
    assert again["extension"] == told["extension"]
    assert request["prefetch"]["conditions"]["entry"]


@pytest.mark.parametrize(
    ("chosen", "clusters"),
    [
        ({}, {"w5": (1, 4), "l5": (1, 4), "l4": (1, 3)}),
        ({"sij_compression": "present"}, {"w5": (2, 4), "l5": (2, 4), "l4": (2, 3)}),
        ({"sij_compression": "absent"}, {"w5": (1, 3), "l5": (1, 3), "l4": (1, 2)}),
        ({"sij_thigh_thrust": "unknown"}, {"w5": (0, 4), "l5": (0, 4), "l4": (0, 3)}),
        ({"sij_thigh_thrust": "absent"}, {"w5": (0, 3), "l5": (0, 3), "l4": (0, 2)}),
    ],
)
async def test_a_choice_moves_the_interval(
    client: httpx.AsyncClient, chosen: dict[str, str], clusters: dict[str, tuple[int, int]]
) -> None:
    """Thigh thrust is positive and distraction negative on record, four tests are unknown."""
    was = {"sij_thigh_thrust": "present", "sij_compression": "unknown"}
    fields = {f"finding__{name}": value for name, value in (was | chosen).items()}
    fields |= {f"was__{name}": value for name, value in was.items()}
    told = wire(await swapped(client, SIJ, **fields), "answer")
    (sij,) = (a for a in told["extension"][EXPLAIN]["assessments"] if a["topic"] == "sij")
    bounds = {name: (found["lower"], found["upper"]) for name, found in sij["clusters"].items()}
    assert bounds == clusters


async def test_a_choice_replaces_what_the_record_says(client: httpx.AsyncClient) -> None:
    """Absent puts an Observation of today in the place of the entry, unknown just takes it out."""
    record = wire((await client.get(SIJ)).text, "request")
    fields = {"was__sij_thigh_thrust": "present"}
    absent = await sent(client, SIJ, finding__sij_thigh_thrust="absent", **fields)
    unknown = await sent(client, SIJ, finding__sij_thigh_thrust="unknown", **fields)
    same = await sent(client, SIJ, finding__sij_thigh_thrust="present", **fields)
    assert status_of(wire(absent, "request"), "sij_thigh_thrust") == [False]
    for page in (absent, unknown):
        held = json.dumps(wire(page, "request")["prefetch"])
        assert '"id": "observation-1"' not in held
    assert status_of(wire(unknown, "request"), "sij_thigh_thrust") == []
    assert wire(same, "request")["prefetch"] == record["prefetch"]


def test_an_assumption_is_a_complete_observation(demo_app: FastAPI) -> None:
    """It names finding, side, patient, visit, time and clinician, and a total still fits."""
    library = demo_app.state.service.library
    now = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    request = STORIES["sij-continue"].request
    amendment = Amendment(
        frozenset({"Observation/observation-1"}),
        (Assumption("sij_faber", present=True, side="left"),),
    )
    bundle = amended(request, amendment, library, now)["prefetch"]["exam"]
    made = bundle["entry"][0]["resource"]
    assert made["code"]["coding"][0]["code"] == "sij_faber"
    assert made["bodySite"]["coding"][0]["code"] == "7771000"
    assert made["subject"] == {"reference": "Patient/sij-continue"}
    assert made["encounter"] == {"reference": "Encounter/encounter-1"}
    assert made["effectiveDateTime"] == "2026-11-23T12:00:00+00:00"
    assert bundle["total"] == len(bundle["entry"]) == request["prefetch"]["exam"]["total"]


async def test_feedback_reaches_the_service(connect: Connect) -> None:
    """Accepting and overriding are counted by the service like those of any client."""
    async with connect(create_app(Settings(profile="demo", database_url="sqlite://"))) as client:
        page = (await client.get(PENDING)).text
        accept = html.unescape(re.findall(r'name="accept" value="([^"]*)"', page)[0])
        override = html.unescape(re.findall(r'name="override" value="([^"]*)"', page)[0])
        accepted = await sent(client, PENDING, accept=accept)
        reason = {"reason__dvt-likely-pending-alt": "https://example.org|other-leg Not this leg"}
        overridden = await sent(client, PENDING, override=override, **reason)
        metrics = (await client.get("/metrics")).text
    assert "Ultrasound of the leg veins, proximal" in accepted.partition('class="order"')[2]
    assert shown(overridden) == []
    assert re.search(r'outcome="accepted".* 1\.0', metrics)
    assert re.search(
        r'outcome="overridden".*other-leg.* 1\.0|other-leg.*overridden.* 1\.0', metrics
    )


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 200),
        ({"origin": "http://127.0.0.1:8080"}, 200),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/json"}, 415),
    ],
)
@pytest.mark.parametrize("path", [PENDING, BOX])
async def test_forms_come_from_our_own_pages(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    """No other site can send a form in the name of a visitor."""
    answer = await client.post(path, content="server=x", headers=FORM | headers)
    assert answer.status_code == status


async def test_a_form_has_a_sensible_size(client: httpx.AsyncClient) -> None:
    """Too large, too many fields and no text are refused; odd values are left out."""
    for body, status in (
        (b"order=" + b"x" * 300_000, 413),
        (b"&".join(b"a=1" for _ in range(3000)), 400),
        (b"\xff=\xff", 400),
        (b"order=%5B%5D&accept=nothing&finding.calf_pain=perhaps&finding.no_such=present", 200),
    ):
        assert (await client.post(PENDING, content=body, headers=FORM)).status_code == status


async def test_pages_run_our_own_scripts_only(client: httpx.AsyncClient) -> None:
    """No script or style within the page, none from elsewhere, and the policy says so."""
    for path in ("/", PENDING, BOX, "/docs", "/integrators"):
        answer = await client.get(path)
        text = answer.text
        loaded = re.findall(r'(?:<script|<link|<img)[^>]*(?:src|href)="([^"]*)"', text)
        assert loaded
        assert all(address.startswith("/assets/") for address in loaded)
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=|javascript:", text)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert re.findall(r"script-src ([^;]*)", policy) in ([], ["'self'"])


async def test_no_cache_keeps_a_chart(client: httpx.AsyncClient) -> None:
    """Neither pages nor what is swapped into them."""
    form = await client.post(PENDING, content="", headers=FORM | SWAP)
    for answer in (await client.get("/"), await client.get(PENDING), form):
        assert answer.headers["cache-control"] == "no-store"


async def test_only_the_demo_has_it(connect: Connect) -> None:
    """In production the start page is the plain one, and nothing takes a form."""
    settings = Settings(
        profile="production",
        database_url="sqlite://",
        card_key=SecretStr("k" * 32),
        public_url="https://cds.example.org",
        site=PRODUCTION,
    )
    async with connect(create_app(settings)) as client:
        start = await client.get("/")
        assert "Connect an EHR" in start.text
        assert "script-src" not in start.headers["content-security-policy"]
        for path in (PENDING, BOX, "/integrators", "/docs"):
            assert (await client.get(path)).status_code == httpx.codes.NOT_FOUND
        sent_there = await client.post(PENDING, content="", headers=FORM)
        assert sent_there.status_code == httpx.codes.NOT_FOUND


@pytest.fixture
def spoiled(monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """A sample patient whose record tries to be markup wherever it holds text."""
    story = STORIES["dvt-likely-pending-alt"]
    text = json.dumps(story.request).replace('"Right calf pain"', json.dumps(MARKUP))
    text = text.replace('"Villanueva"', json.dumps(MARKUP))
    bad = replace(story, request=json.loads(text))
    others = [one for one in read_stories() if one.name != story.name]

    def stories() -> tuple[Story, ...]:
        return (bad, *others)

    monkeypatch.setattr("cds_service.pages.demo.patients.read_stories", stories)
    return create_app(Settings(profile="demo", database_url="sqlite://"))


async def test_markup_of_a_record_is_text(spoiled: FastAPI, connect: Connect) -> None:
    """In chart, banner, list, JSON and chooser it stands as it was written and does nothing."""
    async with connect(spoiled) as client:
        for page in ((await client.get(PENDING)).text, await swapped(client, PENDING)):
            assert "&lt;img src=x onerror=alert(1)&gt;" in page
            assert "<img" not in page
            assert "alert(2)</script>" not in page


# Charts of other servers


@pytest.fixture
def odd() -> Iterator[OddServer]:
    """A server that holds the chart of one sample patient, years old."""
    story = STORIES["dvt-likely-pending-alt"]
    old = shift_dates(story.request["prefetch"], -2000)
    assert isinstance(old, dict)
    with odd_server() as server:
        server.answers |= {"metadata": CAPABILITY} | dict.fromkeys(TYPES, EMPTY)
        server.answers["Patient/p1"] = Said(old["patient"] | {"id": "p1"})
        for kind in ("Condition", "Observation", "Encounter"):
            held = [e for value in old.values() for e in value.get("entry", ())]
            mine = [e for e in held if e["resource"]["resourceType"] == kind]
            text = json.dumps({"resourceType": "Bundle", "type": "searchset", "entry": mine})
            about = story.request["context"]["patientId"]
            server.answers[kind] = Said(json.loads(text.replace(f"Patient/{about}", "Patient/p1")))
        yield server


async def test_a_chart_of_another_server_is_opened(
    client: httpx.AsyncClient, odd: OddServer
) -> None:
    """From its last visit it shows what it showed then; from today nothing counts any more."""
    box = {"server": odd.base, "patient": "Patient/p1"}
    then = await sent(client, BOX, **box, as_of="last-encounter")
    assert shown(then) == ["critical"]
    assert "all dates moved by" in then
    today = await sent(client, BOX, **box, as_of="today")
    assert shown(today) == []
    changed = await swapped(client, BOX, **box, as_of="last-encounter",
        finding__alternative_diagnosis_as_likely="absent",
        was__alternative_diagnosis_as_likely="unknown",
    )  # fmt: skip
    assert wire(changed, "answer")["cards"][0]["source"]["topic"]["code"] == "dvt-likely"
    back = await sent(
        client, BOX, **box, as_of="last-encounter", reset="1",
        finding__alternative_diagnosis_as_likely="absent",
        was__alternative_diagnosis_as_likely="unknown",
    )  # fmt: skip
    assert wire(back, "answer")["cards"][0]["source"]["topic"]["code"] == "dvt-likely-pending-alt"


@pytest.mark.parametrize(
    ("changes", "box", "sentence"),
    [
        ({}, {"server": "https://ehr.example.org/fhir"}, "LEGPAIN_FHIR_SERVERS"),
        ({}, {"server": "ftp://127.0.0.1"}, "Give the base address of a FHIR server"),
        ({}, {"patient": "a b"}, "Give the id of a patient"),
        ({}, {"patient": "nobody-7"}, "no patient with this id (HTTP 404)"),
        ({}, {"server": NOBODY}, "cannot be reached"),
        ({"Patient/p1": Said({}, 401)}, {}, "wants an access token (HTTP 401)"),
        ({"Patient/p1": Said({}, 403)}, {}, "does not let us read this patient (HTTP 403)"),
        ({"Patient/p1": Said({}, 500)}, {}, "does not give the patient"),
        (
            {"metadata": Said({"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"})},
            {},
            "only R4 and R4B are read",
        ),
        ({}, {"as_of": "date", "date": "yesterday"}, "Give the date to look from"),
        ({}, {"as_of": "date", "date": "2026-02-30"}, "there is no such day"),
        ({"Encounter": EMPTY}, {"as_of": "last-encounter"}, "no dated Encounter"),
    ],
)
async def test_what_keeps_a_chart_closed_is_a_sentence(
    client: httpx.AsyncClient,
    odd: OddServer,
    changes: dict[str, Said],
    box: dict[str, str],
    sentence: str,
) -> None:
    """It says what to do, and repeats the id of the patient nowhere but in the box."""
    odd.answers |= changes
    page = await sent(client, BOX, **({"server": odd.base, "patient": "p1"} | box))
    alert = page.partition('role="alert"')[2].partition("</div>")[0]
    assert sentence in html.unescape(alert)
    assert box.get("patient", "p1") not in alert
    assert shown(page) == []


async def test_a_server_that_goes_away_is_told_in_place(
    client: httpx.AsyncClient, odd: OddServer
) -> None:
    """What a script swaps in is the sentence with a button, not a page within the page."""
    odd.answers.clear()
    told = await swapped(client, BOX, server=odd.base, patient="p1")
    assert "this is no FHIR server" in told
    assert "Try again" in told
    assert "<html" not in told


async def test_without_reasons_the_cards_are_shown_all_the_same(connect: Connect) -> None:
    """LEGPAIN_EXPLAIN=false takes the what-if panel away, and silence says what it takes."""
    settings = Settings(profile="demo", explain=False, database_url="sqlite://")
    async with connect(create_app(settings)) as client:
        assert shown((await client.get(PENDING)).text) == ["critical"]
        assert "LEGPAIN_EXPLAIN=true" in (await client.get("/patients/unrelated-chart")).text


async def test_a_name_that_is_no_sample_is_not_found(client: httpx.AsyncClient) -> None:
    """Neither read nor written to."""
    assert (await client.get("/patients/nobody")).status_code == httpx.codes.NOT_FOUND
    answer = await client.post("/patients/nobody", content="", headers=FORM)
    assert answer.status_code == httpx.codes.NOT_FOUND
