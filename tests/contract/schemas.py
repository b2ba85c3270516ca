"""The published schemas at work: what is wrong with a document, or with an answer of ours."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

import httpx
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from cds_service.hooks.contracts import contracts_folder

FOLDER = contracts_folder()
SCHEMAS: dict[str, Any] = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(Path(FOLDER, "schemas").glob("*.schema.json"))
}
OPENAPI: dict[str, Any] = json.loads(Path(FOLDER, "openapi.json").read_text(encoding="utf-8"))
JSON_TYPES = {"application/json", "application/schema+json"}
FORMATS = FormatChecker(formats=())


@FORMATS.checks("date-time", raises=ValueError)
def _is_a_day_of_the_calendar(value: object) -> bool:
    """The 30th of February has the form of a date-time and is none."""
    return not isinstance(value, str) or bool(datetime.fromisoformat(value[:10]))


@cache
def registry() -> Registry[Any]:
    """The schemas under the relative addresses by which they name each other."""
    return Registry().with_resources(
        (f"{place}{name}.schema.json", DRAFT202012.create_resource(schema))
        for name, schema in SCHEMAS.items()
        for place in ("", "schemas/")
    )


@cache
def validator(address: str) -> Draft202012Validator:
    """What judges by one schema, or by a part of one such as `contexts#/$defs/patient-view`."""
    name, hash_, place = address.partition("#")
    reference = {"$ref": f"{name}.schema.json{hash_}{place}"}
    return Draft202012Validator(reference, registry=registry(), format_checker=FORMATS)


def faults(name: str, document: Any) -> set[str]:
    """The places that break a schema, as `cards.0.source.label`; a missing member by its own."""
    return {place for error in validator(name).iter_errors(document) for place in _places(error)}


def _places(error: ValidationError) -> Iterator[str]:
    """Where an error is: at the member that is missing or unknown, not at the object around it."""
    where = ".".join(str(part) for part in error.absolute_path)
    rule, schema = cast("Any", error.validator_value), cast("Any", error.schema)
    given = cast("Any", error.instance)
    named: Iterable[str] = ()
    if error.validator == "required":
        named = (name for name in rule if name not in given)
    elif error.validator == "dependentRequired":
        asked = (names for cause, names in rule.items() if cause in given)
        named = (name for names in asked for name in names if name not in given)
    elif error.validator == "additionalProperties":
        named = (name for name in given if name not in schema["properties"])
    places = [f"{where}.{name}".lstrip(".") for name in named]
    yield from places or [where]


async def conform(response: httpx.Response) -> None:
    """Hold an answer of the service against the contract; for the event hooks of a client."""
    await response.aread()
    name = _schema_of(response)
    if response.content and name is not None and _media(response) in JSON_TYPES:
        broken = faults(name, response.json())
        assert broken == set(), f"{name}: {sorted(broken)}"
    request = response.request
    if response.is_success and (request.method, request.url.path[-9:]) == ("POST", "/feedback"):
        broken = faults("leg-pain-feedback", json.loads(request.content))
        assert broken == set(), f"taken, against leg-pain-feedback: {sorted(broken)}"


def _media(response: httpx.Response) -> str:
    media: str = response.headers.get("content-type", "")
    return media.partition(";")[0].strip()


def _schema_of(response: httpx.Response) -> str | None:
    """The schema that the OpenAPI document promises for this address, by its kind of status."""
    parts = [part for part in response.request.url.path.split("/") if part]
    match parts:
        case ["health", _] if response.status_code != httpx.codes.METHOD_NOT_ALLOWED:
            return "health"
        case _ if response.is_error:
            return "operation-outcome"
        case ["cds-services"]:
            return "leg-pain-discovery"
        case ["cds-services", _]:
            return "leg-pain-response"
        case _:
            return None
