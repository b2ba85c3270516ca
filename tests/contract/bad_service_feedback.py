"""What the small service of these tests takes as feedback."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from tests.contract.bad_service_reading import Json, RefusedError

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")


def feedback_holds(item: Any) -> bool:
    """The rules of CDS Hooks for one entry, with the forms that real clients send."""
    if not isinstance(item, dict) or not item.get("card"):
        return False
    reason = item.get("overrideReason", item.get("overrideReasons", {"userComment": "-"}))
    stamp = item.get("outcomeTimestamp")
    taken = item.get("acceptedSuggestions") or []
    return (
        item.get("outcome") in ("accepted", "overridden")
        and isinstance(stamp, str)
        and _TIME.fullmatch(stamp) is not None
        and bool(reason)
        and (item["outcome"] == "overridden" or bool(taken))
        and all(one.get("id") for one in taken)
    )


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


FEEDBACK: dict[str, Callable[[Json], bool]] = {
    "feedback-needs-reason": lambda item: (
        item["outcome"] == "overridden" and not {"overrideReason", "overrideReasons"} & item.keys()
    ),
    "feedback-needs-uuid": lambda item: not _is_uuid(item["card"]),
    "feedback-refuses-plural": lambda item: "overrideReasons" in item,
    "feedback-needs-system": lambda item: (
        "system" not in item.get("overrideReason", {}).get("reason", {"system": 1})
    ),
    "feedback-refuses-fraction": lambda item: "." in item["outcomeTimestamp"],
    "feedback-needs-utc": lambda item: not item["outcomeTimestamp"].endswith("Z"),
}


def refuse_feedback(faults: set[str], items: list[Json]) -> None:
    """Refuses what a service with these faults does not take."""
    for fault in faults & FEEDBACK.keys():
        if any(FEEDBACK[fault](item) for item in items):
            raise RefusedError(400, "planted")
    if "feedback-refuses-repeats" in faults and len(items) > len({str(item) for item in items}):
        raise RefusedError(409, "planted")
