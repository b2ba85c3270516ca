"""Prefetch templates: resolved as a client would, and read against the recommended subset."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

_TOKEN = re.compile(r"\{\{\s*(.*?)\s*\}\}")
_TODAY = re.compile(r"today\(\)(?:\s*([+-])\s*(\d+)\s*days?)?")
_CONTEXT = re.compile(r"context\.(\w+)")
_USER_TOKENS = {
    "userPractitionerId": "Practitioner",
    "userPractitionerRoleId": "PractitionerRole",
    "userPatientId": "Patient",
    "userRelatedPersonId": "RelatedPerson",
}
_CONTEXT_TOKENS = frozenset({"userId", "patientId", "encounterId"})
_READ = re.compile(r"(?:[A-Z][A-Za-z]+/)?\{\{[^{}]+\}\}|[A-Z][A-Za-z]+/[A-Za-z0-9\-.]+")
_SEARCH = re.compile(r"[A-Z][A-Za-z]+\?(.+)")
_FORBIDDEN_PARAMETERS = ("_include", "_revinclude", "_has", "_filter", "_query", "_contained")
_MODIFIERS = frozenset({"in"})
_PREFIXES = re.compile(r"(ne|sa|eb|ap)\d{4}")
_COMMON = frozenset(
    {
        "patient",
        "subject",
        "category",
        "clinical-status",
        "code",
        "date",
        "encounter",
        "intent",
        "status",
        "type",
        "authoredon",
        "onset-date",
        "recorded-date",
    }
)
_CONTROLS = frozenset({"_count", "_sort", "_id", "_maxresults", "_lastUpdated"})


def resolve(template: str, context: Mapping[str, object]) -> str | None:
    """The query for this context, None while a token has no value."""
    unknown = False

    def value(token: re.Match[str]) -> str:
        nonlocal unknown
        found = _value(token[1], context)
        unknown |= found is None
        return found or ""

    query = _TOKEN.sub(value, template)
    return None if unknown or "{{" in query else query


def _value(token: str, context: Mapping[str, object]) -> str | None:
    user = str(context.get("userId", ""))
    if token in _USER_TOKENS:
        kind, _, identifier = user.partition("/")
        return identifier if kind == _USER_TOKENS[token] else None
    if today := _TODAY.fullmatch(token):
        days = int(today[2] or 0) * (-1 if today[1] == "-" else 1)
        return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()
    if field := _CONTEXT.fullmatch(token):
        found = context.get(field[1])
        return found if isinstance(found, str) and found else None
    return None


def slips(template: str) -> list[str]:
    """What of the template lies outside the subset that clients are told to support."""
    found = [f"token {{{{{token}}}}}" for token in _TOKEN.findall(template) if not _legal(token)]
    search = _SEARCH.fullmatch(template)
    if search is None:
        if not _READ.fullmatch(template):
            found.append("neither a read nor a search of one type by a relative URL")
        return found
    for parameter in search[1].split("&"):
        name, _, value = parameter.partition("=")
        bare, colon, modifier = name.partition(":")
        if bare in _FORBIDDEN_PARAMETERS:
            found.append(f"parameter {bare}")
        elif "." in bare:
            found.append(f"chained parameter {bare}")
        elif colon and modifier not in _MODIFIERS and not modifier[:1].isupper():
            found.append(f"modifier :{modifier}")
        elif bare not in _CONTROLS and _PREFIXES.match(value):
            found.append(f"prefix {value[:2]}")
    return found


def unusual(template: str) -> list[str]:
    """Search parameters that national cores do not make servers support."""
    search = _SEARCH.fullmatch(template)
    parameters = search[1].split("&") if search else []
    names = {parameter.partition("=")[0].partition(":")[0] for parameter in parameters}
    return sorted(names - _COMMON - _CONTROLS)


def _legal(token: str) -> bool:
    if token in _USER_TOKENS or _TODAY.fullmatch(token):
        return True
    field = _CONTEXT.fullmatch(token)
    return field is not None and field[1] in _CONTEXT_TOKENS


def type_of(query: str) -> str:
    """The resource type that a query or resolved template asks for."""
    return query.strip("/").partition("?")[0].partition("/")[0]


def same_search(one: str, other: str) -> bool:
    """Whether two queries ask for the same, paging and order aside."""
    return _signature(one) == _signature(other)


def _signature(query: str) -> tuple[str, frozenset[str]]:
    path, _, parameters = query.strip("/").partition("?")
    parts = [p for p in parameters.split("&") if p and not p.startswith("_")]
    plain = (p.replace("patient=Patient/", "patient=").replace("%7C", "|") for p in parts)
    return path, frozenset(plain)
