"""The command line: assess, serve and demo end in cards or in sentences, never in tracebacks."""

import json
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from cds_service import __version__
from cds_service.content.load import content_folder
from cds_service.ehr.stories import stories_folder
from cds_service.settings import Settings, check_bind
from tests.contract.command import Run
from tests.security.callers import CARD_KEY, write_site
from tests.spec.fhir_json import Json, concept, condition, observation, own, resource

STORIES = stories_folder()
AS_OF = "2026-11-20"


def bundle(*resources: Json) -> Json:
    """A whole record of one woman."""
    person = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1966-04-17"}
    who = {"subject": {"reference": "Patient/p1"}}
    numbered = [who | {"id": f"r{n}"} | found for n, found in enumerate(resources)]
    entries = [{"resource": found} for found in (person, *numbered)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def calf(when: str = AS_OF, **more: Any) -> Json:
    """Calf pain, recorded as a problem."""
    return condition(concept(own("calf_pain")), recordedDate=when, **more)


@pytest.fixture
def saved(tmp_path: Path) -> Callable[[object], Path]:
    """Write a JSON file."""

    def save(content: object, name: str = "record.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return save


Save = Callable[..., Path]


def test_a_hook_request_is_assessed_on_its_own_day(run: Run) -> None:
    """A story states its day beside it; the card, its indicator and its drafts are shown."""
    ended = run("assess", STORIES / "dvt-likely" / "request.json")
    assert ended.code == 0
    assert "CRITICAL · dvt-likely" in ended.out
    assert "10 Mar 2026" in ended.out
    assert "draft: Order proximal leg vein ultrasound" in ended.out


def test_a_bundle_is_assessed_as_a_whole_record(run: Run, saved: Save) -> None:
    """A patient exported as a Bundle gets the cards of the same chart."""
    ended = run("assess", saved(bundle(calf())), "--as-of", AS_OF)
    assert ended.code == 0
    assert "dvt-undetermined" in ended.out


def test_a_folder_is_assessed_file_by_file(run: Run, tmp_path: Path) -> None:
    """Every request and Bundle below it, each with its own answer."""
    for name in ("dvt-likely", "sij-examine", "unrelated-chart"):
        shutil.copytree(STORIES / name, tmp_path / "charts" / name)
    ended = run("assess", tmp_path / "charts", "--json")
    answers = [json.loads(line) for line in ended.lines]
    assert ended.code == 0
    assert [Path(answer["file"]).parent.name for answer in answers] == [
        "dvt-likely",
        "sij-examine",
        "unrelated-chart",
    ]
    cards = [[card["source"]["topic"]["code"] for card in answer["cards"]] for answer in answers]
    expected = [
        [
            card["card"]
            for card in json.loads((STORIES / name / "expected.json").read_text())["cards"]
        ]
        for name in ("dvt-likely", "sij-examine", "unrelated-chart")
    ]
    assert cards == expected


def test_json_carries_cards_day_and_explanation(run: Run, saved: Save) -> None:
    """One document per patient: the cards as on the wire, and why."""
    ended = run("assess", saved(bundle(calf())), "--json", "--as-of", AS_OF)
    (answer,) = (json.loads(line) for line in ended.lines)
    assert answer["as_of"].startswith(AS_OF)
    assert {card["source"]["topic"]["code"] for card in answer["cards"]} == {"dvt-undetermined"}
    assert {entry["topic"] for entry in answer["explain"]["assessments"]} >= {"gate", "dvt"}


def test_why_tells_what_was_withheld(run: Run, saved: Save) -> None:
    """With `--why` a chart that has cards explains what it does not show."""
    buttock = condition(concept(own("buttock_pain")), recordedDate=AS_OF)
    swelling = condition(concept(own("calf_swelling")), recordedDate=AS_OF)
    path = saved(bundle(buttock, swelling))
    plain = run("assess", path, "--as-of", AS_OF)
    explained = run("assess", path, "--as-of", AS_OF, "--why")
    assert "Why not more" not in plain.out
    assert "sij: sij-examine" in explained.out
    assert "withheld by dvt-undetermined" in explained.out
    assert "buttock pain: counts" in explained.out


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        pytest.param(calf("2026-01-05"), "outside its window as of 20 Nov 2026", id="old"),
        pytest.param(calf(clinical="resolved"), "history only", id="resolved"),
        pytest.param(calf(verification="refuted"), "recorded absent", id="refuted"),
        pytest.param(
            observation("exam", concept(own("calf_pain")), effectiveDateTime=AS_OF),
            "no readable value",
            id="mentioned without value",
        ),
        pytest.param(
            condition(concept(text="Swollen left leg"), recordedDate=AS_OF),
            "free text is never read",
            id="in words only",
        ),
    ],
)
def test_silence_is_always_explained(run: Run, saved: Save, entry: Json, reason: str) -> None:
    """Without a card the command says which complaint was seen and why it did not count."""
    ended = run("assess", saved(bundle(entry)), "--as-of", AS_OF)
    assert ended.code == 0
    assert "No cards." in ended.out
    assert "Why not more:" in ended.out
    assert "gate: gate-silent" in ended.out
    assert reason in ended.out


