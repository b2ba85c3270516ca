"""Changes to JSON that keep it JSON: plain changes of bytes hardly get past the parser."""

import json
import random
from collections.abc import Sequence
from typing import Any

from tests.fuzz.targets import SEPARATOR

_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e308, -0.0, 10**18, "", " ", "\0", "\ud800", "\u202e", [], {}),
    *("9999-12-31T23:59:60Z", "0001-01-01", "2026-02-30", "2026-11-20T10:00:00+14:00", "2026"),
    *("Patient/p1", "urn:uuid:", "//", "http://127.0.0.1:9/fhir/Observation?page=2", "A" * 300),
)
_DEEP = 200


def mutated(data: bytes, seed: int, words: Sequence[str]) -> bytes | None:
    """The input with one of its JSON documents changed at random; None where it holds none."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    parts = data[1:].split(SEPARATOR)
    place = chance.randrange(len(parts))
    try:
        document = json.loads(parts[place])
    except (ValueError, RecursionError):
        return None
    holder = [document]
    spots = list(_spots(holder))
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        _change(*chance.choice(spots), spots, chance, words)
    try:
        parts[place] = json.dumps(holder[0]).encode()
    except (LookupError, RecursionError):  # all of it was taken away, or it nests beyond the stack
        return None
    return data[:1] + SEPARATOR.join(parts)


def _spots(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document as its holder and its key or number."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[Any, Any]] = []
    for key, item in items:
        found.append((value, key))
        if isinstance(item, dict | list):
            found += _spots(item)
    return found


def _change(
    holder: Any,
    key: Any,
    spots: Sequence[tuple[Any, Any]],
    chance: random.Random,
    words: Sequence[str],
) -> None:
    """Replace, wrap, nest, rename, repeat or take away what stands there, if it still does."""
    if (isinstance(holder, dict) and key not in holder) or (
        isinstance(holder, list) and key >= len(holder)
    ):
        return
    match chance.randrange(8):
        case 0:
            holder[key] = chance.choice(_ODD)
        case 1:
            holder[key] = chance.choice(words)
        case 2:
            holder[key] = [holder[key]]
        case 3:
            holder[key] = _nested(holder[key], chance)
        case 4 if isinstance(holder, dict):
            holder[chance.choice(words)] = holder.pop(key)
        case 5 if isinstance(holder, list):
            holder.insert(key, holder[key])
        case 6:
            del holder[key]
        case _:
            other, place = chance.choice(spots)
            if isinstance(other, dict) and place in other:
                holder[key] = json.loads(json.dumps(other[place]))


def _nested(value: Any, chance: random.Random) -> Any:
    name = chance.choice(("item", "extension", "entry", "resource", "contained"))
    for _ in range(chance.randrange(_DEEP)):
        value = {name: [value]}
    return value
