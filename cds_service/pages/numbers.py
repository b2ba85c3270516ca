"""Thresholds and windows as a page shows them: how firm each is, and what a site may change."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.content.doubts import span
from cds_service.content.library import Library
from cds_service.content.models.topic import Threshold, Window


@dataclass(frozen=True, slots=True)
class Number:
    """One number; `unproven` where no source that was read in full stands behind it."""

    kind: str
    name: str
    value: str
    meaning: str
    status: str
    unproven: bool
    allowed: tuple[str, str] | None
    evidence: tuple[str, ...]


def numbers(library: Library, topic: str) -> tuple[Number, ...]:
    """Thresholds, then windows."""
    file = library.topics[topic]
    return (*_all(file.thresholds, library, topic), *_all(file.windows, library, topic))


def shared_numbers(library: Library, topic: str) -> tuple[Number, ...]:
    """The windows that several topics share."""
    return _all(library.shared_windows, library, topic)


def _all(
    given: Mapping[str, Threshold] | Mapping[str, Window], library: Library, topic: str
) -> tuple[Number, ...]:
    return tuple(
        Number(
            kind="window" if isinstance(number, Window) else "threshold",
            name=name,
            value=_value(number),
            meaning=number.meaning,
            status=number.status,
            unproven=_unproven(number, library, topic),
            allowed=_allowed(number),
            evidence=number.evidence,
        )
        for name, number in given.items()
    )


def _value(number: Threshold | Window) -> str:
    if isinstance(number, Window):
        return span(number)
    return f"{number.value:g} {number.unit}"


def _allowed(number: Threshold | Window) -> tuple[str, str] | None:
    """The range a site may choose from; None where it may not change the number."""
    low, high = number.allowed
    return None if low == high else (f"{low:g}", f"{high:g}")


def _unproven(number: Threshold | Window, library: Library, topic: str) -> bool:
    if number.status in ("policy", "operational"):
        return False  # says itself that no source decides it
    entries = [library.entry(key, topic) for key in number.evidence]
    return not any(entry.confirmed == "seen" for entry in entries)
