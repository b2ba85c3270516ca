"""`make audit` and `make sbom`: honest where no service answers, and no part of a test run."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.audit.verdict import SOUND, UNASKED, WEAK, judged

ROOT = Path(__file__).parents[2]


def package(name: str, *weaknesses: str, fixed: tuple[str, ...] = ()) -> dict[str, Any]:
    """A package as pip-audit reports it."""
    vulns = [{"id": each, "fix_versions": list(fixed), "aliases": []} for each in weaknesses]
    return {"name": name, "version": "1.0", "vulns": vulns}


def skipped(name: str) -> dict[str, Any]:
    """A package of which the service knows nothing."""
    return {"name": name, "skip_reason": "not found"}


def report(*packages: dict[str, Any]) -> dict[str, Any]:
    """A report of pip-audit."""
    return {"dependencies": list(packages), "fixes": []}


def test_a_sound_lock_is_sound() -> None:
    """Every package was asked about, nothing is known of any."""
    status, lines = judged(report(package("a"), package("b")))
    assert status == SOUND
    assert lines == ["2 packages audited, weaknesses known of 0."]


def test_a_weakness_is_told_with_its_remedy() -> None:
    """Package, version, advisory and the version that mends it."""
    status, lines = judged(report(package("a"), package("b", "PYSEC-1", fixed=("1.1", "2.0"))))
    assert status == WEAK
    assert "b 1.0: PYSEC-1; fixed in 1.1, 2.0" in lines


@pytest.mark.parametrize("said", [None, report(), report(skipped("a"), skipped("b"))])
def test_an_audit_that_asked_nobody_is_no_audit(said: dict[str, Any] | None) -> None:
    """One sentence and a failure: a mirror that knows no advisories must not look like safety."""
    status, lines = judged(said)
    assert status == UNASKED
    assert len(lines) == 1
    assert lines[0].startswith("Nothing was audited: no advisory service")


def test_what_was_not_audited_is_named() -> None:
    """Some packages without an answer are not passed over."""
    status, lines = judged(report(package("a"), skipped("b")))
    assert status == UNASKED
    assert any("b" in line and line.startswith("Not audited") for line in lines)


def dry_run(target: str) -> str:
    """What make would do."""
    command = ["make", "--dry-run", "--always-make", target]  # make is found by name
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("target", ["test", "lint", "demo"])
def test_neither_is_part_of_a_test_run(target: str) -> None:
    """A test run needs no advisory service and installs nothing for it."""
    planned = dry_run(target)
    assert "audit" not in planned
    assert "cyclonedx" not in planned


@pytest.mark.parametrize(("target", "tool"), [("audit", "tests.audit"), ("sbom", "cyclonedx_py")])
def test_a_release_can_be_told(target: str, tool: str) -> None:
    """Both read the locks and install their tools by hash from a lock of their own."""
    planned = dry_run(target)
    assert tool in planned
    assert "--require-hashes --only-binary :all: -r requirements/audit.txt" in planned


def test_the_fuzzer_is_installed_for_its_own_target_alone() -> None:
    """By hash, from a lock of its own."""
    assert "--require-hashes --only-binary :all: -r requirements/fuzz.txt" in dry_run("fuzz")
    assert "requirements/fuzz.txt" not in dry_run("test")
