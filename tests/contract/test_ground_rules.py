"""Ground rules for every file of the repository."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.contract.named_tests import exists, named_tests

ROOT = Path(__file__).parents[2]
# Composed, so that this file does not hold what it looks for.
UNFINISHED = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.-])/(?:home|root|work|Users)/")
# The clinical-safety properties: `Property 7: ...` in a docstring, a row of the list in docs/.
PROPERTIES = set(range(1, 16))
PROPERTY = re.compile(r"\bProperty (\d+): ")
LISTED = re.compile(r"^\| (\d+) \| .*`tests/", re.MULTILINE)


def repository_files() -> list[Path]:
    """Give every file that is tracked, or would be if all were added."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is found by name
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def lines() -> list[tuple[str, str]]:
    """Give every line of every text file, each with the place it stands at."""
    found = []
    for path in repository_files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode().splitlines(), start=1):
            found.append((f"{path.relative_to(ROOT)}:{number}", line))
    assert len(found) > 1
    return found


def test_no_file_names_a_path_of_one_machine(lines: list[tuple[str, str]]) -> None:
    """The repository means the same on every machine."""
    assert [place for place, line in lines if MACHINE_PATH.search(line)] == []


def test_nothing_is_left_for_later(lines: list[tuple[str, str]]) -> None:
    """What is in the repository is finished; what is not belongs in the issue tracker."""
    assert [place for place, line in lines if UNFINISHED.search(line)] == []


def test_clinical_content_holds_no_program() -> None:
    """cards/ is content only: clinicians read and review all of it without reading Python."""
    content = [path for path in repository_files() if path.is_relative_to(ROOT / "cards")]
    assert content
    programs = [path for path in content if path.suffix not in {".csv", ".json", ".md", ".toml"}]
    assert programs == []


def test_every_clinical_safety_property_is_named_by_a_test() -> None:
    """A property whose number no docstring names is proved by nobody; the list omits none."""
    named = {
        int(number)
        for path in ROOT.glob("tests/**/test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test_")
        for number in PROPERTY.findall(ast.get_docstring(node) or "")
    }
    listed = (ROOT / "docs" / "safety-properties.md").read_text(encoding="utf-8")
    assert named == PROPERTIES
    assert {int(number) for number in LISTED.findall(listed)} == PROPERTIES


def test_every_test_named_in_the_documents_exists() -> None:
    """An invariant that names a missing file or test is guarded by nobody."""
    named = [
        (document.name, file, test)
        for document in (*sorted(ROOT.glob("docs/**/*.md")), *sorted(ROOT.glob("*.md")))
        for file, test in named_tests(document.read_text(encoding="utf-8"))
    ]
    assert named
    assert [place for place in named if not exists(*place[1:])] == []
