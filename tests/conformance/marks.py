"""Which tests judge which requirement, read from their marks without running them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, order=True)
class Judge:
    """A marked test; `file` is relative to the tests' folder."""

    file: str
    test: str


def judges() -> dict[str, list[Judge]]:
    """Requirement id → the tests that name it, in order of file and name."""
    found: dict[str, set[Judge]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for test, requirement in _marked(tree):
            judge = Judge(path.relative_to(TESTS).as_posix(), test)
            found.setdefault(requirement, set()).add(judge)
    return {requirement: sorted(tests) for requirement, tests in found.items()}


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_test(node.name):
            for decorator in node.decorator_list:
                yield from ((node.name, requirement) for requirement in _named(decorator))


def _is_test(name: str) -> bool:
    return name.startswith("test_")


def _named(decorator: ast.expr) -> Iterator[str]:
    """The ids of `@pytest.mark.requirement("DISC-1", …)`."""
    match decorator:
        case ast.Call(func=ast.Attribute(attr="requirement"), args=arguments):
            yield from (str(a.value) for a in arguments if isinstance(a, ast.Constant))
        case _:
            pass
