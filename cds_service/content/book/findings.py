"""Who reads which finding, and which codes feed it."""

import ast
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cds_service.clinical.engine import TOPICS
from cds_service.content.library import Library

_CLINICAL = Path(__file__).parents[2] / "clinical"
_PACKAGE = "cds_service.clinical."


@dataclass(frozen=True, slots=True)
class Reading:
    """One finding: codes per system and strength, and the topics that read it."""

    id: str
    display: str
    codes: Mapping[str, int]
    topics: tuple[str, ...]
    implies: tuple[str, ...]


def readings(library: Library) -> tuple[Reading, ...]:
    """Every finding of the project's code system, by id."""
    codes = _codes(library)
    readers = _readers(library)
    known = library.findings.finding
    return tuple(
        Reading(
            id=name,
            display=known[name].display,
            codes=dict(sorted(codes[name].items())),
            topics=tuple(sorted(readers[name])),
            implies=known[name].implies,
        )
        for name in sorted(known)
    )


def _codes(library: Library) -> dict[str, dict[str, int]]:
    """Finding id → code system → rows of the code table that feed it."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in library.codes.rows:
        for finding in row.sets:
            found[finding][row.system] += 1
    return found


def _readers(library: Library) -> dict[str, set[str]]:
    """Finding id → topics whose groups list it or whose rules name it."""
    found: dict[str, set[str]] = defaultdict(set)
    known = set(library.findings.finding)
    for topic in TOPICS:
        words = _words(f"{_PACKAGE}topics.{topic.ID}", set())
        words |= {word for group in library.topics[topic.ID].groups.values() for word in group}
        for finding in words & known:
            found[finding].add(topic.ID)
    return found


def _words(module: str, seen: set[str]) -> set[str]:
    """Strings of a clinical module and of the parts of the same room that it imports."""
    if module in seen:
        return set()
    seen.add(module)
    own, imported = _read(module)
    words = set(own)
    for name in imported:
        if not name.startswith(f"{_PACKAGE}topics"):
            words |= _words(name, seen)
    return words


@cache
def _read(module: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The strings of one module and what it imports of the same room; nothing for other names."""
    path = _CLINICAL / Path(*module.removeprefix(_PACKAGE).split("."))
    source = path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"
    if not source.is_file():
        return frozenset(), ()
    nodes = list(ast.walk(ast.parse(source.read_text(encoding="utf-8"))))
    words = (n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
    return frozenset(words), tuple(name for node in nodes for name in _imported(node))


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(_PACKAGE.rstrip(".")):
        module = str(node.module)
        return [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return []
