"""The checker finds every fault planted in a small service, and none where none is."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from joserfc.jwk import ECKey

import cds_service
from cds_service.commands.conformance.catalog import CATALOG, SITUATIONS, select
from cds_service.commands.conformance.mock_ehr import MockEhr
from cds_service.commands.conformance.mock_ehr import serving as serving_ehr
from cds_service.commands.conformance.probe import Options
from cds_service.commands.conformance.samples import generic_patients
from cds_service.commands.conformance.session import Plan, Report, run
from cds_service.commands.conformance.verdict import Status
from cds_service.ehr.credentials import Credentials, Nobody, SignedTokens
from tests.contract.bad_service import ID, ORIGIN, Service, serving
from tests.contract.bad_service_trust import ISSUER, KID

JudgeLocked: TypeAlias = Callable[[str], Report]
OPTIONS = Options(ORIGIN, named_origin=True, health="/health")


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """The small service, with no fault planted."""
    with serving(Service()) as running:
        yield running


@pytest.fixture(scope="module")
def ehr() -> Iterator[MockEhr]:
    """The checker's own FHIR server."""
    with serving_ehr("127.0.0.1") as running:
        yield running


def judge(
    service: Service, ehr: MockEhr | None, only: str = "", credentials: Credentials | None = None
) -> Report:
    """Run the checker as its command does, with little patience for a service known to hang."""
    return run(
        Plan(
            base=service.base,
            checks=select(only.split(",")),
            patients=generic_patients(),
            options=OPTIONS,
            services=(ID,),
            credentials=credentials or Nobody(),
            timeout=1.0 if "waits-forever" in service.faults else 8.0,
        ),
        ehr,
    )


def found(report: Report, status: Status) -> list[str]:
    """What ended like this, with the reason."""
    return [
        f"{r.check.name}: {r.verdict.sentence}"
        for r in report.results
        if r.verdict.status is status
    ]


