"""`legpain-cds call` where something is wrong: it ends in a sentence, and nothing leaks."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.clinical.fact import Outcome
from tests.contract.command import Run
from tests.contract.http_calls import TEMPLATES, Json
from tests.contract.odd_fhir_server import OddServer, Said, odd_server

VARIABLE = "LEGPAIN_FHIR_TOKEN"
TOKEN = "very-secret"  # noqa: S105 - known to a server that lives for one test
CAPABILITY = Said({"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"})
PATIENT = Said({"resourceType": "Patient", "id": "p1", "birthDate": "1966-04-17"})
NOTHING = Said({"resourceType": "Bundle", "type": "searchset"})
TYPES = {template.partition("?")[0] for template in TEMPLATES.values() if "?" in template}
NOBODY = "http://127.0.0.1:9"


def page(*ids: str, following: str = "") -> Said:
    """A page of Conditions that say nothing about a leg."""
    entries = [
        {
            "resource": {
                "resourceType": "Condition",
                "id": identifier,
                "subject": {"reference": "Patient/p1"},
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "195662009"}]},
            }
        }
        for identifier in ids
    ]
    links = [{"relation": "next", "url": following}] if following else []
    return Said({"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": links})


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[OddServer]:
    """A server that knows one patient about whom nothing is recorded."""
    monkeypatch.delenv(VARIABLE, raising=False)
    with odd_server() as server:
        server.answers |= {"metadata": CAPABILITY, "Patient/p1": PATIENT}
        server.answers |= dict.fromkeys(TYPES, NOTHING)
        yield server


def queries(run: Run, odd: OddServer, *more: object) -> tuple[int, dict[str, Json], Json]:
    """How a call for the patient ends: exit status, queries by key, the whole document."""
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1", "--json", *more)
    assert ended.lines, ended.err
    found: Json = json.loads(ended.lines[0])
    return ended.code, {one["key"]: one for one in found["queries"]}, found


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        (Said({"resourceType": "Conformance", "fhirVersion": "1.0.2"}), "FHIR DSTU2 (1.0.2)"),
        (Said("{}", media="application/json+fhir"), "another version of FHIR"),
        (Said({"resourceType": "CapabilityStatement", "fhirVersion": "3.0.1"}), "STU3 (3.0.1)"),
        (Said({"resourceType": "CapabilityStatement", "fhirVersion": "5.0.0"}), "R5 (5.0.0)"),
        (Said("{}", media="application/fhir+json; fhirVersion=5.0"), "another version of FHIR"),
    ],
)
def test_another_version_is_refused_by_its_name(
    run: Run, odd: OddServer, metadata: Said, sentence: str
) -> None:
    """DSTU2, STU3 and R5 servers are told apart before a single patient is read."""
    odd.answers["metadata"] = metadata
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1")
    assert ended.code == 2
    assert sentence in ended.err
    assert "only R4 and R4B are read" in ended.err
    assert odd.asked == ["metadata"]


def test_r4b_is_read(run: Run, odd: OddServer) -> None:
    """4.3 is R4B, whose resources of ours are those of R4."""
    odd.answers["metadata"] = Said({"resourceType": "CapabilityStatement", "fhirVersion": "4.3.0"})
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1")
    assert ended.code == 0, ended.err
    assert "FHIR R4B (4.3.0)" in ended.out


@pytest.mark.parametrize(
    ("metadata", "sentence"),
    [
        (Said("<html>Hello</html>", media="text/html"), "no FHIR JSON"),
        (Said("{not json"), "no FHIR JSON"),
        (Said({"hello": "world"}), "gives no CapabilityStatement"),
        (Said({"resourceType": "Patient"}), "HTTP 200 with Patient"),
        (Said(status=404), "HTTP 404"),
        (Said(status=503), "HTTP 503"),
        (Said(status=301, location="https://ehr.example.org/fhir"), "sends us elsewhere"),
    ],
)
def test_what_is_no_fhir_server_ends_in_a_sentence(
    run: Run, odd: OddServer, metadata: Said, sentence: str
) -> None:
    """A web page, another API, a redirect: with a hint about the base address."""
    odd.answers["metadata"] = metadata
    ended = run("call", "--fhir-server", odd.base, "--list")
    assert ended.code == 2
    assert sentence in ended.err
    assert odd.asked == ["metadata"]


def test_an_unreachable_server_ends_in_a_sentence(run: Run) -> None:
    """Nobody listens there."""
    ended = run("call", "--fhir-server", f"{NOBODY}/fhir", "--patient", "p1")
    assert ended.code == 2
    assert f"{NOBODY}/fhir cannot be reached (no connection" in ended.err


@pytest.mark.parametrize("keeps", [Said(status=401), Said("x" * (2 * 1024 * 1024 + 1))])
def test_a_server_need_not_introduce_itself(run: Run, odd: OddServer, keeps: Said) -> None:
    """One that keeps its CapabilityStatement, or writes a book of it, is read all the same."""
    odd.answers["metadata"] = keeps
    code, found, _ = queries(run, odd)
    assert code == 0
    assert {one["outcome"] for one in found.values()} == {"complete"}


@pytest.mark.requirement("PREF-15", "PREF-19")
@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Said(status=500), "HTTP 500"),
        (Said("<html></html>", media="text/html"), "no FHIR JSON"),
        (Said({"resourceType": "OperationOutcome"}), "OperationOutcome instead"),
    ],
)
def test_a_query_that_fails_is_told_and_sent_as_a_failure(
    run: Run, odd: OddServer, said: Said, why: str
) -> None:
    """An optional one leaves a gap, a required one a refusal: never an empty answer."""
    odd.answers["DiagnosticReport"] = said
    code, found, _ = queries(run, odd)
    assert code == 0
    assert (found["reports"]["outcome"], found["reports"]["why"]) == (Outcome.FAILED.value, why)
    odd.answers["Condition"] = said
    code, _, answer = queries(run, odd)
    assert code == 1
    assert answer["problem"] == "required data not available: conditions"
    assert "cards" not in answer


@pytest.mark.requirement("PREF-17")
@pytest.mark.parametrize(
    ("following", "why"),
    [
        ("https://elsewhere.example.org/fhir/Condition?page=2", "not below the server's base"),
        ("Condition?patient=p1&page=2", "pages repeat"),
    ],
)
def test_pages_are_followed_at_home_only(
    run: Run, odd: OddServer, monkeypatch: pytest.MonkeyPatch, following: str, why: str
) -> None:
    """A page elsewhere, or the same one for ever, leaves the query partial."""
    monkeypatch.setenv(VARIABLE, TOKEN)
    odd.answers["Condition"] = page("c1", following=following)
    code, found, answer = queries(run, odd)
    assert code == 1
    assert found["conditions"]["outcome"] == "partial"
    assert why in found["conditions"]["why"]
    assert answer["problem"] == "required data not available: conditions"
    assert set(odd.tokens) == {f"Bearer {TOKEN}"}


def test_pages_have_an_end(run: Run, odd: OddServer) -> None:
    """A server that never comes to an end is left after twenty pages."""

    class Endless(dict[str, Said]):
        """A new page at every look."""

        looked = 0

        def get(self, key: str, default: Any = None) -> Any:
            """The next page of Conditions, the usual for everything else."""
            if key != "Condition":
                return super().get(key, default)
            self.looked += 1
            return page(f"c{self.looked}", following=f"{odd.base}/Condition?page={self.looked}")

    odd.answers = Endless(odd.answers)
    _, found, _ = queries(run, odd)
    assert found["conditions"]["pages"] == 20
    assert found["conditions"]["resources"] == 20
    assert found["conditions"]["why"] == "more than 20 pages"


def test_an_answer_is_not_waited_for_for_ever(run: Run, odd: OddServer) -> None:
    """A query that is too slow fails by itself; the others stand."""
    odd.answers["ServiceRequest"] = replace(NOTHING, seconds=4.0)
    code, found, _ = queries(run, odd, "--timeout", "2")
    assert code == 0
    assert (found["orders"]["outcome"], found["orders"]["why"]) == (
        Outcome.FAILED.value,
        "no answer in time",
    )
    assert found["reports"]["outcome"] == "complete"


def test_a_server_that_is_not_searched_across_patients_says_so(run: Run, odd: OddServer) -> None:
    """Many EHRs want a patient in every search: the list is not for them."""
    odd.answers["Condition"] = Said({"resourceType": "OperationOutcome"}, status=400)
    ended = run("call", "--fhir-server", odd.base, "--list")
    assert ended.code == 2
    assert "does not let all patients' Conditions be searched by code (HTTP 400)" in ended.err


def test_nobody_to_list_is_said(run: Run, odd: OddServer) -> None:
    """An empty server: no table, no patient to go on with."""
    ended = run("call", "--fhir-server", odd.base, "--list")
    assert ended.code == 0
    assert "0 patients with a coded leg or back complaint" in ended.out
    assert "Next:" not in ended.out


def test_the_token_goes_to_the_fhir_server_alone(
    run: Run, odd: OddServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on every call there, in nothing printed, and not in what the service gets."""
    monkeypatch.setenv(VARIABLE, TOKEN)
    with odd_server() as cds:
        entry = {
            "id": "s",
            "hook": "patient-view",
            "prefetch": {"who": "Patient/{{context.patientId}}"},
        }
        cds.base = cds.base.removesuffix("/fhir")
        cds.answers["/cds-services"] = Said({"services": [entry]}, media="application/json")
        ended = run("call", "--fhir-server", odd.base, "--patient", "p1", "--cds", cds.base)
    assert odd.asked == ["metadata", "Patient/p1"]
    assert set(odd.tokens) == {f"Bearer {TOKEN}"}
    assert cds.asked == ["/cds-services", "/cds-services/s"]
    assert set(cds.tokens) == {None}
    assert b'"id": "p1"' in cds.bodies[0]
    assert TOKEN.encode() not in cds.bodies[0]
    assert TOKEN not in ended.out + ended.err


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Said(status=401), "give --client-key and --issuer as it knows them"),
        (Said("<html></html>", media="text/html"), "lists no CDS service; check --cds"),
        (
            Said({"services": [{"id": "a", "hook": "order-sign"}]}, media="application/json"),
            "answers to patient-view; offered are: a",
        ),
        (
            Said(
                {"services": [{"id": i, "hook": "patient-view"} for i in ("a", "b")]},
                media="application/json",
            ),
            "choose one with --service: a, b",
        ),
    ],
)
def test_a_service_that_cannot_be_called_ends_in_a_sentence(
    run: Run, odd: OddServer, said: Said, sentence: str
) -> None:
    """Not trusted, no CDS service, none for this hook, or too many."""
    odd.answers["/cds-services"] = said
    base = odd.base.removesuffix("/fhir")
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1", "--cds", base)
    assert ended.code == 2
    assert sentence in ended.err