def test_a_recent_entry_is_not_called_old(run: Run, saved: Save) -> None:
    """What a newer answer contradicts is in its window, and the explanation says so."""
    asked = concept(own("calf_pain"))
    yesterday = observation("exam", asked, effectiveDateTime="2026-11-19", valueBoolean=True)
    today = observation("exam", asked, effectiveDateTime=AS_OF, valueBoolean=False)
    ended = run("assess", saved(bundle(yesterday, today)), "--as-of", AS_OF)
    assert "another entry decides" in ended.out
    assert "outside its window" not in ended.out


def test_an_empty_record_is_explained_too(run: Run, saved: Save) -> None:
    """Even with nothing on record the gate says why nothing is shown."""
    ended = run("assess", saved(bundle()), "--as-of", AS_OF)
    assert "gate: gate-silent" in ended.out


@pytest.mark.parametrize(
    ("as_of", "cards"),
    [
        pytest.param(AS_OF, True, id="a date"),
        pytest.param("2026-11-20T12:00:00Z", True, id="an instant"),
        pytest.param("last-encounter", True, id="the last encounter"),
        pytest.param("2020-01-01", False, id="before anything was recorded"),
        pytest.param("2030-01-01", False, id="long after"),
    ],
)
def test_the_day_of_the_assessment_decides(
    run: Run, saved: Save, as_of: str, *, cards: bool
) -> None:
    """The same record shows cards on the day of its complaint only."""
    visit = resource("Encounter", status="finished", period={"start": AS_OF, "end": AS_OF})
    ended = run("assess", saved(bundle(calf(), visit)), "--json", "--as-of", as_of)
    (answer,) = (json.loads(line) for line in ended.lines)
    assert bool(answer["cards"]) is cards


@pytest.mark.parametrize(
    ("as_of", "sentence"),
    [
        ("soon", "give a date such as"),
        ("2026-02-30", "there is no such day"),
        ("last-encounter", "the record holds no dated Encounter"),
    ],
)
def test_a_day_that_cannot_be_told_is_refused(
    run: Run, saved: Save, as_of: str, sentence: str
) -> None:
    """A sentence and exit code 1."""
    ended = run("assess", saved(bundle(calf())), "--as-of", as_of)
    assert ended.code == 1
    assert sentence in ended.out


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(b"{", "not valid JSON", id="broken"),
        pytest.param(b"", "not valid JSON", id="empty"),
        pytest.param(b"\x80\x81", "not valid JSON", id="binary"),
        pytest.param(b"[]", "neither a CDS Hooks request nor a FHIR Bundle", id="a list"),
        pytest.param(b'{"hook":1}', "not a valid CDS Hooks request", id="a broken request"),
        pytest.param(b'{"resourceType":"Bundle"}', "holds no Patient", id="no patient"),
        pytest.param(b"[" * 100_000, "not valid JSON", id="a bomb of brackets"),
        pytest.param(
            b'{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"",'
            b'"birthDate":7}}]}',
            "",
            id="a patient that is none",
        ),
    ],
)
def test_an_unreadable_file_is_a_sentence(
    run: Run, tmp_path: Path, content: bytes, sentence: str
) -> None:
    """The file is named, the exit code is 1, and nothing is traced back."""
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    ended = run("assess", path)
    assert ended.code == 1
    assert sentence in ended.out
    assert "odd.json" in ended.out


