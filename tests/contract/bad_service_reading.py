"""How the small service of these tests reads a request, its prefetch and a FHIR server."""

import asyncio
import json
import re
import ssl
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import httpx

Json: TypeAlias = dict[str, Any]
PREFETCH = {
    "patient": "Patient/{{context.patientId}}",
    "conditions": "Condition?patient={{context.patientId}}",
}
HOOK = "patient-view"
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID = re.compile(r"[A-Za-z0-9\-._]{1,512}")
_USER = re.compile(r"(Practitioner|PractitionerRole|Patient|RelatedPerson)/[A-Za-z0-9\-._]{1,512}")
_BLOCK = {"access_token": str, "token_type": str, "expires_in": int, "scope": str, "subject": str}
_TLS = ssl.create_default_context()  # costly to make, and never needed here
_DEADLINE = 0.7  # seconds for one query
_MOST_PAGES = 5
_TELLING = ("error", "fatal")


class RefusedError(Exception):
    """The request gets this status; the text repeats nothing of it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class FailedQueryError(Exception):
    """A query that was not answered."""


@dataclass
class Record:
    """What is known of the patient; `gaps` counts what could not be read."""

    patient: Json | None = None
    conditions: list[Json] = field(default_factory=list)
    gaps: int = 0


def parse(body: bytes) -> Json:
    """Strict JSON with an object at the root."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError
        return dict(pairs)

    def refuse(_constant: str) -> Any:
        raise ValueError

    try:
        found = json.loads(body.decode(), object_pairs_hook=unique, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise RefusedError(400, "not JSON") from None
    if not isinstance(found, dict):
        raise RefusedError(400, "not an object")
    return found


def check(body: Json) -> None:
    """The rules of CDS Hooks for a request."""
    context = body.get("context")
    if body.get("hook") != HOOK:
        raise RefusedError(400, "hook")
    if not _matches(_UUID, body.get("hookInstance")):
        raise RefusedError(400, "hookInstance")
    if not isinstance(context, dict) or not _matches(_ID, context.get("patientId")):
        raise RefusedError(400, "context.patientId")
    if not _matches(_USER, context.get("userId")):
        raise RefusedError(400, "context.userId")
    if not isinstance(body.get("prefetch", {}), dict | None):
        raise RefusedError(400, "prefetch")
    if not isinstance(body.get("extension", {}), dict):
        raise RefusedError(400, "extension")
    block = body.get("fhirAuthorization")
    if block is not None and not _usable(body, block):
        raise RefusedError(400, "fhirAuthorization")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _usable(body: Json, block: Any) -> bool:
    if not isinstance(block, dict) or not isinstance(body.get("fhirServer"), str):
        return False
    whole = all(isinstance(block.get(name), kind) for name, kind in _BLOCK.items())
    mine = block.get("patient") in (None, body["context"]["patientId"])
    return whole and mine and block["token_type"].lower() == "bearer"


async def gather(body: Json, faults: set[str]) -> Record:
    """Every key from prefetch, else from the FHIR server; 412 when neither has it."""
    given = body.get("prefetch") or {}
    record = Record()
    for key, template in PREFETCH.items():
        query = template.replace("{{context.patientId}}", body["context"]["patientId"])
        try:
            value = given[key] if key in given else await _fetch(body, query, faults)
            if "fetches-all-again" in faults and body.get("fhirAuthorization"):
                await _fetch(body, query, faults)
            await _take(record, key, value, body, faults)
        except FailedQueryError:
            raise RefusedError(412, f"not available: {key}") from None
    return record


async def _take(record: Record, key: str, value: Any, body: Json, faults: set[str]) -> None:
    if value is None:
        if "fetches-null" in faults and body.get("fhirAuthorization"):
            await _fetch(body, key, faults)
        return
    kind = value.get("resourceType") if isinstance(value, dict) else None
    if kind == "OperationOutcome" and "repeats-failed-query" in faults:
        await _fetch(body, f"Condition?patient={body['context']['patientId']}", faults)
    if key == "patient" and kind == "Patient":
        if value.get("id") != body["context"]["patientId"]:
            raise RefusedError(400, "another patient")
        record.patient = value
    elif key == "conditions" and kind == "Bundle":
        await _searchset(record, value, body, faults)
    else:
        raise FailedQueryError


async def _searchset(record: Record, bundle: Json, body: Json, faults: set[str]) -> None:
    for _ in range(10_000 if "reads-without-end" in faults else _MOST_PAGES):
        for entry in bundle.get("entry", []):
            _one(record, entry, body["context"]["patientId"], faults)
        links = {link["relation"]: link["url"] for link in bundle.get("link", [])}
        if "next" not in links or "ignores-pages" in faults:
            return
        try:
            bundle = await _fetch(body, links["next"], faults)
        except FailedQueryError:
            break
    record.gaps += "first-page-is-all" not in faults


def _one(record: Record, entry: Json, patient_id: str, faults: set[str]) -> None:
    """One entry; a damaged one is counted and costs itself."""
    try:
        resource = entry["resource"]
        if resource.get("resourceType") == "OperationOutcome":
            record.gaps += any(one["severity"] in _TELLING for one in resource["issue"])
            return
        if resource["resourceType"] != "Condition":
            return
        mine = resource["subject"]["reference"].rpartition("/")[2] == patient_id
        codes = [coding["code"] for coding in resource["code"].get("coding", [])]
        status = resource.get("verificationStatus", {}).get("coding", [{}])[0].get("code")
        retracted = status == "entered-in-error" and "believes-retracted" not in faults
        if (mine or "mixes-patients" in faults) and not retracted:
            record.conditions.append(resource | {"codes": codes})
    except (AttributeError, KeyError, TypeError, IndexError):
        if "one-damage-sinks-all" in faults:
            raise
        record.gaps += 1


async def _fetch(body: Json, query: str, faults: set[str]) -> Any:
    """One query or next page at the FHIR server of the request."""
    base, block = body.get("fhirServer"), body.get("fhirAuthorization")
    if not base or not block or "never-fetches" in faults:
        raise FailedQueryError
    url = query if "://" in query else f"{base}/{query}"
    if not url.startswith(f"{base}/") and "follows-anywhere" not in faults:
        raise FailedQueryError
    bearer = {"authorization": f"Bearer {block['access_token']}"}
    headers = {} if "forgets-token" in faults else bearer
    patience = 30 if "waits-forever" in faults else _DEADLINE
    try:
        async with (
            asyncio.timeout(patience),
            httpx.AsyncClient(trust_env=False, verify=_TLS) as client,
        ):
            reply = await client.get(url, headers=headers)
            if reply.is_redirect and "follows-anywhere" in faults:
                reply = await client.get(reply.headers["location"], headers=headers)
    except (httpx.HTTPError, TimeoutError):
        if "crashes-out-of-reach" in faults:
            raise RefusedError(500, "broken") from None
        raise FailedQueryError from None
    if reply.status_code != httpx.codes.OK and "errors-are-empty" in faults:
        return None
    if reply.status_code != httpx.codes.OK:
        raise FailedQueryError
    try:
        return reply.json()
    except ValueError:
        raise FailedQueryError from None
