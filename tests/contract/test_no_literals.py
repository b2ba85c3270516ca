"""Invariant 7: clinical reasoning holds no threshold and no wording; both are content."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CLINICAL = Path(__file__).parents[2] / "cds_service" / "clinical"
FILES = sorted(CLINICAL.rglob("*.py"))

# Numbers that are no clinical judgment, by file, each with its reason.
STRUCTURAL: dict[str, dict[float, str]] = {
    "limb/pressure_index.py": {2: "decimals in which the index is given"},
    "moment.py": {
        14: "hours: the zone where a day begins first",
        15: "minutes: how far clocks may differ",
        23: "a day ends at 23 hours",
        59: "59 minutes, 59 seconds",
        999_999: "and the last microsecond",
    },
    "pregnancy.py": {2: "place of the code in `system|code`"},
    "spine/deficits.py": {5: "full power, the top of the MRC scale"},
    "topics/cauda_equina.py": {2: "two legs"},
    "venous/d_dimer.py": {2: "place of the code in `system|code`"},
    "venous/dvt_card.py": {3600: "seconds of an hour"},
    "venous/wells_history.py": {
        2: "place of the code in `system|code`",
        3: "characters of an ICD category",
    },
    "venous/wells_signs.py": {6: "decimals that binary fractions are rounded to"},
}
PLAIN = {0, 1}
SENTENCE = re.compile(r"[A-Za-z][\w-]*[,.;:]? +[\w-]+")


def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def documentation(module: ast.Module) -> set[int]:
    """The docstrings of module, classes and functions, by identity."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {
        id(node.body[0].value)
        for node in ast.walk(module)
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr)
    }


def constants(path: Path) -> Iterator[ast.Constant]:
    """Every literal of a module but its docstrings."""
    module = tree(path)
    told = documentation(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and id(node) not in told:
            yield node


def numbers(path: Path) -> set[float]:
    """Every number written in a module."""
    return {
        node.value
        for node in constants(path)
        if isinstance(node.value, int | float) and not isinstance(node.value, bool)
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CLINICAL).as_posix())
def test_clinical_code_holds_no_threshold(path: Path) -> None:
    """Only 0, 1 and the structural numbers of the list above stand in the code."""
    allowed = PLAIN | set(STRUCTURAL.get(path.relative_to(CLINICAL).as_posix(), {}))
    assert numbers(path) - allowed == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CLINICAL).as_posix())
def test_clinical_code_holds_no_wording(path: Path) -> None:
    """No literal outside a docstring reads like a sentence."""
    texts = [node.value for node in constants(path) if isinstance(node.value, str)]
    assert [text for text in texts if SENTENCE.search(text)] == []


@pytest.mark.parametrize("name", STRUCTURAL)
def test_no_exception_outlives_its_reason(name: str) -> None:
    """A number that is listed is still there; one that is gone leaves the list."""
    assert set(STRUCTURAL[name]) - numbers(CLINICAL / name) == set()


@pytest.mark.parametrize("text", ["see the card", "Wells is 2, D-dimer first", "no DVT here"])
def test_the_wording_rule_catches_sentences(text: str) -> None:
    """The rule itself: words in a row are wording, names of things are not."""
    assert SENTENCE.search(text)
    assert not SENTENCE.search("reader:vital_heart_rate")
    assert not SENTENCE.search("dvt-likely")


def test_every_clinical_module_is_read() -> None:
    """The rule covers all topics."""
    names = {path.stem for path in FILES}
    assert {"dvt", "sij", "cauda_equina", "radiculopathy", "pulmonary_embolism", "wells"} <= names
