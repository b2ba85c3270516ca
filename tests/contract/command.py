"""How a command ended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended; `out` and `err` are folded to single blanks."""

    code: int
    out: str
    err: str
    lines: tuple[str, ...]


Run: TypeAlias = Callable[..., Ended]
