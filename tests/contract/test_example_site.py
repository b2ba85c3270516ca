"""The example site: patients whose record has local codes only get the cards they should."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import build_service, create_app
from cds_service.errors import SiteError
from cds_service.settings import Settings
from tests.spec.fhir_json import Json, coding, concept, observation
from tests.spec.moments import ago
from tests.unit.record import AS_OF, PATIENT, prefetch

EXAMPLE = Path(__file__).parents[2] / "cards" / "_codes" / "example-site"
FLOWSHEET = "https://ehr.example.org/fhir/CodeSystem/flowsheet"
LABORATORY = "https://ehr.example.org/fhir/CodeSystem/laboratory"
VISIT = "visit-1"
EXPLAIN = "org.legpain-cds.explain"

Connect = Callable[[FastAPI], httpx.AsyncClient]


@pytest.fixture(scope="module")
def site_app() -> FastAPI:
    """The service of the example site at a fixed instant."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://", site=EXAMPLE)
    return create_app(settings, clock=lambda: AS_OF)


@pytest.fixture(scope="module")
def bare_app() -> FastAPI:
    """The same service without the site's map."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://")
    return create_app(settings, clock=lambda: AS_OF)


def flowsheet(row: str, value: Any, **more: Any) -> Json:
    """A flowsheet row of an hour ago as the invented EHR exposes it: local code, text or number."""
    kinds = {bool: "valueBoolean", str: "valueString"}
    name = kinds.get(type(value), "valueQuantity")
    return observation(
        "exam",
        concept(coding(FLOWSHEET, row)),
        effectiveDateTime=ago(hours=1),
        encounter={"reference": f"Encounter/{VISIT}"},
        performer=[{"reference": "Practitioner/1"}],
        **{name: {"value": value} if name == "valueQuantity" else value},
        **more,
    )


SACROILIAC = [
    flowsheet("10401", value=True),
    flowsheet("10402", value=False),
    flowsheet("10403", value=False),
    flowsheet("10110", value=True),
    flowsheet("10101", "Pos R"),
    flowsheet("10102", "Pos R"),
    flowsheet("10103", "Pos R"),
    flowsheet("10104", "Neg"),
    flowsheet("10106", "Pos R"),
]
ROOT = [
    flowsheet("10402", value=True),
    flowsheet("10201", "positive <60"),
    flowsheet("10203", value=False),
    flowsheet("10211", "1+"),
    flowsheet("10212", "2+"),
    flowsheet("10221", "1"),
    flowsheet("10231", "4/5"),
    flowsheet("10232", "5/5"),
]
VEIN = [
    flowsheet("10404", value=True),
    flowsheet("10301", 41.5),
    flowsheet("10302", 37),
    flowsheet("10320", "pitting L"),
]


async def answer(client: httpx.AsyncClient, *resources: Json) -> Any:
    """The service's answer on this record."""
    request = {
        "hook": "patient-view",
        "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
        "context": {"userId": "Practitioner/1", "patientId": PATIENT, "encounterId": VISIT},
        "prefetch": prefetch(*resources),
    }
    response = await client.post("/cds-services/leg-pain", json=request)
    assert response.status_code == httpx.codes.OK, response.text
    return response.json()


def cards(answered: Any) -> list[tuple[str, str]]:
    """Indicator and id of each card."""
    return [(c["indicator"], c["source"]["topic"]["code"]) for c in answered["cards"]]


def topics(answered: Any) -> dict[str, Any]:
    """The explanation by topic."""
    return {entry["topic"]: entry for entry in answered["extension"][EXPLAIN]["assessments"]}


@pytest.mark.parametrize(
    "record",
    [pytest.param(r, id=i) for r, i in ((SACROILIAC, "sij"), (ROOT, "root"), (VEIN, "vein"))],
)
async def test_without_its_map_the_record_says_nothing(
    bare_app: FastAPI, connect: Connect, record: list[Json]
) -> None:
    """Local codes that nobody translates are not guessed."""
    assert cards(await answer(connect(bare_app), *record)) == []


async def test_a_provocation_cluster(site_app: FastAPI, connect: Connect) -> None:
    """Four of the five W5 tests positive on the right side: three are enough."""
    answered = await answer(connect(site_app), *SACROILIAC)
    assert ("info", "sij-supported") in cards(answered)
    sij = topics(answered)["sij"]
    assert sij["side"] == "right"
    assert sij["clusters"]["w5"]["lower"] == 4


async def test_a_root_with_deficit(site_app: FastAPI, connect: Connect) -> None:
    """Reflex, sensation and power reduced on the left beside a positive straight-leg raise."""
    answered = await answer(connect(site_app), *ROOT)
    assert ("info", "radiculopathy-supported") in cards(answered)
    root = topics(answered)["radiculopathy"]
    assert root["side"] == "left"
    present = {f["id"] for f in root["findings"] if f["status"] == "present"}
    assert {"slr", "reflex_reduced", "sensory_deficit"} <= present


async def test_a_swollen_calf(site_app: FastAPI, connect: Connect) -> None:
    """A calf 4.5 cm larger and one-sided pitting edema: two points, the judgement is open."""
    answered = await answer(connect(site_app), *VEIN)
    assert cards(answered)[0] == ("critical", "dvt-likely-pending-alt")
    assert topics(answered)["dvt"]["side"] == "left"


async def test_the_judgement_of_the_practitioner(site_app: FastAPI, connect: Connect) -> None:
    """No other diagnosis at least as likely, as a practitioner answered: likely for certain."""
    judged = flowsheet("10501", "N")
    answered = await answer(connect(site_app), *VEIN, judged)
    assert cards(answered)[0] == ("critical", "dvt-likely")


async def test_a_low_ankle_brachial_index(site_app: FastAPI, connect: Connect) -> None:
    """Calf pain on walking with an index of 0.62 on that side, a number without unit."""
    record = [
        flowsheet("10405", value=True),
        flowsheet("10311", 0.62),
        flowsheet("10312", 1.05),
    ]
    answered = await answer(connect(site_app), *record)
    assert ("info", "pad-abi-low") in cards(answered)
    assert topics(answered)["peripheral_artery_disease"]["side"] == "left"


async def test_a_local_d_dimer(site_app: FastAPI, connect: Connect) -> None:
    """Nothing but calf swelling and a D-dimer of 900 without unit, ng/mL FEU by the map."""
    result = observation(
        "laboratory",
        concept(coding(LABORATORY, "DDIM")),
        effectiveDateTime=ago(hours=1),
        encounter={"reference": f"Encounter/{VISIT}"},
        valueQuantity={"value": 900},
    )
    answered = await answer(connect(site_app), flowsheet("10404", value=True), result)
    assert cards(answered)[0] == ("critical", "dvt-d-dimer-positive")
    assert "900" in answered["cards"][0]["summary"]


async def test_the_site_is_part_of_the_version(
    site_app: FastAPI, bare_app: FastAPI, connect: Connect
) -> None:
    """The explanation names content and site."""
    versions = [
        (await answer(connect(app), *SACROILIAC))["extension"][EXPLAIN]["contentVersion"]
        for app in (bare_app, site_app)
    ]
    assert versions[1].startswith(f"{versions[0]}+")


def test_a_broken_site_stops_the_start(tmp_path: Path) -> None:
    """Before anything is served."""
    maps = tmp_path / "concept-maps"
    maps.mkdir()
    (maps / "broken.json").write_text("{")
    settings = Settings(profile="demo", database_url="sqlite://", site=tmp_path)
    with pytest.raises(SiteError, match=r"concept-maps/broken\.json"):
        build_service(settings)
