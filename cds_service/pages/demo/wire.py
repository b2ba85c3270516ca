"""Requests and answers as they went over the wire, in parts that can be folded."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.ehr.answer import Json
from cds_service.pages.demo.fhir_text import objects

_FOLDED = "prefetch"
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Part:
    """Some lines of a JSON document; with a title they are folded."""

    text: str
    title: str = ""


def parts_of(document: Any) -> tuple[Part, ...]:
    """A document whose prefetch is folded, key by key; all parts together are the whole."""
    if not isinstance(document, dict) or not isinstance(document.get(_FOLDED), dict):
        return (Part(_pretty(document)),)
    return tuple(_folded(document))


def _folded(document: Json) -> Iterator[Part]:
    rest = {name: value for name, value in document.items() if name != _FOLDED}
    head = _pretty(rest).rstrip("}").rstrip()
    yield Part(f'{head}{"," if rest else ""}\n{_INDENT}"{_FOLDED}": {{')
    held: Json = document[_FOLDED]
    for number, (key, value) in enumerate(held.items(), start=1):
        comma = "," if number < len(held) else ""
        lines = f'"{key}": {_pretty(value)}{comma}'
        yield Part(_indented(lines, 2), f"{key}: {_told(value)}")
    yield Part(f"{_INDENT}}}\n}}")


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _indented(text: str, depth: int) -> str:
    return "\n".join(_INDENT * depth + line for line in text.split("\n"))


def _told(value: Any) -> str:
    """A prefetch value in a few words."""
    if not isinstance(value, dict):
        return "nothing"
    kind = str(value.get("resourceType"))
    if kind != "Bundle":
        return kind
    count = len(objects(value.get("entry")))
    return f"{count} {'entry' if count == 1 else 'entries'}"
