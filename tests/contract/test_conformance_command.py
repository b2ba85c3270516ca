"""`legpain-cds conformance` as a person or a CI job runs it, and what it says of this service."""

import json
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from joserfc.jwk import ECKey

from cds_service.commands.conformance.catalog import CATALOG, SITUATIONS, select
from cds_service.commands.conformance.mock_ehr import serving as serving_ehr
from cds_service.commands.conformance.probe import Options
from cds_service.commands.conformance.samples import generic_patients, story_patients
from cds_service.commands.conformance.session import Plan, Report, run
from cds_service.commands.conformance.verdict import Status
from tests.contract.bad_service import ID, TWIN, Service, serving
from tests.contract.bad_service_trust import ISSUER, KID
from tests.contract.command import Run

SANDBOX = "https://sandbox.cds-hooks.org"
# Themes that the demo profile shows nothing of: it asks nobody for a token.
CLOSED = {"Who may call (JWT)"}
THEMES = tuple(dict.fromkeys(check.theme for check in CATALOG if check.theme not in CLOSED))


def requirements_of(theme: str) -> list[str]:
    """The requirement ids that the checks of a theme judge."""
    return sorted({one for c in CATALOG if c.theme == theme for one in c.requirements})


@pytest.fixture(scope="module")
def verdict(demo_app: FastAPI) -> Report:
    """What the checker says of this service over real sockets, with every fourth sample story."""
    server = uvicorn.Server(
        uvicorn.Config(demo_app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    plan = Plan(
        base=f"http://127.0.0.1:{port}",
        checks=select([]),
        patients=(*generic_patients(), *story_patients()[::4]),
        options=Options(SANDBOX, named_origin=True),
    )
    try:
        with serving_ehr("127.0.0.1") as ehr:
            return run(plan, ehr)
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.slow
@pytest.mark.parametrize(
    "theme",
    [
        pytest.param(theme, marks=pytest.mark.requirement(*requirements_of(theme)))
        for theme in THEMES
    ],
)
def test_this_service_fails_nothing(verdict: Report, theme: str) -> None:
    """A black box that knows only the specification finds no failure here."""
    failed = [
        f"{r.service} {r.check.name}: {r.verdict.sentence}"
        for r in verdict.results
        if r.check.theme == theme and r.verdict.status is Status.FAIL
    ]
    assert failed == []


@pytest.mark.slow
@pytest.mark.parametrize("number", [number for number in SITUATIONS if number != 15])
def test_this_service_passes_every_situation(verdict: Report, number: int) -> None:
    """Each of the situations of practice is judged, and answered rightly."""
    statuses = {r.verdict.status for r in verdict.results if r.check.situation == number}
    assert Status.PASS in statuses
    assert not statuses & {Status.FAIL, Status.WARN}


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The small service of the checker's own tests."""
    with serving(Service()) as running:
        yield running


@pytest.fixture
def planted(service: Service) -> Iterator[set[str]]:
    """Its faults; gone after the test."""
    yield service.faults
    service.faults.clear()


def test_exit_status_0_when_nothing_failed(run: Run, service: Service) -> None:
    """A clean run says so to a shell, and to a person by theme and situation."""
    ended = run("conformance", service.base, "--service", ID, "--no-fhir", "--only", "S7,PREF-19")
    assert ended.code == 0
    assert "wrong-hook" in ended.out
    assert "Total: " in ended.out


def test_exit_status_1_when_something_failed(run: Run, service: Service, planted: set[str]) -> None:
    """A failure is explained by what was sent, what came and what was expected."""
    planted.add("ignores-wrong-hook")
    ended = run("conformance", f"{service.base}/cds-services", "--service", ID, "--only", "S7")
    assert ended.code == 1
    assert "Another hook's name: HTTP 200 with 1 card, where 400 belongs." in ended.out


def test_warnings_fail_only_when_strict(run: Run, service: Service, planted: set[str]) -> None:
    """--strict turns what is recommended into what is demanded."""
    planted.add("no-title")
    arguments = ("conformance", service.base, "--service", ID, "--only", "DISC-7")
    assert run(*arguments).code == 0
    assert run(*arguments, "--strict").code == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("http://127.0.0.1:1",), "is the service running?"),
        (("example.org",), "give the base URL"),
        (("http://127.0.0.1:1", "--only", "PREF-99"), "--only PREF-99: no check"),
        (("http://127.0.0.1:1", "--client-key", "none.pem", "--issuer", "x"), "cannot be read"),
        (("http://127.0.0.1:1", "--patient", "none.json"), "cannot be read as JSON"),
        (("http://127.0.0.1:1", "--fhir-host", "203.0.113.7"), "choose another --fhir-host"),
    ],
)
def test_exit_status_2_when_it_could_not_run(
    run: Run, arguments: tuple[str, ...], told: str
) -> None:
    """What stops a run is said in a sentence with the remedy."""
    ended = run("conformance", *arguments)
    assert ended.code == 2
    assert told in ended.err


