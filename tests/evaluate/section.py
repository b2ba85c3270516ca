"""One part of an evaluation: what it found, and whether that is good enough."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import RenderableType

from tests.spec.fhir_json import Json


@dataclass(frozen=True, slots=True)
class Section:
    """Figures for a program and the same for a reader; `met` is false where a bound is broken."""

    name: str
    met: bool
    figures: Json
    shown: RenderableType


Measure: TypeAlias = Callable[[], Section]