# fault: the requirement (or situation) that fails
FAILS = {
    "html-discovery": "DISC-1",
    "no-services": "DISC-2",
    "no-description": "DISC-6",
    "id-with-slash": "DISC-5",
    "unserved-id": "DISC-5",
    "empty-prefetch": "DISC-8",
    "hook-version-1.0.0": "DISC-11",
    "id-twice": "DISC-12",
    "template-include": "PREF-3",
    "template-token": "PREF-4",
    "ignores-wrong-hook": "S7",
    "needs-no-hook": "REQ-2",
    "needs-no-hook-instance": "S8",
    "wants-uuid-4": "REQ-3",
    "wants-lower-case": "REQ-3",
    "needs-no-context": "S9",
    "crashes-without-context": "REQ-4",
    "takes-query-as-id": "CTX-1",
    "needs-no-patient-id": "CTX-1",
    "crashes-on-prefetch-array": "REQ-8",
    "refuses-unknown-members": "S11",
    "refuses-extension": "S12",
    "refuses-extra-keys": "REQ-9",
    "crashes-on-extension": "EXT-1",
    "needs-encounter": "CTX-3",
    "crashes-on-malformed": "S14",
    "unwraps-arrays": "JSON-1",
    "crashes-on-depth": "JSON-8",
    "missing-is-absent": "S1",
    "null-is-missing": "S4",
    "empty-is-missing": "PREF-14",
    "crashes-on-null-patient": "S5",
    "outcome-is-empty": "S6",
    "crashes-on-subset": "PREF-9",
    "crashes-on-text": "PREF-23",
    "takes-other-patient": "S10",
    "mixes-patients": "PREF-21",
    "believes-retracted": "S13",
    "one-damage-sinks-all": "PREF-24",
    "crash-is-silence": "S21",
    "searchsets-only": "PREF-18",
    "relative-references-only": "PREF-25",
    "next-link-is-empty": "PREF-17",
    "fetches-all-again": "PREF-10",
    "fetches-null": "PREF-13",
    "forgets-token": "AUTH-7",
    "ignores-pages": "PREF-17",
    "reads-without-end": "AUTH-13",
    "follows-anywhere": "AUTH-12",
    "errors-are-empty": "PREF-19",
    "waits-forever": "AUTH-13",
    "crashes-out-of-reach": "S2",
    "crashes-on-mac": "AUTH-2",
    "crashes-without-scope": "AUTH-1",
    "crashes-without-server": "REQ-5",
    "parses-scopes": "AUTH-4",
    "uses-others-token": "AUTH-5",
    "refuses-roles": "hospital-request",
    "wants-known-users": "browser-request",
    "refuses-token-members": "unknown-token-members",
    "crashes-on-empty-encounter": "empty-encounter",
    "crashes-on-older-fhir": "AUTH-14",
    "error-sinks-search": "PREF-16",
    "summary-of-140": "CARD-1",
    "summary-of-emoji": "CARD-1",
    "no-summary": "CARD-1",
    "unknown-indicator": "CARD-2",
    "no-source": "CARD-3",
    "no-source-label": "CARD-4",
    "relative-source": "CARD-5",
    "topic-without-system": "CARD-7",
    "one-uuid-for-all": "CARD-9",
    "urn-uuid": "CARD-9",
    "live-markup": "CARD-11",
    "reason-without-display": "CARD-14",
    "no-selection-behavior": "CARD-12",
    "unknown-selection-behavior": "CARD-13",
    "no-suggestion-label": "SUG-1",
    "empty-actions": "SUG-5",
    "two-recommended": "SUG-3",
    "unknown-action-type": "ACT-1",
    "no-action-description": "ACT-2",
    "nothing-to-create": "ACT-3",
    "draft-of-another": "ACT-7",
    "no-link-label": "LINK-1",
    "relative-link": "LINK-3",
    "unknown-link-type": "LINK-2",
    "app-context-on-absolute": "LINK-4",
    "cards-of-the-moment": "S22",
    "null-member": "JSON-3",
    "empty-array": "JSON-4",
    "empty-object": "JSON-5",
    "no-cards-member": "RESP-1",
    "text-type": "JSON-1",
    "no-feedback": "S17",
    "feedback-crashes": "FB-1",
    "feedback-needs-reason": "FB-11",
    "feedback-needs-uuid": "FB-3",
    "feedback-refuses-plural": "FB-15",
    "feedback-needs-system": "FB-9",
    "feedback-refuses-fraction": "FB-7",
    "feedback-needs-utc": "FB-7",
    "feedback-refuses-repeats": "FB-12",
    "takes-any-feedback": "FB-2",
    "preflight-without-authorization": "S18",
    "preflight-needs-token": "CORS-4",
    "no-cors-on-errors": "CORS-3",
    "any-origin-with-credentials": "CORS-2",
    "chokes-on-large": "S16",
    "any-service": "S19",
    "sick": "S20",
    "echoes": "ERR-6",
    "stack-traces": "ERR-7",
}
# faults that break more than one requirement, and must be found by each
FAILS_TOO = (
    ("missing-is-absent", "S2"),
    ("missing-is-absent", "S3"),
    ("crashes-on-subset", "S3"),
    ("errors-are-empty", "AUTH-10"),
    ("takes-other-patient", "PREF-21"),
    ("crash-is-silence", "PREF-24"),
    ("live-markup", "inert-markup"),
)
# fault: the requirement that warns, because the documents only recommend it
WARNS = {
    "common-extension-name": "EXT-2",
    "template-parameter": "PREF-2",
    "no-title": "DISC-7",
    "specification-2": "DISC-10",
    "no-head": "DISC-18",
    "unknown-service-member": "EXT-3",
    "takes-any-user": "CTX-2",
    "refuses-user": "REQ-12",
    "refuses-long-ids": "CTX-5",
    "answers-422": "ERR-3",
    "takes-nan": "JSON-8",
    "takes-first-key": "JSON-8",
    "takes-mark": "JSON-8",
    "bare-412": "ERR-2",
    "html-errors": "ERR-2",
    "ignores-lay-user": "CTX-4",
    "repeats-failed-query": "PREF-15",
    "other-cards-when-fetched": "PREF-11",
    "no-topic": "CARD-7",
    "no-uuid": "CARD-9",
    "html-detail": "CARD-10",
    "unknown-card-member": "EXT-3",
    "delete-without-id": "ACT-5",
    "action-selection": "SUG-6",
    "system-actions": "RESP-3",
    "takes-any-feedback": "FB-4",
    "no-vary": "CORS-4",
    "refuses-large": "S16",
    "refuses-null-prefetch": "prefetch-left-empty",
    "ignores-encoding": "gzip",
    "no-slashes": "DISC-18",
    "slow": "PERF-1",
    "cacheable": "FRESH-2",
}
# fault of a service that asks for tokens: the requirement that fails
TOKEN_FAILS = {
    "accepts-bogus-token": "S15",
    "open-feedback": "FB-13",
    "ignores-signature": "SEC-3",
    "takes-the-key-inside": "SEC-17",
    "takes-public-as-secret": "SEC-6",
    "ignores-expiry": "SEC-10",
    "ignores-audience": "SEC-9",
    "ignores-issuer": "SEC-8",
    "ignores-jti": "SEC-8",
}
TOKEN_WARNS = {
    "common-extension-name": "EXT-2",
    "template-parameter": "PREF-2",
    "ignores-issue": "SEC-11",
    "ignores-lifetime": "SEC-10",
    "ignores-kid": "SEC-15",
    "ignores-typ": "SEC-4",
    "ignores-jku": "SEC-13",
    "ignores-replay": "SEC-12",
    "explains-401": "SEC-18",
}


