"""A worked patient as the book prints it."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """One card that a patient gets."""

    card: str
    indicator: str
    summary: str


@dataclass(frozen=True, slots=True)
class Worked:
    """What the record of a patient says, what followed when it was run, and why.

    `states` are those that the patient is told for; `rows` are topic and id of the rows reached.
    """

    id: str
    title: str
    says: str
    why: str
    states: frozenset[str]
    shown: tuple[Shown, ...]
    rows: Collection[tuple[str, str]]

    def concerns(self, states: set[str], cards: set[str]) -> bool:
        """It is told for one of these states, or shows one of these cards."""
        return bool(states & self.states or cards & {shown.card for shown in self.shown})