def test_one_unreadable_file_does_not_stop_the_others(run: Run, saved: Save) -> None:
    """The rest is assessed; the exit code tells that something was refused."""
    good, bad = saved(bundle(calf()), "b.json"), saved([], "a.json")
    ended = run("assess", bad, good, "--as-of", AS_OF)
    assert ended.code == 1
    assert "neither a CDS Hooks request" in ended.out
    assert "dvt-undetermined" in ended.out


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"prefetch": {}}, "required data not available: patient", id="412"),
        pytest.param(
            {"prefetch": {"patient": {"resourceType": "Patient", "id": "p2"}}},
            "prefetch.patient does not belong to the patient of the context",
            id="another patient",
        ),
        pytest.param(
            {"context": {"userId": "Patient/p1", "patientId": "p1"}},
            "the user is a patient or relative",
            id="lay reader",
        ),
    ],
)
def test_a_refused_request_is_a_sentence(
    run: Run, saved: Save, change: dict[str, Any], sentence: str
) -> None:
    """What HTTP would refuse is said in words."""
    request = {
        "hook": "patient-view",
        "hookInstance": "9d2f5a8e-5f2c-4b1e-9b62-2f0a5f5c8f11",
        "context": {"userId": "Practitioner/1", "patientId": "p1"},
    }
    ended = run("assess", saved(request | change))
    assert ended.code == 1
    assert sentence in ended.out


def test_a_file_that_does_not_exist_is_refused(run: Run) -> None:
    """Before anything is loaded."""
    ended = run("assess", "nowhere.json")
    assert ended.code == 2
    assert "nowhere.json" in ended.err


def test_the_version_is_told(run: Run) -> None:
    """`--version` says the version and nothing else."""
    assert run("--version").out == f"legpain-cds {__version__}"


def test_without_a_command_help_is_shown(run: Run) -> None:
    """The three commands are named."""
    shown = run()
    assert all(word in shown.out + shown.err for word in ("demo", "serve", "assess"))


@pytest.mark.requirement("SEC-1")
def test_production_refuses_to_serve_without_trust(run: Run) -> None:
    """One sentence that names the file, and the way to try the service."""
    ended = run("serve", "--host", "127.0.0.1")
    assert ended.code == 2
    assert ended.out == ""
    assert "LEGPAIN_PROFILE=production" in ended.err
    assert "trust.toml" in ended.err
    assert "LEGPAIN_PROFILE=demo" in ended.err


@pytest.mark.parametrize("profile", ["production", "demo"])
def test_serving_tells_who_is_trusted(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: str
) -> None:
    """The line that is printed at the start names the tenants."""
    monkeypatch.setenv("LEGPAIN_PROFILE", profile)
    monkeypatch.setenv("LEGPAIN_SITE", str(write_site(tmp_path / "site")))
    monkeypatch.setenv("LEGPAIN_PUBLIC_URL", "https://cds.example.org")
    monkeypatch.setenv("LEGPAIN_CARD_KEY", CARD_KEY)
    monkeypatch.setattr("uvicorn.run", stopped_at_once)
    ended = run("serve")
    assert ended.code == 0
    assert "general, other" in ended.err
    assert ("without a token are served" in ended.err) == (profile == "demo")