@pytest.fixture
def planted(service: Service) -> Iterator[set[str]]:
    """The faults of the small service; gone after the test."""
    service.faults.clear()
    yield service.faults
    service.faults.clear()


@pytest.fixture(scope="module")
def locked() -> Iterator[Service]:
    """The small service, letting in only whom its key proves."""
    with serving(Service(key=ECKey.generate_key("P-384"))) as running:
        yield running


@pytest.fixture
def judge_locked(locked: Service, ehr: MockEhr) -> Iterator[JudgeLocked]:
    """The checker with the key of the locked service; its faults are gone after the test."""
    assert locked.key is not None
    credentials = SignedTokens(locked.key, ISSUER, KID)
    yield lambda only: judge(locked, ehr, only, credentials)
    locked.faults.clear()


def test_a_service_without_a_fault_fails_nothing(
    service: Service, ehr: MockEhr, planted: set[str]
) -> None:
    """No fault, no failure and no warning: what the checker says is worth reading."""
    assert not planted
    report = judge(service, ehr)
    assert found(report, Status.FAIL) == []
    assert found(report, Status.WARN) == []
    judged = {r.check.situation for r in report.results if r.verdict.status is Status.PASS}
    assert set(range(1, 23)) - {15} <= judged


@pytest.mark.parametrize("way", ["lists-no-templates", "never-fetches", "says-nothing"])
def test_services_of_another_kind_fail_nothing(
    way: str, service: Service, ehr: MockEhr, planted: set[str]
) -> None:
    """Fetching only, prefetch only, or having nothing to say is no fault."""
    planted.add(way)
    report = judge(service, ehr)
    assert found(report, Status.FAIL) == []
    assert report.count(Status.PASS) > 50


def test_a_service_with_tokens_without_a_fault_fails_nothing(judge_locked: JudgeLocked) -> None:
    """With a key that the service knows, everything is judged behind the locked door as well."""
    report = judge_locked("")
    assert found(report, Status.FAIL) == []
    assert found(report, Status.WARN) == []
    bogus = {r.verdict.status for r in report.results if r.check.situation == 15}
    assert bogus == {Status.PASS}


