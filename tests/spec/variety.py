"""Choices between equally valid ways to chart the same fact, the same in every run."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar
from zlib import crc32

_Option = TypeVar("_Option")


@dataclass(frozen=True, slots=True)
class Variety:
    """The habits of one chart: its vignette decides how each fact is written down."""

    vignette: str

    def choose(self, fact: str, options: Sequence[_Option]) -> _Option:
        """Choose the way this chart writes the fact."""
        return options[crc32(f"{self.vignette}/{fact}".encode()) % len(options)]
