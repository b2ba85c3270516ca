"""Whole synthetic records through the command line: no card that the record does not justify."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from cds_service.cli import cli

PATIENTS = Path(__file__).parents[2] / "fixtures" / "patients"
EXPECTED = json.loads((PATIENTS / "expected.json").read_text(encoding="utf-8"))
BUNDLES = sorted(path.relative_to(PATIENTS).as_posix() for path in PATIENTS.glob("*/*.json"))
Json = dict[str, Any]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def visit(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Which record is looked at, and from which day."""
    return entry["file"], entry["as_of"]


@pytest.fixture(scope="module")
def answers() -> Iterator[dict[tuple[str, str], Json]]:
    """What `legpain-cds assess` says of each record on each day, one run per day."""
    before = structlog.get_config()
    found: dict[tuple[str, str], Json] = {}
    for day in sorted({entry["as_of"] for entry in EXPECTED}):
        files = [entry["file"] for entry in EXPECTED if entry["as_of"] == day]
        paths = [str(PATIENTS / file) for file in files]
        result = CliRunner().invoke(cli, ["assess", *paths, "--as-of", day, "--json"])
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        assert len(lines) == len(files)
        found |= {(file, day): json.loads(line) for file, line in zip(files, lines, strict=True)}
    structlog.configure(**before)
    yield found
    found.clear()


@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: "@".join(visit(entry)))
def test_the_record_gets_the_cards_it_justifies(
    answers: dict[tuple[str, str], Json], entry: Json
) -> None:
    """The cards are those derived from reading the record, for the reason given there."""
    answer = answers[visit(entry)]
    assert answer["file"] == str(PATIENTS / entry["file"])
    given = [(card["indicator"], card["source"]["topic"]["code"]) for card in answer["cards"]]
    assert given == [(card["indicator"], card["card"]) for card in entry["cards"]]
    states = {assessment["state"] for assessment in answer["explain"]["assessments"]}
    assert states >= set(entry["states"])


def test_every_record_is_read_at_its_last_encounter() -> None:
    """No bundle lies among the fixtures without an expectation for its last encounter."""
    read = sorted(entry["file"] for entry in EXPECTED if entry["as_of"] == "last-encounter")
    assert read == BUNDLES
    assert len(BUNDLES) == 12


def test_nothing_of_a_record_is_unreadable(answers: dict[tuple[str, str], Json]) -> None:
    """Real-shaped records are read without skipping a single entry."""
    for answer in answers.values():
        gaps = answer["explain"].get("gaps", [])
        assert [gap for gap in gaps if gap.get("entries") == "skipped"] == []
        assert [gap for gap in gaps if "query" in gap] == []


@pytest.mark.parametrize("entry", EXPECTED, ids=lambda entry: "@".join(visit(entry)))
def test_the_day_asked_for_is_the_day_read(
    answers: dict[tuple[str, str], Json], entry: Json
) -> None:
    """`as_of` is the end of the day named, or of the last encounter in the file."""
    told = str(answers[visit(entry)]["as_of"])
    if entry["as_of"] != "last-encounter":
        assert told.startswith(f"{entry['as_of']}T23:59:59")
        return
    bundle = json.loads((PATIENTS / entry["file"]).read_text(encoding="utf-8"))
    periods = (
        entry["resource"]["period"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] == "Encounter"
    )
    ends = [period.get("end") or period["start"] for period in periods]
    assert told == max(ends)
