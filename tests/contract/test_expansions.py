"""The service with a site's expansions: what it recognizes, tells and refuses."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.clinical.side import Side
from cds_service.commands.terminology.refresh import fetch_expansions, write_whole
from cds_service.commands.terminology.server import TerminologyServer
from cds_service.content.codes import Meaning
from cds_service.content.load import load_library
from cds_service.content.terminology.expansions import CACHE
from cds_service.errors import SiteError
from cds_service.settings import Settings
from tests.contract.command import Run
from tests.contract.http_calls import EXPLAIN, SERVICE, Connect, minimal
from tests.contract.terminology_server import (
    BREAST,
    BREAST_IN_SITU,
    CANCER,
    CHRONIC_CALF_DVT,
    HEEL_PAIN,
    INTERNATIONAL,
    LATE_PREGNANCY,
    LEFT_ANKLE_EDEMA,
    LEFT_CALF_PAIN,
    LEFT_CHRONIC_DVT,
    LEFT_DVT,
    LEFT_LEG_PAIN,
    METASTASIS,
    NOSE_BASAL_CELL,
    RIGHT_LOWER_LEG_EDEMA,
    SARCOMA,
    SNOMED,
    TOE_SITE,
    serving,
)
from tests.spec.fhir_json import Json, concept, condition, searchset, snomed

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
LIBRARY = load_library()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's folder with expansions of yesterday."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch, serving() as running:
        for name in ("http_proxy", "all_proxy"):
            patch.delenv(name, raising=False)
            patch.delenv(name.upper(), raising=False)
        server = TerminologyServer(
            running.address, lambda system: system == SNOMED, token="", timeout=30, count=100
        )
        found = fetch_expansions(LIBRARY.codes, server, NOW - timedelta(days=1), lambda _: None)
        server.close()
    write_whole(folder / CACHE, found)
    return folder


def service(site: Path | None) -> FastAPI:
    """The service as of NOW, with an explanation in each answer."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://", site=site)
    return create_app(settings, clock=lambda: NOW)


@pytest.fixture(scope="module")
def grown(site: Path) -> FastAPI:
    """The service with the expansions."""
    return service(site)


@pytest.fixture(scope="module")
def plain() -> FastAPI:
    """The service without."""
    return service(None)


Meant = Callable[[str], Meaning | None]


@pytest.fixture
def meant(grown: FastAPI) -> Meant:
    """What the service with expansions makes of a SNOMED CT code."""
    codes = grown.state.service.library.codes
    return lambda code: codes.meaning(SNOMED, code)


@pytest.mark.parametrize(
    ("code", "findings", "side"),
    [
        pytest.param(SARCOMA, {"active_cancer", "cancer_history"}, Side.LEFT, id="a cancer"),
        pytest.param(
            METASTASIS,
            {"active_cancer", "cancer_history", "reader:metastatic_cancer"},
            Side.UNSPECIFIED,
            id="a metastasis",
        ),
        pytest.param(LATE_PREGNANCY, {"pregnant"}, Side.UNSPECIFIED, id="a pregnancy"),
        pytest.param(LEFT_LEG_PAIN, {"leg_pain"}, Side.LEFT, id="leg pain"),
        pytest.param(LEFT_CALF_PAIN, {"calf_pain"}, Side.LEFT, id="calf pain, the nearer row"),
        pytest.param(LEFT_DVT, {"current_dvt", "previous_dvt"}, Side.LEFT, id="a thrombosis"),
        pytest.param(
            RIGHT_LOWER_LEG_EDEMA, {"leg_swelling", "calf_swelling"}, Side.RIGHT, id="a swelling"
        ),
        pytest.param(LEFT_ANKLE_EDEMA, {"leg_swelling"}, Side.LEFT, id="ankle edema"),
        pytest.param(NOSE_BASAL_CELL, {"nmsc_history"}, Side.UNSPECIFIED, id="skin cancer"),
    ],
)
def test_a_descendant_is_recognized(
    meant: Meant, code: str, findings: set[str], side: Side
) -> None:
    """Codes that no table lists feed what the nearest row above them feeds (ruling 24)."""
    assert LIBRARY.codes.meaning(SNOMED, code) is None
    meaning = meant(code)
    assert meaning is not None
    assert meaning.ids == findings
    assert meaning.side is side


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(BREAST_IN_SITU, id="in situ is no cancer, also below breast cancer"),
        pytest.param(HEEL_PAIN, id="foot pain is context"),
    ],
)
def test_what_a_row_leaves_out_says_nothing(meant: Meant, code: str) -> None:
    """MINUS and context rows hold for the descendants too (rulings 14 and 23)."""
    assert meant(code) is None


@pytest.mark.parametrize("code", [CHRONIC_CALF_DVT, LEFT_CHRONIC_DVT])
def test_a_chronic_thrombosis_is_no_current_one(meant: Meant, code: str) -> None:
    """Terminology: chronic DVT is history, whatever lies above it."""
    meaning = meant(code)
    assert (set(meaning.ids) if meaning else set()) <= {"previous_dvt"}
    assert code != CHRONIC_CALF_DVT or meaning is not None


