"""The page about the contracts tells the truth: its program runs, its table is complete."""

import re
from pathlib import Path
from runpy import run_path

import pytest

from tests.contract.schemas import FOLDER, SCHEMAS

TEXT = (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_program_finds_what_is_wrong(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Run from the repository, it names the two members that the card of the page lacks."""
    monkeypatch.chdir(FOLDER.parents[1])
    (program,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    run_path(str(tmp_path / "program.py"))
    printed = capsys.readouterr().out
    assert printed.count("$.cards[0]") == 2
    assert "'indicator' is a required property" in printed
    assert "'source' is a required property" in printed


def test_every_schema_is_in_the_table() -> None:
    """And nothing else is."""
    rows = re.findall(r"^\| (`.*?) \|", TEXT, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([a-z-]+)`", row)]
    assert sorted(named) == sorted(SCHEMAS)
