"""How a record answers a question: windows, sides, the latest entry, and what implies what.

vascular.md §1.1 and musculoskeletal.md §1.1; rulings 43, 46, 48.
"""

import math
from collections.abc import Iterable

from tests.reference.model import Chart, Entry, Leg, Measured, Says

EVER = 100_000.0
EXAM_HOURS = 72
HOUR_OF_DAY = 15

# Ruling 46: what implies what.
LEG_PAIN = (
    "leg_pain",
    "leg_pain_below_knee",
    "radicular_pain",
    "buttock_leg_pain",
    "bilateral_leg_ache",
    "bilateral_radicular_pain",
    "bilateral_leg_pain",
)
BUTTOCK_PAIN = ("buttock_pain", "buttock_leg_pain")
BOTH_LEGS = ("bilateral_leg_ache", "bilateral_radicular_pain", "bilateral_leg_pain")


def matches(entry: Entry | Measured, leg: Leg) -> bool:
    """Equal sides match; both sides match either; no side matches either."""
    return leg is None or entry.side in (leg, "B", None)


def within(chart: Chart, names: str | Iterable[str], days: float) -> list[Entry]:
    """Entries of these findings recorded in the window."""
    wanted = {names} if isinstance(names, str) else set(names)
    return [e for e in chart.entries if e.finding in wanted and e.days <= days]


def ask(chart: Chart, finding: str, days: float, leg: Leg = None) -> Says:
    """The latest matching entry in the window answers; nothing recorded is unknown."""
    found = [e for e in within(chart, finding, days) if matches(e, leg)]
    if not found:
        return Says.UNKNOWN
    if leg is None:
        return _either_leg(chart, finding, days, found)
    newest = min(e.hours for e in found)
    last = {e.present for e in found if e.hours == newest}
    return Says.PRESENT if True in last else Says.ABSENT


def _either_leg(chart: Chart, finding: str, days: float, found: list[Entry]) -> Says:
    """Present in either leg is present; absent needs both legs, or an entry without side."""
    if all(e.side is None for e in found):
        newest = min(e.hours for e in found)
        return Says.PRESENT if any(e.present for e in found if e.hours == newest) else Says.ABSENT
    left, right = (ask(chart, finding, days, leg) for leg in ("L", "R"))
    if Says.PRESENT in (left, right):
        return Says.PRESENT
    return Says.ABSENT if left is right is Says.ABSENT else Says.UNKNOWN


def on_side(chart: Chart, finding: str, days: float, leg: Leg) -> Says:
    """The answer for a painful side; pain without side matches a test of either (MSK §1.1)."""
    found = within(chart, finding, days)
    if leg is not None or not found:
        return ask(chart, finding, days, leg)
    newest = min(e.hours for e in found)
    last = {e.present for e in found if e.hours == newest}
    return Says.PRESENT if True in last else Says.ABSENT


def has(chart: Chart, findings: str | Iterable[str], days: float, leg: Leg = None) -> bool:
    """Whether one of these is recorded present."""
    names = [findings] if isinstance(findings, str) else findings
    return any(ask(chart, name, days, leg) is Says.PRESENT for name in names)


def present(chart: Chart, findings: str | Iterable[str], days: float) -> list[Entry]:
    """The entries that say present and are not outdone by a later one."""
    names = [findings] if isinstance(findings, str) else list(findings)
    return [
        e
        for e in within(chart, names, days)
        if e.present and ask(chart, e.finding, days, _leg(e)) is Says.PRESENT
    ]


def _leg(entry: Entry) -> Leg:
    return entry.side if entry.side in ("L", "R") else None


def sides(entries: Iterable[Entry]) -> set[Leg]:
    """The legs that these entries name."""
    named: set[Leg] = set()
    for entry in entries:
        both = entry.side == "B" or entry.finding in BOTH_LEGS
        named |= {"L", "R"} if both else {_leg(entry)}
    return named - {None}


def day_back(hours: float) -> int:
    """Calendar days before the day of the assessment, which is at three in the afternoon."""
    return max(0, math.ceil((hours - HOUR_OF_DAY) / 24))


def began(entries: Iterable[Entry]) -> int | None:
    """The calendar day on which the first of these began, counted back (ruling 32)."""
    days = (day_back(e.hours) if e.onset is None else e.onset for e in entries)
    return max(days, default=None)


def since(entries: Iterable[Entry]) -> float | None:
    """Days since the first of these began, None where there is none."""
    return max((e.since for e in entries), default=None)


def tape(chart: Chart, leg: Leg) -> Says:
    """Measured: 3 cm or more larger than the other calf, both taped within 24 hours of another."""
    if leg is None:  # neither calf larger is an answer for whichever leg hurts
        both = {tape(chart, "L"), tape(chart, "R")}
        return Says.ABSENT if both == {Says.ABSENT} else Says.UNKNOWN
    mine, other = _taped(chart, leg), _taped(chart, "R" if leg == "L" else "L")
    if mine is None or other is None or abs(mine.hours - other.hours) > 24:
        return Says.UNKNOWN
    return Says.PRESENT if mine.value - other.value >= 3 - 1e-9 else Says.ABSENT


def _taped(chart: Chart, leg: Leg) -> Measured | None:
    found = [m for m in chart.measured if m.name == "calf_circumference" and m.side == leg]
    found = [m for m in found if m.hours <= EXAM_HOURS]
    return min(found, key=lambda m: m.hours, default=None)


def painful_legs(chart: Chart, complaints: list[Entry], tests: Iterable[str]) -> list[Leg]:
    """The legs a table looks at; pain without side is looked at per leg where tests name both."""
    legs = sides(complaints)
    if not legs and sides(within(chart, tests, 90)) == {"L", "R"}:
        legs = {"L", "R"}
    return sorted(legs, key=str) or [None]


def latest(chart: Chart, name: str, days: float, leg: Leg = None) -> float | None:
    """The newest number of this kind in the window."""
    found = [m for m in chart.measured if m.name == name and m.hours / 24 <= days]
    found = [m for m in found if matches(m, leg)]
    return min(found, key=lambda m: m.hours).value if found else None
