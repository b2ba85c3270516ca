"""What the form of the demo says; it holds all state, and the server keeps nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from cds_service.ehr.answer import Json
from cds_service.pages.demo.explanation import STATUSES

MOST_BYTES = 256 * 1024
_MOST_FIELDS = 2000
_MOST_ORDERS = 50

Fields = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """A finding of the what-if panel: as chosen, as recorded, and on which side."""

    chosen: str
    was: str
    side: str


@dataclass(frozen=True, slots=True)
class Form:
    """Everything that was sent; `accepted` and `overridden` are what a button did just now.

    `orders` are suggestions accepted before, `hidden` the cards overridden before, by card id,
    with the reason in words.
    """

    service: str = ""
    problem: str = ""
    choices: Mapping[str, Choice] = field(default_factory=dict)
    orders: tuple[Json, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    accepted: Json | None = None
    overridden: Json | None = None
    again: str = ""
    fields: Fields = field(default_factory=dict)

    def one(self, name: str) -> str:
        """The last value of a field, empty where there is none."""
        return self.fields.get(name, [""])[-1].strip()


def fields_of(body: bytes) -> Fields:
    """The fields of a form; raises ValueError for what is none."""
    return parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)


def read_form(fields: Fields) -> Form:
    """The form; what does not fit is left out."""
    one = {name: values[-1] for name, values in fields.items()}
    orders = [order for value in fields.get("order", []) if (order := _object(value))]
    return Form(
        service=one.get("service", ""),
        problem=one.get("problem", ""),
        choices=_choices(one),
        orders=tuple(orders[:_MOST_ORDERS]),
        hidden=_named("hidden", one),
        accepted=_object(one.get("accept", "")),
        overridden=_object(one.get("override", "")),
        again=one.get("again", ""),
        fields=fields,
    )


def _choices(one: Mapping[str, str]) -> dict[str, Choice]:
    was, side = _named("was", one), _named("side", one)
    return {
        finding: Choice(chosen, was.get(finding, "unknown"), side.get(finding, ""))
        for finding, chosen in _named("finding", one).items()
        if chosen in STATUSES
    }


def _named(kind: str, one: Mapping[str, str]) -> dict[str, str]:
    """The fields `kind.name` by name."""
    start = f"{kind}."
    return {
        name.removeprefix(start): value for name, value in one.items() if name.startswith(start)
    }


def _object(value: str) -> Json | None:
    try:
        found: Any = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
