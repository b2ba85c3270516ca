"""The threat model and the hazard log leave nothing out, and lean on tests that exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.named_tests import exists, named_tests

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
LOG = (ROOT / "docs" / "safety" / "hazard-log.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
RISKS = {f"R{number}" for number in range(1, 18)}
PROMISES = {f"P{number}" for number in range(1, 17)}
ROW = re.compile(r"^\| ([RTP]\d+) \| (.+) \|$", re.MULTILINE)
TARGET = re.compile(r"`make ([a-z]+)`")
HAZARD = re.compile(r"^### (H\d+) · .+\n\n((?:.+\n)+)", re.MULTILINE)
FIELD = re.compile(r"^- \*\*(\w+):\*\* (.+(?:\n  .+)*)", re.MULTILINE)
FIELDS = ["Cause", "Harm", "Before", "Control", "Test", "After", "Left"]
RATING = re.compile(r"severity ([1-5]) × likelihood ([1-5]) = (\d+)")
NOT_YET = "not yet"


def rows() -> list[tuple[str, str]]:
    """Id and text of every row of the threat model."""
    return ROW.findall(MODEL)


def hazards() -> dict[str, dict[str, str]]:
    """The fields of every hazard."""
    return {name: dict(FIELD.findall(text)) for name, text in HAZARD.findall(LOG)}


def ratings(fields: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Severity and likelihood before and after the controls."""
    for name in ("Before", "After"):
        rated = RATING.fullmatch(fields[name])
        assert rated, fields[name]
        severity, likelihood, product = map(int, rated.groups())
        assert severity * likelihood == product, fields[name]
        yield severity, likelihood


def test_every_risk_threat_and_promise_has_one_row() -> None:
    """All of the assessment, all threats, all promises: none left out, none told twice."""
    ids = [name for name, _ in rows()]
    assert len(ids) == len(set(ids))
    threats = {name for name in ids if name.startswith("T")}
    assert threats == {f"T{number}" for number in range(1, len(threats) + 1)}
    assert len(threats) >= 25
    assert set(ids) - threats == RISKS | PROMISES


@pytest.mark.parametrize(("name", "text"), rows())
def test_every_row_is_proved_or_says_that_it_is_not(name: str, text: str) -> None:
    """A test or a command that measures, or the plain words `not yet`."""
    tests = list(named_tests(text))
    assert all(test for _, test in tests), f"{name} names a whole file"
    assert tests or TARGET.search(text) or NOT_YET in text


@pytest.mark.parametrize("text", [MODEL, LOG], ids=["threat model", "hazard log"])
def test_every_named_proof_exists(text: str) -> None:
    """A renamed test or command takes its row with it."""
    assert [place for place in named_tests(text) if not exists(*place)] == []
    assert [goal for goal in TARGET.findall(text) if f"\n{goal}:" not in MAKEFILE] == []


def test_the_log_counts_its_hazards() -> None:
    """Numbered without a gap, and no heading that the rules below do not read."""
    assert list(hazards()) == [f"H{number}" for number in range(1, len(hazards()) + 1)]
    assert len(hazards()) == LOG.count("\n### ") >= 16


@pytest.mark.parametrize("name", hazards())
def test_every_hazard_is_complete(name: str) -> None:
    """Cause, harm, control, what is left, and at least one test that exists."""
    fields = hazards()[name]
    assert list(fields) == FIELDS
    tests = list(named_tests(fields["Test"]))
    assert tests
    assert all(test and exists(file, test) for file, test in tests)


@pytest.mark.parametrize("name", hazards())
def test_every_rating_adds_up(name: str) -> None:
    """A control may make a harm rarer; it does not make it milder, nor more likely."""
    (severity, likelihood), (still, left) = ratings(hazards()[name])
    assert still == severity
    assert left <= likelihood
