"""`legpain-cds call` as a new user meets it, against a FHIR server that somebody else wrote."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.command import Ended, Run
from tests.contract.http_calls import TEMPLATES, Json, gap, story_cards
from tests.contract.independent_server import (
    TOKEN,
    IndependentServer,
    independent_server,
    story_on_server,
)
from tests.contract.served import served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
VARIABLE = "LEGPAIN_FHIR_TOKEN"
WITHOUT_REPORTS = " ".join(
    f"system/{kind}.read"
    for kind in sorted({t.partition("?")[0].partition("/")[0] for t in TEMPLATES.values()})
    if kind != "DiagnosticReport"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndependentServer]:
    """The server with all sample patients; it wants a bearer token."""
    with independent_server(tmp_path_factory.mktemp("fhir-server")) as started:
        yield started


@pytest.fixture
def granted(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """A token that reaches everything, where the command looks for one."""
    assert run is not None
    monkeypatch.setenv(VARIABLE, TOKEN)


def patient_of(name: str) -> str:
    """The id of a story's patient on the server."""
    return str(story_on_server(name)["context"]["patientId"])


def called(run: Run, server: IndependentServer, name: str, *more: object) -> Ended:
    """The command for a story's patient."""
    return run("call", "--fhir-server", server.base, "--patient", patient_of(name), *more)


def document(ended: Ended) -> Json:
    """What `--json` printed."""
    assert ended.code == 0, ended.err
    assert len(ended.lines) == 1
    found: Json = json.loads(ended.lines[0])
    return found


def shown(answer: Json) -> list[tuple[str, str]]:
    """Indicator and id of each card."""
    return [(c["indicator"], c["source"]["topic"]["code"]) for c in answer["cards"]]


@pytest.mark.usefixtures("granted")
def test_the_list_leads_to_a_patient_with_cards(run: Run, server: IndependentServer) -> None:
    """Whoever follows the list: patient, complaint, then the cards of the story."""
    listed = run("call", "--fhir-server", server.base, "--list", "--limit", 100)
    assert listed.code == 0, listed.err
    line = next(one for one in listed.lines if one.startswith(patient_of("dvt-likely") + " "))
    assert "active" in line
    assert "lower leg" in line
    assert f"legpain-cds call --fhir-server {server.base} --patient" in listed.out
    followed = called(run, server, "dvt-likely")
    assert followed.code == 0, followed.err
    assert "CRITICAL · dvt-likely" in followed.out
    assert "draft: Order proximal leg vein ultrasound" in followed.out


@pytest.mark.usefixtures("granted")
def test_the_list_holds_complaints_and_nobody_else(run: Run, server: IndependentServer) -> None:
    """A chart without a leg or a back in it is left out, and each patient is listed once."""
    found = document(run("call", "--fhir-server", server.base, "--list", "--limit", 99, "--json"))
    patients = [one["patient"] for one in found["patients"]]
    assert found["complete"] is True
    assert len(set(patients)) == len(patients) == found["found"]
    assert {patient_of("sij-examine"), patient_of("resolved-sciatica")} <= set(patients)
    assert patient_of("unrelated-chart") not in patients


@pytest.mark.usefixtures("granted")
def test_the_prefetch_is_the_one_of_the_discovery_document(
    run: Run, server: IndependentServer
) -> None:
    """Every template with its token filled in, each with outcome, number and time."""
    answer = document(called(run, server, "dvt-likely", "--json"))
    patient = patient_of("dvt-likely")
    assert {one["key"]: one["query"] for one in answer["queries"]} == {
        key: template.replace("{{context.patientId}}", patient)
        for key, template in TEMPLATES.items()
    }
    assert {one["outcome"] for one in answer["queries"]} == {"complete"}
    assert all(one["milliseconds"] > 0 for one in answer["queries"])
    pages = {one["key"]: one["pages"] for one in answer["queries"]}
    assert pages["conditions"] == 2  # the server puts twenty on a page
    assert shown(answer) == story_cards("dvt-likely")
    assert answer["fhirVersion"] == "4.0.1"


@pytest.mark.usefixtures("granted")
def test_each_step_is_shown_with_its_time(run: Run, server: IndependentServer) -> None:
    """Server, queries and service, before the cards."""
    ended = called(run, server, "dvt-likely")
    assert re.search(r"FHIR server \S+ .*FHIR R4 \(4\.0\.1\) \d+ ms", ended.out)
    assert re.search(r"Prefetch 11 of 11 queries complete, all at once \d+ ms", ended.out)
    assert re.search(r"conditions complete \d+ \d+ ms Condition, 2 pages", ended.out)
    assert re.search(
        r"Service leg-pain \(patient-view\) in this process, as of .* \d+ ms", ended.out
    )


