"""The instant a chart is looked at from: now, a date, or its last encounter."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any

from cds_service.clinical.moment import Moment
from cds_service.errors import LegPainError
from cds_service.fhir.times import read_moment

LAST_ENCOUNTER = "last-encounter"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\S*")


class AsOfError(LegPainError):
    """A sentence on why the instant cannot be told."""


def resolve(text: str | None, document: Any) -> datetime:
    """The timezone-aware instant for one file.

    A date means the end of that day in the offset of the newest instant in the file, else UTC.
    Raises AsOfError for other text, and for `last-encounter` without a dated encounter.
    """
    if text is None or text == "now":
        return datetime.now(UTC)
    if text == LAST_ENCOUNTER:
        return _last_encounter(document)
    if _DATE.fullmatch(text):
        try:
            return datetime.combine(date.fromisoformat(text), time.max, _zone(document))
        except ValueError:
            message = f"--as-of {text}: there is no such day"
            raise AsOfError(message) from None
    try:
        instant = datetime.fromisoformat(text) if _INSTANT.fullmatch(text) else None
    except ValueError:
        instant = None
    if instant is None:
        message = f"--as-of {text}: give a date such as 2026-11-23, an instant, or {LAST_ENCOUNTER}"
        raise AsOfError(message)
    return instant if instant.tzinfo else instant.replace(tzinfo=_zone(document))


def _last_encounter(document: Any) -> datetime:
    """The end of the newest encounter, else its start."""
    times = [
        moment
        for resource in _resources(document)
        if resource.get("resourceType") == "Encounter"
        and isinstance(period := resource.get("period"), dict)
        and (moment := read_moment(str(period.get("end") or period.get("start") or "")))
    ]
    if not times:
        message = "--as-of last-encounter: the record holds no dated Encounter; give a date instead"
        raise AsOfError(message)
    newest: Moment = max(times, key=lambda moment: moment.last)
    return newest.last


def _resources(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "resourceType" in value:
            yield value
        for item in value.values():
            yield from _resources(item)
    elif isinstance(value, list):
        for item in value:
            yield from _resources(item)


def _zone(document: Any) -> tzinfo:
    instants = [m for text in _texts(document) if (m := read_moment(text)) and m.exact]
    newest = max(instants, key=lambda moment: moment.first, default=None)
    return (newest.first.tzinfo if newest else None) or UTC


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if _INSTANT.fullmatch(value):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
