"""Tests that a document names: `tests/file.py::test_name`, or `::test_name` of the file before."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NAMED = re.compile(r"`(tests/[^`:]+\.py)?(?:::(\w+))?`")


def named_tests(text: str) -> Iterator[tuple[str, str]]:
    """File and test of each; the test is empty where a whole file is named."""
    file = ""
    for path, test in _NAMED.findall(text):
        if path or test:
            file = path or file
            yield file, test


def exists(file: str, test: str) -> bool:
    """Whether the file is there and defines the test."""
    return (ROOT / file).is_file() and (not test or test in _defined(file))


@cache
def _defined(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))