def test_a_site_below_the_leg_is_a_leg_site(meant: Meant) -> None:
    """A toe is a site of the foot, whose row is nearer than that of the leg."""
    meaning = meant(TOE_SITE)
    assert meaning is not None
    assert meaning.sites == {"foot"}
    assert meaning.side is Side.LEFT


def test_no_row_of_the_table_changes_its_meaning(grown: FastAPI) -> None:
    """A code with a row of its own keeps that row's meaning."""
    codes = grown.state.service.library.codes
    coded = [(codes.address(row.system), row.code) for row in codes.rows]
    assert [c for c in coded if codes.meaning(*c) != LIBRARY.codes.meaning(*c)] == []


def chart(*conditions: Json) -> Json:
    """A request whose patient has these conditions on record."""
    who: Json = {"subject": {"reference": "Patient/p1"}}
    found = [who | {"id": f"c{number}"} | one for number, one in enumerate(conditions)]
    born = {"resourceType": "Patient", "id": "p1", "birthDate": "1966-04-17"}
    bundle = searchset(found, "https://ehr.example.org/fhir")
    return minimal() | {"prefetch": {"patient": born, "conditions": bundle}}


def problem(code: str, days: int = 3, **more: Any) -> Json:
    """A problem of some days."""
    day = (NOW - timedelta(days=days)).date().isoformat()
    return condition(concept(snomed(code, "")), onsetDateTime=day, recordedDate=day, **more)


async def explained(connect: Connect, app: FastAPI, request: Json) -> Any:
    """The explanation of an answer."""
    async with connect(app) as client:
        response = await client.post(SERVICE, json=request)
    assert response.status_code == httpx.codes.OK, response.text
    return response.json()["extension"][EXPLAIN]


def finding(told: Any, topic: str, name: str) -> str:
    """Status of a finding in one assessment."""
    (found,) = (a for a in told["assessments"] if a["topic"] == topic)
    return str(next(f["status"] for f in found["findings"] if f["id"] == name))


async def test_a_cancer_subtype_scores_once_it_is_known(
    connect: Connect, plain: FastAPI, grown: FastAPI
) -> None:
    """A swollen calf and a sarcoma of two months: without the server the item stays unknown."""
    request = chart(problem("449707004"), problem(SARCOMA, days=60))
    before = await explained(connect, plain, request)
    after = await explained(connect, grown, request)
    assert finding(before, "dvt", "active_cancer") == "unknown"
    assert finding(after, "dvt", "active_cancer") == "present"


async def test_a_complaint_below_a_row_opens_its_topic(
    connect: Connect, plain: FastAPI, grown: FastAPI
) -> None:
    """Calf pain at night is calf pain; unknown to the tables, it opened nothing."""
    request = chart(problem(LEFT_CALF_PAIN))
    states = []
    for app in (plain, grown):
        told = await explained(connect, app, request)
        states.append({a["topic"]: a for a in told["assessments"]})
    assert states[0]["gate"]["state"] == "gate-silent"
    assert states[1]["dvt"]["card"].startswith("dvt-")
    assert states[1]["dvt"]["side"] == "left"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        pytest.param(SARCOMA, "unknown", id="one cancer of the server's list"),
        pytest.param(BREAST, "unknown", id="one cancer of our list"),
    ],
)
async def test_refuting_one_kind_denies_nothing(
    connect: Connect, grown: FastAPI, code: str, status: str
) -> None:
    """Ruling 24: a negative from such a set stays unknown."""
    request = chart(problem("449707004"), problem(code, verification="refuted"))
    told = await explained(connect, grown, request)
    assert finding(told, "dvt", "active_cancer") == status


