"""One row of the token matrix, and short ways to write it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.security.callers import Draft, bearer

GOOD, BAD = 200, 401


@dataclass(frozen=True, slots=True)
class Row:
    """One token, how it is sent, the requirements it judges, and the status it must get."""

    name: str
    status: int
    requirements: tuple[str, ...]
    draft: Draft = field(default_factory=Draft)
    sent: Callable[[str], list[str]] = bearer


def row(name: str, status: int, requirement: str, **draft: object) -> Row:
    """A row that differs from an accepted token in the draft alone."""
    return Row(name, status, tuple(requirement.split()), Draft(**draft))  # type: ignore[arg-type]


def sent(name: str, requirement: str, how: Callable[[str], list[str]]) -> Row:
    """A row whose token is good and arrives in a way that is not."""
    return Row(name, BAD, (requirement,), sent=how)


def header(name: str, status: int, requirement: str, **members: object) -> Row:
    """A row that differs in header members."""
    return row(name, status, requirement, header=members)


def claims(name: str, status: int, requirement: str, **members: object) -> Row:
    """A row that differs in claims."""
    return row(name, status, requirement, claims=members)