@pytest.mark.usefixtures("granted")
def test_silence_is_explained(run: Run, server: IndependentServer) -> None:
    """No cards: which complaint was seen, and why it did not count."""
    ended = called(run, server, "resolved-sciatica")
    assert ended.code == 0
    assert "No cards." in ended.out
    assert "resolved or inactive, history only" in ended.out


@pytest.mark.usefixtures("granted")
def test_a_patient_who_looks_gets_no_cards(run: Run, server: IndependentServer) -> None:
    """Cards are for clinicians; that is said, and is not silence."""
    ended = called(run, server, "dvt-likely", "--user", "Patient/p1")
    assert ended.code == 1
    assert "Not answered: the user is a patient or relative: no cards" in ended.out


@pytest.mark.usefixtures("granted")
def test_why_explains_beside_cards(run: Run, server: IndependentServer) -> None:
    """With cards the reasons come when asked for."""
    assert "Why not more:" not in called(run, server, "dvt-before-sij").out
    assert "withheld by dvt-" in called(run, server, "dvt-before-sij", "--why").out


@pytest.mark.usefixtures("granted")
@pytest.mark.parametrize("as_of", ["2019-05-01", "last-encounter"])
def test_a_chart_is_seen_as_of_another_day(run: Run, server: IndependentServer, as_of: str) -> None:
    """Before the complaint there is silence; at the last encounter the story's cards."""
    answer = document(called(run, server, "dvt-likely", "--as-of", as_of, "--json"))
    early = as_of != "last-encounter"
    assert answer["as_of"].startswith("2019-05-01T23:59:59") is early
    assert shown(answer) == ([] if early else story_cards("dvt-likely"))


