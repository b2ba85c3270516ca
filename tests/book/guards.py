"""Which tests name what: rulings, decision rows and states, read from the source of the tests."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]
_OWN = "test_book.py"  # tests this reader with made-up names
_RULINGS = re.compile(r"(?<![a-z])rulings?[ _](\d+(?:(?:, | and |_)\d+)*)", re.IGNORECASE)
_ROW = re.compile(r"\b[Rr]ows? ([A-Z][\w-]*)")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Guard:
    """One test: its node id, and what its own source names."""

    test: str
    rulings: frozenset[int]
    strings: frozenset[str]


def guards(folder: Path = TESTS) -> tuple[Guard, ...]:
    """Every test function, in the order of files and lines."""
    return tuple(
        guard
        for path in sorted(folder.rglob("test_*.py"))
        if path.name != _OWN
        for guard in _of_module(path, folder)
    )


def _of_module(path: Path, folder: Path) -> Iterator[Guard]:
    source = path.read_text(encoding="utf-8")
    module = ast.parse(source)
    lines = source.splitlines()
    constants = _constants(module)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith(
            "test_"
        ):
            first = min(
                (decorator.lineno for decorator in node.decorator_list), default=node.lineno
            )
            text = "\n".join(lines[first - 1 : node.end_lineno])
            named = {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}
            strings = {s for name in named for s in constants.get(name, ())}
            yield Guard(
                test=f"{path.relative_to(folder.parent).as_posix()}::{node.name}",
                rulings=frozenset(_rulings(text)),
                strings=frozenset(_strings(node) | strings | set(_ROW.findall(text))),
            )


def _constants(module: ast.Module) -> dict[str, set[str]]:
    """Strings in assignments of the module, by the name a test may use."""
    found: dict[str, set[str]] = {}
    for node in module.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        found[name.id] = _strings(node.value)
    return found


def _strings(node: ast.AST) -> set[str]:
    return {
        constant.value
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


def _rulings(text: str) -> set[int]:
    return {int(n) for found in _RULINGS.findall(text) for n in _NUMBER.findall(found)}