@pytest.mark.parametrize(
    ("key", "slip"), [(None, "not set"), ("", "not set"), ("k" * 31, "too short")]
)
def test_production_refuses_to_serve_without_a_key_to_keep(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str | None, slip: str
) -> None:
    """Else no process would recognize the cards of another; the key itself is not repeated."""
    monkeypatch.setenv("LEGPAIN_SITE", str(write_site(tmp_path / "site")))
    monkeypatch.setenv("LEGPAIN_PUBLIC_URL", "https://cds.example.org")
    if key is not None:
        monkeypatch.setenv("LEGPAIN_CARD_KEY", key)
    ended = run("serve")
    assert ended.code == 2
    assert "LEGPAIN_CARD_KEY" in ended.err
    assert slip in ended.err
    assert "openssl rand -hex 32" in ended.err
    assert "kkk" not in ended.err


def stopped_at_once(*_args: object, **_named: object) -> None:
    """In place of a server that runs until it is stopped."""
    sys.exit(0)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org", ""])  # noqa: S104 - refused
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_the_demo_profile_refuses_other_addresses(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str, host: str
) -> None:
    """Nobody but this machine is served without a token; the switch is named."""
    monkeypatch.setenv("LEGPAIN_PROFILE", "demo")
    ended = run(command, "--host", host)
    assert ended.code == 2
    assert "LEGPAIN_DEMO_ON_ANY_ADDRESS" in ended.err


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.8.8.8"])
def test_the_demo_profile_serves_this_machine(host: str) -> None:
    """Loopback addresses need no switch."""
    check_bind(Settings(profile="demo"), host)


def test_the_switch_lets_the_demo_serve_any_address() -> None:
    """An explicit, named decision."""
    check_bind(Settings(profile="demo", demo_on_any_address=True), "0.0.0.0")  # noqa: S104 - the point


@pytest.mark.parametrize(
    ("name", "value"),
    [("PROFILE", "prod"), ("EXPLAIN", "perhaps"), ("GUIDELINES", "who"), ("MAX_BODY_BYTES", "-1")],
)
def test_a_wrong_setting_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """The variable at fault stands in the sentence; its value does not."""
    monkeypatch.setenv(f"LEGPAIN_{name}", value)
    ended = run("serve")
    assert ended.code == 2
    assert f"LEGPAIN_{name}" in ended.err


def test_a_database_that_cannot_be_opened_is_a_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is named, not the driver."""
    monkeypatch.setenv("LEGPAIN_PROFILE", "demo")
    monkeypatch.setenv("LEGPAIN_DATABASE_URL", "postgresql://somewhere/else")
    ended = run("serve")
    assert ended.code == 2
    assert "LEGPAIN_DATABASE_URL" in ended.err


@pytest.fixture
def port() -> int:
    """A port that is free now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def demo(port: int, folder: Path) -> "subprocess.CompletedProcess[str]":
    """The demo in a process of its own, in an empty folder and without settings."""
    program = "from cds_service.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, "demo", "--once", "--port", str(port)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env={"PATH": "", "COLUMNS": "200", "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def test_the_demo_shows_every_sample_patient_through_http(port: int, tmp_path: Path) -> None:
    """A fresh process serves, asks itself, shows cards and ends without a trace of failure."""
    ended = demo(port, tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    names = {folder.name for folder in STORIES.iterdir() if folder.is_dir()}
    listed = {line.split()[0]: line for line in ended.stdout.splitlines() if line.split()}
    assert names <= set(listed)
    assert "critical dvt-likely" in listed["dvt-likely"]
    assert "silent" in listed["unrelated-chart"]
    assert f"http://127.0.0.1:{port}/cds-services" in ended.stdout


def test_serve_says_where_and_that_nobody_is_authenticated(port: int, tmp_path: Path) -> None:
    """The announced address answers discovery; the process ends when asked to."""
    program = "from cds_service.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "serve", "--port", str(port)],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "LEGPAIN_PROFILE": "demo"},
    ) as server:
        try:
            assert server.stderr is not None
            said = server.stderr.readline()
            assert f"http://127.0.0.1:{port}/cds-services " in said
            assert "no caller is authenticated" in said
            transport = httpx.HTTPTransport(retries=7)  # it listens a moment after it speaks
            with httpx.Client(transport=transport) as client:
                found = client.get(f"http://127.0.0.1:{port}/cds-services")
            assert found.json()["services"][0]["id"] == "leg-pain"
        finally:
            server.terminate()