async def test_no_server_is_asked_inside_a_call(
    connect: Connect, grown: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Known and unknown codes alike are answered from what was read at the start."""

    def refuse(*_args: object) -> None:
        message = "the service tried to reach something"
        raise AssertionError(message)

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    request = chart(problem("449707004"), problem(SARCOMA, days=60), problem("73211009"))
    told = await explained(connect, grown, request)
    assert finding(told, "dvt", "active_cancer") == "present"


async def ready(connect: Connect, app: FastAPI) -> Any:
    """What readiness tells."""
    async with connect(app) as client:
        response = await client.get("/health/ready")
    assert response.status_code == httpx.codes.OK
    return response.json()


async def test_ready_tells_edition_and_age_and_is_no_longer_degraded(
    connect: Connect, grown: FastAPI
) -> None:
    """Ruling 24 and the edition; not the server's address, which is the site's own affair."""
    told = await ready(connect, grown)
    assert told == {
        "status": "ok",
        "contentVersion": grown.state.service.library.version,
        "terminology": {
            "edition": INTERNATIONAL.partition("/version/")[0],
            "version": INTERNATIONAL,
            "refreshed": "2026-11-19T15:00:00+00:00",
            "ageDays": 1,
            "sets": len(grown.state.service.library.expansions.sets),
        },
    }


def gap(told: Any) -> list[Any]:
    """The entries of `gaps` that speak of value sets."""
    return [entry for entry in told["gaps"] if "valueSets" in entry]


async def test_the_gap_is_one_short_entry(connect: Connect, plain: FastAPI, grown: FastAPI) -> None:
    """How many sets are not whole, and which findings stay unknown for it in this answer."""
    request = chart(problem("449707004"))
    (entry,) = gap(await explained(connect, plain, request))
    degraded = (await ready(connect, plain))["degraded"]
    assert entry["valueSets"] == "not-expanded"
    assert entry["count"] == len(degraded)
    assert "active_cancer" in entry["findings"]
    assert "entire_leg_swollen" not in entry["findings"]
    assert gap(await explained(connect, grown, request)) == []


async def test_the_gap_is_there_where_nothing_opened(connect: Connect, plain: FastAPI) -> None:
    """A complaint below a row may have been missed; the entry says so without a list."""
    (entry,) = gap(await explained(connect, plain, chart()))
    assert entry.keys() == {"valueSets", "count"}


def changed(site: Path, change: Callable[[Any], None], folder: Path) -> Path:
    """A copy of the site's folder with the file changed."""
    told = json.loads((site / CACHE).read_text(encoding="utf-8"))
    change(told)
    (folder / CACHE).parent.mkdir(parents=True)
    (folder / CACHE).write_text(json.dumps(told), encoding="utf-8")
    return folder


def in_set(of: str, **members: Any) -> Callable[[Any], None]:
    """Change members of one set."""

    def change(told: Any) -> None:
        next(one for one in told["sets"] if one["code"] == of).update(members)

    return change


REFUSED = [
    pytest.param(lambda t: t.update(format=2), "format 2 is not 1", id="another format"),
    pytest.param(
        lambda t: t.update(table="0" * 12), "another version of the code table", id="another table"
    ),
    pytest.param(
        lambda t: t.update(refreshed="2026-11-19T15:00:00"), "no offset from UTC", id="no offset"
    ),
    pytest.param(in_set(CANCER, code="73211009"), "set 73211009: no row of", id="unknown row"),
    pytest.param(in_set(CANCER, count=3), f"set {CANCER}: not the 3 members", id="wrong count"),
    pytest.param(
        in_set(CANCER, count=1, members={CANCER: "x", "1.2E+16": "y"}),
        f"set {CANCER}: not the 1 members",
        id="member too many",
    ),
    pytest.param(
        in_set(CANCER, count=2, members={CANCER: "x", "1.2E+16": "y"}),
        f"set {CANCER}: a member is no SNOMED CT code",
        id="no code",
    ),
    pytest.param(lambda t: t.pop("sets"), "not a cache of expansions", id="member missing"),
    pytest.param(lambda t: t.update(sets="none"), "not a cache of expansions", id="wrong type"),
]


@pytest.mark.parametrize(("change", "sentence"), REFUSED)
def test_a_file_that_cannot_be_trusted_stops_the_start(
    site: Path, tmp_path: Path, change: Callable[[Any], None], sentence: str
) -> None:
    """A sentence with the file and the remedy, as with every other file of a site."""
    with pytest.raises(SiteError) as refused:
        service(changed(site, change, tmp_path))
    (problem_,) = refused.value.problems
    assert problem_.startswith("terminology/expansions.json: ")
    assert sentence in problem_
    assert problem_.endswith("run legpain-cds terminology refresh, or remove the file")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_damaged_file_stops_the_start(tmp_path: Path, body: bytes) -> None:
    """Half a file, or none at all."""
    (tmp_path / CACHE).parent.mkdir()
    (tmp_path / CACHE).write_bytes(body)
    with pytest.raises(SiteError, match="not a cache of expansions"):
        service(tmp_path)


def test_the_content_version_names_the_expansions(
    site: Path, grown: FastAPI, plain: FastAPI, tmp_path: Path
) -> None:
    """Same input and same content version, same cards: other members are another version."""
    same = changed(site, lambda t: t.update(refreshed="2026-11-20T15:00:00Z"), tmp_path / "same")
    members = {CANCER: "x", SARCOMA: "y"}
    fewer = changed(site, in_set(CANCER, count=2, members=members), tmp_path / "fewer")
    versions = [
        app.state.service.library.version for app in (plain, grown, service(same), service(fewer))
    ]
    assert versions[1] == versions[2]
    assert len(set(versions)) == 3
    assert all(version.startswith(versions[0]) for version in versions)


def test_content_check_reads_the_expansions(run: Run, site: Path, tmp_path: Path) -> None:
    """What would stop the start is told before, and so is what is in use."""
    good = run("content", "check", "--site", site)
    assert good.code == 0
    sets = len(json.loads((site / CACHE).read_text(encoding="utf-8"))["sets"])
    assert f"terminology/expansions.json: {sets} sets of 2026-11-19" in good.out
    bad = run("content", "check", "--site", changed(site, lambda t: t.update(format=2), tmp_path))
    assert bad.code == 2
    assert "terminology/expansions.json: format 2 is not 1" in bad.err


@pytest.fixture(scope="module", autouse=True)
def _closed(grown: FastAPI, plain: FastAPI) -> Iterator[None]:
    yield
    for app in (grown, plain):
        app.state.service.store.close()
