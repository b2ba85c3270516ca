"""`docs/conformance.md`: every requirement, the tests that judge it, and what they said."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.marks import Judge

PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"
REQUIREMENTS = Path(__file__).parent / "requirements.toml"

_HEAD = """\
# Conformance

Every requirement of CDS Hooks that binds or concerns a service, the tests that judge it, and their
result. Versions: 1 is CDS Hooks 1.0, 2 is 2.0.1, 3 is the 3.0 ballot. DERIVED requirements stand
in no text as a rule, but are needed to satisfy one or to be safe. `make conformance` runs the tests
and writes this page; `make test` fails where it and the tests disagree.

What a text leaves open is decided here: a token block with a defect is refused; a missing `userId`
is refused; required data are `patient` and `conditions`; a batch of feedback with one invalid entry
is refused as a whole; card ids are new on every answer, and the card's topic is what stays.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in our words; `unjudged` says why no test can judge it."""

    id: str
    section: str
    text: str
    strength: str
    versions: tuple[int, ...]
    binds: str
    unjudged: str = ""


def requirements() -> tuple[Requirement, ...]:
    """All of them, in the order of the specification."""
    with REQUIREMENTS.open("rb") as file:
        table = tomllib.load(file)
    return tuple(
        Requirement(id=name, **entry | {"versions": tuple(entry["versions"])})
        for name, entry in table.items()
    )


def write(judged: Mapping[str, list[Judge]], failed: frozenset[Judge] = frozenset()) -> str:
    """The page; `failed` are the tests that did not pass."""
    known = requirements()
    lines = [_HEAD, _summary(known, judged), ""]
    for section in dict.fromkeys(requirement.section for requirement in known):
        lines += [f"## {section}", "", "| Id | Requirement | | Versions | Judged by | Result |"]
        lines += ["|---|---|---|---|---|---|"]
        lines += [_row(r, judged.get(r.id, []), failed) for r in known if r.section == section]
        lines.append("")
    return "\n".join(lines)


def _summary(known: tuple[Requirement, ...], judged: Mapping[str, list[Judge]]) -> str:
    by_test = sum(bool(judged.get(requirement.id)) for requirement in known)
    tests = len({judge for found in judged.values() for judge in found})
    return (
        f"{len(known)} requirements: {by_test} judged by {tests} tests, {len(known) - by_test} not "
        "by a test, with the reason in their place."
    )


def _row(requirement: Requirement, found: list[Judge], failed: frozenset[Judge]) -> str:
    cells = (
        requirement.id,
        requirement.text,
        requirement.strength,
        " ".join(map(str, requirement.versions)),
        "<br>".join(_links(found)) or requirement.unjudged,
        _result(found, failed),
    )
    return f"| {' | '.join(cells)} |"


def _links(found: list[Judge]) -> Iterator[str]:
    for judge in found:
        name = judge.test.removeprefix("test_").replace("_", " ")
        yield f"[{name}](../tests/{judge.file})"


def _result(found: list[Judge], failed: frozenset[Judge]) -> str:
    if not found:
        return "–"
    return "fails" if failed.intersection(found) else "holds"