@pytest.mark.parametrize(("fault", "requirement"), [*FAILS.items(), *FAILS_TOO])
def test_a_planted_fault_fails(
    fault: str, requirement: str, service: Service, ehr: MockEhr, planted: set[str]
) -> None:
    """Whatever a service gets wrong, the requirement it breaks is reported as failed."""
    planted.add(fault)
    assert found(judge(service, ehr, requirement), Status.FAIL)


@pytest.mark.parametrize(("fault", "requirement"), WARNS.items())
def test_a_planted_weakness_warns(
    fault: str, requirement: str, service: Service, ehr: MockEhr, planted: set[str]
) -> None:
    """What is only recommended, or does no harm by itself, warns and does not fail."""
    planted.add(fault)
    report = judge(service, ehr, requirement)
    assert found(report, Status.WARN)


@pytest.mark.parametrize(
    ("fault", "requirement", "status"),
    [
        *((fault, requirement, Status.FAIL) for fault, requirement in TOKEN_FAILS.items()),
        *((fault, requirement, Status.WARN) for fault, requirement in TOKEN_WARNS.items()),
    ],
)
def test_a_planted_fault_of_trust_is_found(
    fault: str, requirement: str, status: Status, locked: Service, judge_locked: JudgeLocked
) -> None:
    """A service that asks for tokens but does not look at them is found out."""
    locked.faults.add(fault)
    assert found(judge_locked(requirement), status)


@pytest.mark.parametrize("number", [n for n in SITUATIONS if n != 15])
def test_every_situation_has_a_planted_fault(number: int) -> None:
    """No situation passes for judged while no fault proves that it can fail."""
    names = {check.name for check in CATALOG if check.situation == number}
    covered = {name for fault in FAILS.values() for name in _names(fault)}
    assert names
    assert names & covered


def _names(requirement: str) -> set[str]:
    return {check.name for check in select([requirement])}


def test_nonsense_is_judged_and_does_not_stop_the_checker(
    service: Service, ehr: MockEhr, planted: set[str]
) -> None:
    """Whatever JSON a service invents, every check comes to a verdict of its own."""
    planted.add("talks-nonsense")
    report = judge(service, ehr)
    assert found(report, Status.FAIL)
    assert [r for r in report.results if "cannot be judged" in r.verdict.sentence] == []


def test_the_checker_knows_nothing_of_this_service() -> None:
    """It judges by rules of its own: no room of the service, wire models least of all.

    Nor does what it shares with the command `call`: the client's side of CDS Hooks.
    """
    root = Path(str(cds_service.__file__)).parent
    shared = ("answer", "credentials", "plain", "shift", "stories", "target", "templates")
    own = {f"cds_service.ehr.{name}" for name in shared} | {"cds_service", "cds_service.errors"}
    checker = list((root / "commands" / "conformance").rglob("*.py"))
    for path in [*checker, *(root / "ehr" / f"{name}.py" for name in shared)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("cds_service"):
                near = str(node.module).startswith("cds_service.commands.conformance")
                quiet = path.name == "cli.py" and node.module == "cds_service.telemetry.logging"
                assert near or quiet or node.module in own, f"{path.name}: {node.module}"


def test_names_of_checks_are_unique() -> None:
    """A name picks one check, in a report and after --only."""
    names = [check.name for check in CATALOG]
    assert sorted(set(names)) == sorted(names)


def test_without_cards_nothing_about_cards_passes(service: Service, ehr: MockEhr) -> None:
    """A service that shows no card is not praised for its cards."""
    quiet = generic_patients()[1:]
    plan = Plan(service.base, select(["CARD-1", "LINK-1", "S13"]), quiet, OPTIONS, (ID,))
    report = run(plan, ehr)
    assert {r.verdict.status for r in report.results} == {Status.NOT_APPLICABLE}


def test_without_a_fhir_server_nothing_about_fetching_passes(service: Service) -> None:
    """--no-fhir leaves open what it cannot see."""
    report = judge(service, None, "AUTH-7,AUTH-12,PREF-10")
    assert {r.verdict.status for r in report.results} == {Status.NOT_APPLICABLE}