def test_a_key_without_an_issuer_is_refused(run: Run, tmp_path: Path) -> None:
    """A JWT without iss would prove nothing."""
    path = tmp_path / "key.pem"
    path.write_bytes(ECKey.generate_key("P-384").as_pem(private=True))
    ended = run("conformance", "http://127.0.0.1:1", "--client-key", path)
    assert ended.code == 2
    assert "--client-key needs --issuer" in ended.err


@pytest.mark.parametrize("form", ["pem", "jwk"])
def test_a_client_key_opens_a_locked_service(run: Run, tmp_path: Path, form: str) -> None:
    """PEM and JWK are both read, and every call is signed for the URL called."""
    key = ECKey.generate_key("P-384")
    path = tmp_path / "key"
    pem, jwk = key.as_pem(private=True).decode(), json.dumps(key.as_dict(private=True))
    path.write_text(pem if form == "pem" else jwk)
    with serving(Service(key=key)) as locked:
        ended = run(
            *("conformance", locked.base, "--service", ID, "--only", "SEC-9,S15,DISC-1"),
            *("--client-key", path, "--issuer", ISSUER, "--kid", KID),
        )
    assert ended.code == 0, ended.out


def test_the_json_report_has_the_documented_shape(
    run: Run, service: Service, planted: set[str], tmp_path: Path
) -> None:
    """Scripts can rely on the members that the documentation names."""
    planted.add("no-cors-on-errors")
    path = tmp_path / "report.json"
    run("conformance", service.base, "--service", ID, "--no-fhir", "--origin",
        "https://ehr.example.org", "--only", "CORS-3,S1", "--json", path)  # fmt: skip
    report = json.loads(path.read_text())
    assert report.keys() == {
        *("checker", "target", "services", "notJudged", "started", "seconds"),
        *("summary", "situations", "results"),
    }
    assert report["notJudged"] == [TWIN]
    assert report["summary"] == {"pass": 1, "fail": 1, "warn": 0, "not applicable": 0}
    assert [one["number"] for one in report["situations"]] == list(range(1, 23))
    assert report["situations"][0] == {
        "number": 1,
        "name": "No prefetch",
        "status": "pass",
        "checks": ["no-prefetch"],
    }
    (failed,) = [one for one in report["results"] if one["status"] == "fail"]
    assert failed["requirements"] == ["CORS-1", "CORS-3"]
    assert failed["level"] == "DERIVED"
    assert failed["service"] == ID
    assert failed["sentence"].endswith(".")


def test_json_to_the_terminal_is_nothing_but_json(run: Run, service: Service) -> None:
    """`--json -` can be piped."""
    ended = run("conformance", service.base, "--service", ID, "--only", "DISC-7", "--json", "-")
    assert json.loads(ended.out)["summary"]["pass"] == 1


def test_junit_counts_what_failed_and_what_was_skipped(
    run: Run, service: Service, planted: set[str], tmp_path: Path
) -> None:
    """A CI server shows failures with their sentence, and not-applicable checks as skipped."""
    planted.add("ignores-wrong-hook")
    path = tmp_path / "report.xml"
    run("conformance", service.base, "--service", ID, "--only", "S7,S15", "--junit", path)
    suites = {suite.get("name"): suite for suite in ET.parse(path).getroot()}  # noqa: S314
    shape, tokens = suites["Request shape"], suites["Who may call (JWT)"]
    assert (shape.get("tests"), shape.get("failures"), shape.get("skipped")) == ("1", "1", "0")
    assert (tokens.get("tests"), tokens.get("failures"), tokens.get("skipped")) == ("1", "0", "1")
    failure = shape.find("testcase/failure")
    assert failure is not None
    assert "400 belongs" in str(failure.get("message"))


def test_own_patients_are_used(run: Run, service: Service, tmp_path: Path) -> None:
    """A Bundle of one's own replaces the sample patients."""
    patient = {"resourceType": "Patient", "id": "mine"}
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "subject": {"reference": "Patient/mine"},
        "code": {"coding": [{"code": "M54.3"}]},
    }
    entries = [{"resource": patient}, {"resource": condition}]
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"resourceType": "Bundle", "entry": entries}))
    report = tmp_path / "report.json"
    run("conformance", service.base, "--service", ID, "--no-fhir", "--only", "CARD-1",
        "--patient", path, "--json", report)  # fmt: skip
    (result,) = json.loads(report.read_text())["results"]
    assert result["status"] == "pass"
    assert result["sentence"].startswith("2 cards")
