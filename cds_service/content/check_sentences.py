"""Checks that every sentence the service may need is there and is text."""

from collections.abc import Iterator, Mapping
from typing import Any

from cds_service.clinical.finding import Unknown

_OFFERED = frozenset({"title", "description"})

# Table of `_common/sentences.toml` → the keys the service reads.
_NEEDED: Mapping[str, frozenset[str]] = {
    "sections": frozenset({"why", "missing", "gaps", "notes", "deferred", "evidence", "by_hand"}),
    "reasons": frozenset({"begun"}),
    "footer": frozenset(
        {
            "disclaimer",
            "text_only",
            "unread",
            "partial",
            "already",
            "offered",
            "overridden",
            "by_hand",
        }
    ),
    "link": frozenset({"evidence", "leaflet"}),
    "deferred": frozenset({"cap", "waits"}),
    "unknown": frozenset(reason.value for reason in Unknown),
    "sides.leg": frozenset({"left", "right", "both", "unspecified"}),
    "sides.side": frozenset({"left", "right", "both", "unspecified"}),
    "status": frozenset({"present", "absent", "unknown"}),
    "vitals": frozenset(
        {"mrc", "reader:vital_heart_rate", "reader:vital_spo2", "reader:vital_resp_rate"}
    ),
    "problems": frozenset(
        {
            "no-collection-time",
            "unit-missing",
            "unit-not-accepted",
            "basis-unknown",
            "basis-conflict",
            "comparator",
            "qualitative",
            "assay-not-licensed",
            "after-anticoagulant",
        }
    ),
    "fallback": frozenset({"anticoagulant", "no_date", "override_reason"}),
    "queries": frozenset(
        {
            "patient",
            "conditions",
            "encounter",
            "vitals",
            "labs",
            "exam",
            "surveys",
            "encounters",
            "procedures",
            "medications",
            "reports",
            "orders",
        }
    ),
    "errors": frozenset(
        {
            "not-json",
            "not-object",
            "twice",
            "no-body",
            "too-large",
            "media-type",
            "unknown-service",
            "method",
            "not-found",
            "wrong-hook",
            "wrong-patient",
            "invalid",
            "data-unavailable",
            "other-version",
            "feedback-invalid",
            "try-again",
            "too-slow",
            "cut-off",
            "too-many-calls",
            "overloaded",
            "internal",
        }
    ),
    "service": frozenset({"usage"}),
    "service.leg-pain": _OFFERED,
    "service.leg-pain-encounter": _OFFERED,
    "service.leg-pain-problem": _OFFERED,
}


def check_sentences(sentences: Mapping[str, Any]) -> Iterator[str]:
    """One sentence per missing key; a table written as text counts as missing."""
    for table, keys in _NEEDED.items():
        found: Any = sentences
        for part in table.split("."):
            found = found.get(part, {}) if isinstance(found, Mapping) else {}
        for key in sorted(keys):
            if not (isinstance(found, Mapping) and isinstance(found.get(key), str)):
                yield f"{table}.{key}: missing; the service needs this sentence"
