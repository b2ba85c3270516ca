"""The sample patients shipped with the service, shifted to today."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cds_service.ehr.shift import shift_dates

_PACKAGED = Path(__file__).parents[1] / "_stories"
_CHECKOUT = Path(__file__).parents[2] / "fixtures" / "stories"


@dataclass(frozen=True, slots=True)
class Story:
    """One sample patient: a complete hook request and the cards it should give."""

    name: str
    request: dict[str, Any]
    expected: dict[str, Any]

    @property
    def as_of(self) -> date:
        """The day the story plays."""
        return date.fromisoformat(self.expected["as_of"])

    def today(self, day: date | None = None) -> dict[str, Any]:
        """The request with all its dates moved so that the story plays today (UTC)."""
        days = ((day or datetime.now(UTC).date()) - self.as_of).days
        shifted = shift_dates(self.request, days)
        return shifted if isinstance(shifted, dict) else {}


def stories_folder() -> Path:
    """As shipped in the wheel, or of the checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def read_stories(folder: Path | None = None) -> tuple[Story, ...]:
    """All stories in the order of their names."""
    return tuple(
        Story(
            name=path.parent.name,
            request=json.loads(path.read_text(encoding="utf-8")),
            expected=json.loads((path.parent / "expected.json").read_text(encoding="utf-8")),
        )
        for path in sorted((folder or stories_folder()).glob("*/request.json"))
    )