@pytest.mark.requirement("AUTH-10", "PREF-12")
def test_what_the_token_does_not_reach_is_a_named_gap(
    run: Run, server: IndependentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403 on one type: said beside the query and on the card, the cards of the rest."""
    monkeypatch.setenv(VARIABLE, server.token_for(WITHOUT_REPORTS))
    ended = called(run, server, "dvt-likely")
    assert ended.code == 0, ended.err
    assert "10 of 11 queries complete" in ended.out
    assert re.search(r"reports withheld \d+ ms DiagnosticReport\S+ HTTP 403", ended.out)
    assert "CRITICAL · dvt-likely" in ended.out
    assert gap("reports", "unread") in ended.out


@pytest.mark.requirement("PREF-19", "AUTH-10")
def test_a_required_type_out_of_reach_is_a_refusal(
    run: Run, server: IndependentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403 on the conditions: never `No cards` as if there were nothing."""
    monkeypatch.setenv(VARIABLE, server.token_for("system/Patient.read"))
    ended = called(run, server, "sij-examine")
    assert ended.code == 1
    assert "Not answered: required data not available: conditions" in ended.out


def test_a_token_comes_from_a_file(
    run: Run, server: IndependentServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file wins over the variable, and a line break at its end does no harm."""
    monkeypatch.setenv(VARIABLE, "stale")
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n", encoding="utf-8")
    answer = document(called(run, server, "sij-examine", "--token-file", file, "--json"))
    assert shown(answer) == story_cards("sij-examine")
    assert TOKEN not in json.dumps(answer)


@pytest.mark.parametrize(
    "refusal",
    [
        ("", "wants an access token (HTTP 401); set LEGPAIN_FHIR_TOKEN, or give --token-file"),
        ("wrong", "does not accept the access token (HTTP 401); get a fresh one"),
    ],
)
@pytest.mark.parametrize("wanted", [("--list",), ("--patient", "p1")])
def test_a_server_that_refuses_us_says_how_to_go_on(
    run: Run,
    server: IndependentServer,
    monkeypatch: pytest.MonkeyPatch,
    refusal: tuple[str, str],
    wanted: tuple[str, ...],
) -> None:
    """401 without a token and with a wrong one are two different mistakes."""
    token, sentence = refusal
    monkeypatch.setenv(VARIABLE, token)
    ended = run("call", "--fhir-server", server.base, *wanted)
    assert ended.code == 2
    assert sentence in ended.err


@pytest.mark.usefixtures("granted")
def test_a_patient_that_nobody_knows_is_a_sentence(run: Run, server: IndependentServer) -> None:
    """404 on the patient: there is no chart to open."""
    ended = run("call", "--fhir-server", server.base, "--patient", "nobody")
    assert ended.code == 2
    assert "knows no Patient/nobody; --list finds patients" in ended.err


def test_a_patient_out_of_reach_is_a_sentence(
    run: Run, server: IndependentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """403 on the patient: the token does not reach this chart."""
    monkeypatch.setenv(VARIABLE, server.token_for("system/Condition.read"))
    ended = run("call", "--fhir-server", server.base, "--patient", "p1")
    assert ended.code == 2
    assert "does not let us read Patient/p1 (HTTP 403)" in ended.err


@pytest.mark.usefixtures("granted")
def test_an_encounter_that_begins_names_the_complaint(run: Run, server: IndependentServer) -> None:
    """encounter-start reads the encounter as well; an unknown one is a sentence."""
    encounter = next(
        entry["resource"]["id"]
        for entry in story_on_server("dvt-likely")["prefetch"]["encounters"]["entry"]
    )
    hook = ("--hook", "encounter-start", "--encounter")
    answer = document(called(run, server, "dvt-likely", *hook, encounter, "--json"))
    assert answer["service"] == "leg-pain-encounter"
    queries = {one["key"]: one["query"] for one in answer["queries"]}
    assert queries["encounter"] == f"Encounter/{encounter}"
    assert shown(answer) == story_cards("dvt-likely")
    unknown = called(run, server, "dvt-likely", *hook, "e404")
    assert unknown.code == 2
    assert "knows no Encounter/e404" in unknown.err


@pytest.mark.usefixtures("granted")
def test_a_problem_just_added_is_what_the_answer_is_about(
    run: Run, server: IndependentServer
) -> None:
    """The Condition is read from the server into the context; what it does not open is silent."""
    entries = story_on_server("dvt-likely")["prefetch"]["conditions"]["entry"]
    ids = [entry["resource"]["id"] for entry in entries]
    hook = ("--hook", "problem-list-item-create", "--condition")
    settled = next(identifier for identifier in ids if "settled" in identifier)
    answer = document(called(run, server, "dvt-likely", *hook, settled, "--json"))
    assert answer["service"] == "leg-pain-problem"
    assert shown(answer) == []
    everything = [part for identifier in ids for part in ("--condition", identifier)]
    answer = document(called(run, server, "dvt-likely", *hook[:2], *everything, "--json"))
    assert shown(answer) == story_cards("dvt-likely")
    unknown = called(run, server, "dvt-likely", *hook, "c404")
    assert unknown.code == 2
    assert "does not give Condition/c404 (HTTP 404)" in unknown.err


@pytest.mark.requirement("PREF-11")
@pytest.mark.usefixtures("granted")
def test_a_service_on_the_wire_gives_the_same_cards(run: Run, server: IndependentServer) -> None:
    """`--cds` over a real socket: its discovery document, its cards, its reasons."""
    app = create_app(Settings(profile="demo", explain=True, database_url="sqlite://"))
    with served(app) as base:
        wire = document(called(run, server, "dvt-before-sij", "--cds", base, "--json"))
        seen = called(run, server, "dvt-before-sij", "--cds", base, "--why")
        silent = called(run, server, "resolved-sciatica", "--cds", base)
    here = document(called(run, server, "dvt-before-sij", "--json"))
    assert [without_uuids(card) for card in wire["cards"]] == [
        without_uuids(card) for card in here["cards"]
    ]
    assert wire["queries"][0]["query"] == here["queries"][0]["query"]
    assert f"leg-pain (patient-view) at {base}" in seen.out
    assert "withheld by dvt-" in seen.out
    assert "No cards." in silent.out
    assert "gate: gate-silent" in silent.out


@pytest.mark.requirement("PREF-19", "AUTH-10")
def test_a_refusal_on_the_wire_is_told(
    run: Run, server: IndependentServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """412 of a service at an address, with its own sentence; not silence."""
    monkeypatch.setenv(VARIABLE, server.token_for("system/Patient.read"))
    app = create_app(Settings(profile="demo", database_url="sqlite://"))
    with served(app) as base:
        ended = called(run, server, "sij-examine", "--cds", base)
    assert ended.code == 1
    assert "Not answered: HTTP 412 with an OperationOutcome: " in ended.out
    assert "conditions" in ended.out.partition("OperationOutcome: ")[2]


def without_uuids(card: Json) -> str:
    """The card without what is new at every showing."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", json.dumps(card))