def test_a_taken_port_is_a_sentence(tmp_path: Path) -> None:
    """The demo says which port cannot be served and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        ended = demo(port, tmp_path)
    assert ended.returncode == 2
    assert f"Port {port} cannot be served" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_content_check_counts_what_it_found_sound(run: Run) -> None:
    """The content in use is consistent, and the command says how much of it there is."""
    ended = run("content", "check")
    assert ended.code == 0
    assert "is consistent" in ended.out


def test_content_check_names_file_key_and_remedy(run: Run, tmp_path: Path) -> None:
    """A slip in a copy of the content is told in a sentence, with exit status 2."""
    folder = tmp_path / "cards"
    shutil.copytree(content_folder(), folder)
    triage = folder / "_common" / "triage.toml"
    triage.write_text(triage.read_text().replace('"dvt-likely", ', ""))
    ended = run("content", "check", folder)
    assert ended.code == 2
    assert "_common/triage.toml: line " in ended.err
    assert ": order.urgent: card dvt-likely has no place; add it" in ended.err


def test_content_check_counts_the_codes_of_a_site(run: Run) -> None:
    """The example site is sound, and the command says how many codes it translates."""
    ended = run("content", "check", "--site", content_folder() / "_codes" / "example-site")
    assert ended.code == 0
    assert re.search(r"Site [0-9a-f]{12}: \d+ local codes", ended.out)


def test_a_broken_site_is_told_in_sentences(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All slips at once, exit status 2, also when only files are assessed."""
    maps = tmp_path / "site" / "concept-maps"
    maps.mkdir(parents=True)
    (maps / "a.json").write_text("{")
    (maps / "b.json").write_text('{"resourceType": "ValueSet"}')
    monkeypatch.setenv("LEGPAIN_SITE", str(maps.parent))
    for ended in (
        run("content", "check", "--site", maps.parent),
        run("assess", STORIES / "sij-examine" / "request.json"),
    ):
        assert ended.code == 2
        assert "concept-maps/a.json: not a FHIR ConceptMap in JSON" in ended.err
        assert "concept-maps/b.json: resourceType is ValueSet" in ended.err


def test_the_questionnaire_is_built_and_checked(run: Run, tmp_path: Path) -> None:
    """An outdated file is told with exit status 2; building it again mends it."""
    folder = tmp_path / "cards"
    shutil.copytree(content_folder(), folder)
    form = folder / "_codes" / "questionnaire.json"
    assert run("content", "questionnaire", folder, "--check").code == 0
    form.write_text("{}", encoding="utf-8")
    ended = run("content", "questionnaire", folder, "--check")
    assert ended.code == 2
    assert "out of date; run legpain-cds content questionnaire" in ended.err
    assert run("content", "questionnaire", folder).code == 0
    assert run("content", "questionnaire", folder, "--check").code == 0


def test_content_check_reads_who_may_call(run: Run, tmp_path: Path) -> None:
    """A site's trust.toml is checked before production would refuse to start on it."""
    example = Path(__file__).parents[2] / "deploy" / "production" / "site"
    assert "1 tenants" in run("content", "check", "--site", example).out
    (tmp_path / "trust.toml").write_text('[[tenant]]\nid = "north"\n', encoding="utf-8")
    ended = run("content", "check", "--site", tmp_path)
    assert ended.code == 2
    assert "trust.toml: tenant 1, issuer: this key is required" in ended.err
