"""`legpain-cds conformance` as a person or a CI job runs it, and what it says of this service."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from cds_service.app import create_app
from cds_service.commands.conformance.catalog import CATALOG, SITUATIONS, select
from cds_service.commands.conformance.mock_ehr import serving as serving_ehr
from cds_service.commands.conformance.probe import Options
from cds_service.commands.conformance.samples import generic_patients, story_patients
from cds_service.commands.conformance.session import Plan, Report, run
from cds_service.commands.conformance.verdict import Status
from cds_service.ehr.credentials import SignedTokens
from cds_service.settings import Settings
from tests.contract.bad_service import ID, TWIN, Service, serving
from tests.contract.bad_service_trust import ISSUER, KID
from tests.contract.command import Run
from tests.contract.served import served

FETCHING = "FHIR access"
TOKENS = "Who may call (JWT)"
PUBLIC = "https://cds.example.org"
TRUST = f"""
authenticate_discovery = true
[[tenant]]
id = "north"
[[tenant.issuer]]
iss = "{ISSUER}"
keys = "ehr.json"
"""
SANDBOX = "https://sandbox.cds-hooks.org"


@pytest.fixture(scope="module")
def verdict() -> Report:
    """What the checker says of this service as the demo runs it, with every fourth story.

    The deadline is generous, so that a busy machine makes no gaps. All three services read FHIR
    servers with the same code: that is judged of one.
    """
    patients = (*generic_patients(), *story_patients()[::4])
    asked = Options(SANDBOX, named_origin=True)
    rest = select([check.name for check in CATALOG if check.theme != FETCHING])
    settings = Settings(profile="demo", database_url="sqlite://", deadline_ms=2000)
    with served(create_app(settings)) as base, serving_ehr("127.0.0.1") as ehr:
        first = run(Plan(base, select([]), patients, asked, ("leg-pain",)), ehr)
        others = ("leg-pain-encounter", "leg-pain-problem")
        second = run(Plan(base, rest, patients, asked, others), ehr)
    return replace(first, results=(*first.results, *second.results))


@pytest.fixture(scope="module")
def verdict_on_tokens(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """What the checker says of this service as production runs it, behind a proxy."""
    site = tmp_path_factory.mktemp("site")
    key = ECKey.generate_key("P-384")
    public = {**key.as_dict(private=False), "kid": KID, "use": "sig"}
    (site / "ehr.json").write_text(json.dumps({"keys": [public]}))
    (site / "trust.toml").write_text(TRUST)
    settings = Settings(
        profile="production",
        database_url="sqlite://",
        site=site,
        public_url=PUBLIC,
        card_key=SecretStr("k" * 32),
    )
    with served(create_app(settings)) as base:
        return run(
            Plan(
                base=base,
                checks=select([c.name for c in CATALOG if c.theme == TOKENS]),
                patients=generic_patients(),
                options=Options(SANDBOX),
                services=("leg-pain",),
                credentials=SignedTokens(key, ISSUER, KID),
                public=PUBLIC,
            ),
            None,
        )


def fails_nothing(verdict: Report, theme: str, test: pytest.Item) -> None:
    """No check of the theme fails, and every requirement the test is marked with was judged."""
    found = [r for r in verdict.results if r.check.theme == theme]
    failed = [r for r in found if r.verdict.status is Status.FAIL]
    assert [f"{r.service} {r.check.name}: {r.verdict.sentence}" for r in failed] == []
    passed = [r.check.requirements for r in found if r.verdict.status is Status.PASS]
    mark = test.get_closest_marker("requirement")
    assert mark is not None
    assert set(mark.args) <= {one for requirements in passed for one in requirements}


@pytest.mark.slow
@pytest.mark.requirement(
    "DISC-1",
    "DISC-2",
    "DISC-4",
    "DISC-5",
    "DISC-6",
    "DISC-7",
    "DISC-8",
    "DISC-10",
    "DISC-11",
    "DISC-12",
    "DISC-13",
    "DISC-15",
    "DISC-18",
    "EXT-1",
    "EXT-3",
    "JSON-3",
    "JSON-4",
    "JSON-6",
    "PREF-1",
    "PREF-3",
    "PREF-4",
    "PREF-5",
)
def test_black_box_discovery(verdict: Report, request: pytest.FixtureRequest) -> None:
    """The list of services, its members, its templates and its paths."""
    fails_nothing(verdict, "Discovery", request.node)


@pytest.mark.slow
@pytest.mark.requirement("CORS-1", "CORS-2", "CORS-3", "CORS-4")
def test_black_box_cors(verdict: Report, request: pytest.FixtureRequest) -> None:
    """A browser client on the list may call; others may not; errors can be read."""
    fails_nothing(verdict, "Browsers (CORS)", request.node)


@pytest.mark.slow
@pytest.mark.requirement("DISC-12", "DISC-18", "ERR-5", "FRESH-2", "REQ-1", "REQ-13")
def test_black_box_operation(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Large charts, wrong paths, slashes, health, two calls at once."""
    fails_nothing(verdict, "Operation", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "CTX-1",
    "CTX-2",
    "CTX-3",
    "CTX-5",
    "EXT-1",
    "JSON-3",
    "JSON-7",
    "PREF-6",
    "REQ-2",
    "REQ-3",
    "REQ-4",
    "REQ-8",
    "REQ-9",
    "REQ-11",
    "REQ-12",
)
def test_black_box_request_shape(verdict: Report, request: pytest.FixtureRequest) -> None:
    """What breaks a rule is 400, what is unusual but valid is answered."""
    fails_nothing(verdict, "Request shape", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "AUTH-4",
    "AUTH-14",
    "CTX-2",
    "CTX-3",
    "JSON-7",
    "JSON-9",
    "PREF-12",
    "PREF-25",
    "REQ-3",
    "REQ-7",
    "REQ-8",
    "REQ-11",
)
def test_black_box_clients_in_use(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Requests in the manner of a hospital system and of the browser sandbox."""
    fails_nothing(verdict, "Clients in use", request.node)


@pytest.mark.slow
@pytest.mark.requirement("ERR-3", "JSON-1", "JSON-8", "JSON-9")
def test_black_box_json_text(verdict: Report, request: pytest.FixtureRequest) -> None:
    """What is not JSON is refused."""
    fails_nothing(verdict, "JSON", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "ERR-2",
    "PREF-9",
    "PREF-12",
    "PREF-13",
    "PREF-14",
    "PREF-15",
    "PREF-16",
    "PREF-19",
    "PREF-20",
    "PREF-23",
)
def test_black_box_prefetch(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Absent, null, empty and failed are told apart."""
    fails_nothing(verdict, "Prefetch and 412", request.node)


@pytest.mark.slow
@pytest.mark.requirement("CTX-1", "CTX-4", "PREF-17", "PREF-18", "PREF-21", "PREF-24", "PREF-25")
def test_black_box_whose_data(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Another patient's, retracted and damaged entries speak for nothing."""
    fails_nothing(verdict, "Whose data, and in what state", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "AUTH-1",
    "AUTH-2",
    "AUTH-3",
    "AUTH-4",
    "AUTH-5",
    "AUTH-6",
    "AUTH-7",
    "AUTH-10",
    "AUTH-12",
    "AUTH-13",
    "PERF-3",
    "PREF-10",
    "PREF-11",
    "PREF-13",
    "PREF-15",
    "PREF-17",
    "PREF-19",
    "PREF-21",
    "REQ-5",
)
def test_black_box_fhir_access(verdict: Report, request: pytest.FixtureRequest) -> None:
    """What is missing is fetched, with the token, from one origin; a failing server is 412."""
    fails_nothing(verdict, "FHIR access", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "ACT-1",
    "ACT-2",
    "ACT-3",
    "ACT-7",
    "CARD-1",
    "CARD-2",
    "CARD-3",
    "CARD-4",
    "CARD-5",
    "CARD-7",
    "CARD-9",
    "CARD-10",
    "CARD-11",
    "CARD-12",
    "CARD-13",
    "CARD-14",
    "EXT-3",
    "LINK-1",
    "LINK-2",
    "LINK-3",
    "LINK-4",
    "REQ-13",
    "RESP-3",
    "SUG-1",
    "SUG-2",
    "SUG-3",
    "SUG-4",
    "SUG-5",
    "SUG-6",
)
def test_black_box_cards(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Cards, suggestions, actions and links are as the specification says."""
    fails_nothing(verdict, "Cards", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "ERR-5",
    "FB-1",
    "FB-2",
    "FB-3",
    "FB-4",
    "FB-5",
    "FB-6",
    "FB-7",
    "FB-8",
    "FB-9",
    "FB-11",
    "FB-12",
    "FB-14",
    "FB-15",
    "FB-16",
)
def test_black_box_feedback(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Every form that clients send is taken, what breaks a rule is refused."""
    fails_nothing(verdict, "Feedback", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "ERR-2", "ERR-3", "ERR-6", "JSON-1", "JSON-3", "JSON-4", "JSON-5", "JSON-6", "RESP-1", "RESP-2"
)
def test_black_box_every_answer(verdict: Report, request: pytest.FixtureRequest) -> None:
    """Everything said in the run is strict JSON, nothing hollow, and no error echoes."""
    fails_nothing(verdict, "Every answer", request.node)


@pytest.mark.slow
@pytest.mark.requirement(
    "SEC-1",
    "SEC-2",
    "SEC-3",
    "SEC-4",
    "SEC-5",
    "SEC-6",
    "SEC-8",
    "SEC-9",
    "SEC-10",
    "SEC-11",
    "SEC-12",
    "SEC-13",
    "SEC-15",
    "SEC-17",
    "SEC-18",
    "DISC-14",
    "FB-13",
)
def test_black_box_tokens(verdict_on_tokens: Report, request: pytest.FixtureRequest) -> None:
    """Only the token of a known client for this very call opens the service; all else is 401."""
    fails_nothing(verdict_on_tokens, TOKENS, request.node)
    warned = [r.check.name for r in verdict_on_tokens.results if r.verdict.status is Status.WARN]
    assert warned == []


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
    run("conformance", service.base, "--service", ID, "--only", "S7,SEC-1", "--junit", path)
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