@pytest.mark.parametrize("answer", [None, {"cards": None}, {"cards": {}}, []])
def test_an_answer_without_cards_is_not_silence(run: Run, odd: OddServer, answer: Any) -> None:
    """A service that does not answer as CDS Hooks says is told from one with nothing to say."""
    entry = {"id": "s", "hook": "patient-view"}
    odd.answers["/cds-services"] = Said({"services": [entry]}, media="application/json")
    odd.answers["/cds-services/s"] = Said(json.dumps(answer), media="application/json")
    base = odd.base.removesuffix("/fhir")
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1", "--cds", base)
    assert ended.code == 1
    assert "Not answered: HTTP 200 without a list of cards" in ended.out


def test_an_unreachable_service_ends_in_a_sentence(run: Run, odd: OddServer) -> None:
    """Nobody listens at --cds."""
    ended = run("call", "--fhir-server", odd.base, "--patient", "p1", "--cds", NOBODY)
    assert ended.code == 2
    assert f"{NOBODY} cannot be reached (no connection); check --cds" in ended.err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--fhir-server", "ehr.example.org", "--list"), "give the base of a FHIR server"),
        (("--fhir-server", "https://me:pw@ehr.example.org/fhir", "--list"), "holds a user"),
        ((), "Give either --patient with an id, or --list"),
        (("--patient", "p1", "--list"), "Give either --patient with an id, or --list"),
        (("--patient", ".."), "--patient must be the id of a Patient"),
        (("--patient", "p 1"), "--patient must be the id of a Patient"),
        (("--patient", "p1", "--hook", "order-sign"), "--hook must be one of patient-view"),
        (("--patient", "p1", "--hook", "encounter-start"), "needs --encounter"),
        (("--patient", "p1", "--condition", "c1"), "go together"),
        (("--patient", "p1", "--user", "me"), "such as Practitioner/123"),
        (("--patient", "p1", "--as-of", "2020-01-01", "--cds", NOBODY), "without --cds only"),
        (("--patient", "p1", "--token-file", "nowhere"), "cannot be read (FileNotFoundError)"),
        (("--patient", "p1", "--cds", "nowhere"), "give the base URL of the service"),
        (("--patient", "p1", "--as-of", "Friday"), "give a date such as"),
    ],
)
def test_options_that_do_not_fit_end_in_a_sentence(
    run: Run, odd: OddServer, options: tuple[str, ...], sentence: str
) -> None:
    """Before anything is asked, where it can be told."""
    given = options if "--fhir-server" in options else ("--fhir-server", odd.base, *options)
    ended = run("call", *given)
    assert ended.code == 2
    assert sentence in ended.err
    assert "Friday" in options or odd.asked == []


def test_a_token_travels_encrypted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http beyond this machine is refused while a token is set."""
    monkeypatch.setenv(VARIABLE, TOKEN)
    ended = run("call", "--fhir-server", "http://ehr.example.org/fhir", "--patient", "p1")
    assert ended.code == 2
    assert "sent over https only" in ended.err
    assert TOKEN not in ended.err


def test_a_token_is_one_line(
    run: Run, odd: OddServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that holds something else is refused, and not repeated."""
    file = tmp_path / "token"
    file.write_text("first\nsecond", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, "ünsendbar")
    for given in (("--token-file", file), ()):
        ended = run("call", "--fhir-server", odd.base, "--patient", "p1", *given)
        assert ended.code == 2
        assert "holds no access token" in ended.err
        assert "second" not in ended.err
    assert odd.asked == []
