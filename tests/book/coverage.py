"""The coverage register: what reaches or guards every row, card, ruling, claim and finding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cds_service.content.book.findings import Reading
from cds_service.content.book.literature_pages import answer
from cds_service.content.book.markdown import section, some, table, text
from cds_service.content.library import SERVICE, Library
from cds_service.content.models.topic import RowModel
from tests.book.guards import Guard
from tests.book.patients import Patient

RULINGS = Path(__file__).parents[2] / "docs" / "decisions" / "rulings.md"
_RULING = re.compile(r"^(\d+)\. \*\*(.+?)\*\*", re.MULTILINE)
_MOST_PATIENTS = 4
_MOST_TESTS = 3


@dataclass(slots=True)
class Register:
    """The page as lines, and every hole in it as a sentence."""

    lines: list[str] = field(default_factory=list)
    holes: list[str] = field(default_factory=list)


def rulings() -> dict[int, str]:
    """Number and title of every ruling."""
    found = _RULING.findall(RULINGS.read_text(encoding="utf-8"))
    return {int(number): title.rstrip(".") for number, title in found}


def register(
    library: Library,
    patients: Sequence[Patient],
    guards: Sequence[Guard],
    findings: Sequence[Reading],
) -> Register:
    """Everything that must be reached, with what reaches it."""
    made = Register(lines=["# Coverage register", "", _INTRODUCTION, ""])
    made.lines += section("Decision rows", _rows(library, patients, guards, made.holes), _ROWS)
    made.lines += section("Cards", _cards(library, patients, guards, made.holes))
    made.lines += section("Rulings", _rulings(guards, made.holes), _RULINGS)
    made.lines += section("Claims of the source documents", _claims(library, made.holes))
    made.lines += section("Findings", _findings(findings), _FINDINGS)
    return made


_INTRODUCTION = (
    "Made by `make book` from `cards/`, the worked patients and the source of the tests. The test "
    "run fails when a row, card, ruling or claim has nothing here."
)
_ROWS = (
    "Worked patients that reach the row when they are run. Where there is none, the tests that "
    "name the row, or a state that only this row has (in the topic's own test file: that only this "
    "row of the topic has)."
)
_RULINGS = (
    "Tests that name the ruling; what each says is in [the rulings](../decisions/rulings.md)."
)
_FINDINGS = (
    "Every finding is also a code of the project's own code system. Topics read it by a group of "
    "`topic.toml` or by name in their rules."
)


def _rows(
    library: Library, patients: Sequence[Patient], guards: Sequence[Guard], holes: list[str]
) -> list[str]:
    rows = []
    all_rows = [(topic, row) for topic, file in library.topics.items() for row in file.row]
    for topic, row in all_rows:
        by = [p.id for p in patients if (topic, row.id) in p.result.rows]
        reached = some(by, _MOST_PATIENTS)
        if not by:
            reached = _tests([g.test for g in guards if _tells(g, topic, row, all_rows)])
        if not reached:
            holes.append(f"row {topic}.{row.id}: no worked patient reaches it, no test names it")
        rows.append((topic, f"`{row.id}`", text(row.situation), reached))
    return table(("Topic", "Row", "Situation", "Reached by"), rows)


def _tells(guard: Guard, topic: str, row: RowModel, rows: Sequence[tuple[str, RowModel]]) -> bool:
    """It names the row by an id or state of its own, in the topic's own test file or anywhere."""
    home = f"test_{topic}" in guard.test
    others = [r for other, r in rows if r is not row and (other == topic or not home)]
    alone = {row.id} - {r.id for r in others} | {row.state} - {r.state for r in others}
    return bool(alone & guard.strings)


def _cards(
    library: Library, patients: Sequence[Patient], guards: Sequence[Guard], holes: list[str]
) -> list[str]:
    rows = []
    for card in sorted(library.cards):
        by = [p.id for p in patients if card in {shown.card for shown in p.result.shown}]
        shown = some(by, _MOST_PATIENTS)
        if not by and library.topic_of_card[card] == SERVICE:
            shown = _tests([g.test for g in guards if card in g.strings])
        if not shown:
            holes.append(f"card {card}: no worked patient gets it")
        rows.append((f"`{card}`", library.topic_of_card[card], shown))
    return table(("Card", "Topic", "Shown to"), rows)


def _rulings(guards: Sequence[Guard], holes: list[str]) -> list[str]:
    rows = []
    for number, title in rulings().items():
        named = _tests([guard.test for guard in guards if number in guard.rulings])
        if not named:
            holes.append(f"ruling {number}: no test names it")
        rows.append((f"{number}", text(title), named))
    return table(("Ruling", "On", "Guarded by"), rows)


def _claims(library: Library, holes: list[str]) -> list[str]:
    rows = []
    for key, claim in library.literature.claims.items():
        if not answer(library, key):
            holes.append(f"claim {key}: neither reflected nor left out")
        rows.append((key, text(claim.claim), claim.verdict, answer(library, key)))
    return table(("Claim", "In our words", "Verdict", "Reflected or left out"), rows)


def _findings(findings: Sequence[Reading]) -> list[str]:
    rows = [
        (
            f"`{finding.id}`",
            ", ".join(f"{system} {count}" for system, count in finding.codes.items()) or "own only",
            ", ".join(finding.topics) or _unread(finding),
        )
        for finding in findings
    ]
    return table(("Finding", "Rows of the code table", "Read by"), rows)


def _unread(finding: Reading) -> str:
    return f"through {', '.join(finding.implies)}" if finding.implies else "nothing: shown only"


def _tests(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    return some([f"`{name}`" for name in unique], _MOST_TESTS)
