"""Faults that edit what the small service of these tests takes in, before it reads it."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from tests.contract.bad_service_reading import PREFETCH, Json, RefusedError

Edit: TypeAlias = Callable[[Json], Json]
_OUTCOME = "OperationOutcome"
_ROOT = {"hook", "hookInstance", "context", "prefetch", "fhirServer", "fhirAuthorization"}
_SOME_UUID = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"


def _refuse_when(bad: Callable[[Json], bool], status: int = 400) -> Edit:
    def edit(body: Json) -> Json:
        if bad(body):
            raise RefusedError(status, "planted")
        return body

    return edit


def _put(**members: Any) -> Edit:
    return lambda body: body | members


def _context(**members: Any) -> Edit:
    def edit(body: Json) -> Json:
        held = body.get("context")
        return body | {"context": (held if isinstance(held, dict) else {}) | members}

    return edit


def _values(change: Callable[[str, Any], Any]) -> Edit:
    """Changes the prefetch values of the two keys."""

    def edit(body: Json) -> Json:
        given = body.get("prefetch")
        if not isinstance(given, dict):
            return body
        return body | {"prefetch": {key: change(key, value) for key, value in given.items()}}

    return edit


def _kind(value: Any) -> str:
    return str(value.get("resourceType")) if isinstance(value, dict) else type(value).__name__


def _adopt(body: Json) -> Json:
    """Takes every Patient for the one in context, and every entry for this patient's."""
    mine = body["context"]["patientId"]
    text = json.dumps(body.get("prefetch") or {})
    for patient in {v["id"] for v in body.get("prefetch", {}).values() if _kind(v) == "Patient"}:
        text = text.replace(f'"{patient}"', f'"{mine}"').replace(
            f"Patient/{patient}", f"Patient/{mine}"
        )
    return body | {"prefetch": json.loads(text)}


def _prefetched(body: Json) -> str:
    found: str = body["prefetch"]["patient"]["id"]
    return found


def _strange(body: Json) -> bool:
    return bool(body.keys() - _ROOT - {"extension", "user"})


def _size(body: Json) -> int:
    return len(json.dumps(body))


REQUESTS: dict[str, Edit] = {
    "ignores-wrong-hook": lambda b: b | {"hook": "patient-view"} if "hook" in b else b,
    "needs-no-hook": _put(hook="patient-view"),
    "needs-no-hook-instance": _put(hookInstance=_SOME_UUID),
    "wants-uuid-4": _refuse_when(lambda b: b.get("hookInstance", "")[14:15] != "4"),
    "wants-lower-case": _refuse_when(lambda b: "F" in str(b.get("hookInstance"))),
    "needs-no-context": lambda b: b if b.get("context") else
        _context(patientId=_prefetched(b), userId="Practitioner/x")(b),
    "takes-query-as-id": lambda b: _context(patientId=_prefetched(b))(b)
        if "?" in str(b.get("context")) else b,
    "needs-no-patient-id": lambda b: _context(patientId=_prefetched(b))(b)
        if "patientId" not in str(b.get("context")) else b,
    "takes-any-user": lambda b: _context(userId="Practitioner/x")(b)
        if isinstance(b.get("context"), dict) and "Patient/" not in str(b["context"].get("userId"))
        else b,
    "crashes-on-prefetch-array": _refuse_when(lambda b: b.get("prefetch") == [], 500),
    "refuses-unknown-members": _refuse_when(_strange),
    "refuses-extension": _refuse_when(lambda b: "extension" in b),
    "refuses-user": _refuse_when(lambda b: "user" in b),
    "refuses-extra-keys": _refuse_when(lambda b: bool((b.get("prefetch") or {}).keys() - PREFETCH)),
    "crashes-on-extension": _refuse_when(lambda b: isinstance(b.get("extension"), str), 500),
    "needs-encounter": _refuse_when(lambda b: "encounterId" not in b.get("context", {})),
    "refuses-long-ids": _refuse_when(lambda b: len(b.get("context", {}).get("patientId", "")) > 64),
    "crashes-without-context": _refuse_when(lambda b: "context" not in b, 500),
    "missing-is-absent": lambda b: b | {
        "prefetch": {"patient": None, "conditions": None} | (b.get("prefetch") or {})},
    "null-is-missing": _values(lambda _k, v: {"resourceType": _OUTCOME} if v is None else v),
    "empty-is-missing": _values(
        lambda _k, v: {"resourceType": _OUTCOME} if _kind(v) == "Bundle" and not v.get("entry")
        else v),
    "crashes-on-null-patient": _refuse_when(
        lambda b: (b.get("prefetch") or {}).get("patient", 1) is None, 500),
    "outcome-is-empty": _values(lambda _k, v: None if _kind(v) == _OUTCOME else v),
    "crashes-on-subset": _refuse_when(lambda b: len(b.get("prefetch") or {}) == 1, 500),
    "crashes-on-text": _refuse_when(
        lambda b: "str" in map(_kind, (b.get("prefetch") or {}).values()), 500),
    "takes-other-patient": _adopt,
    "searchsets-only": _values(
        lambda _k, v: None if isinstance(v, dict) and v.get("type") == "collection" else v),
    "relative-references-only": _values(
        lambda _k, v: json.loads(json.dumps(v).replace("://ehr.example.org/fhir/Patient/", ""))),
    "next-link-is-empty": _values(
        lambda _k, v: None if isinstance(v, dict) and "next" in json.dumps(v.get("link")) else v),
    "crashes-on-mac": _refuse_when(
        lambda b: b.get("fhirAuthorization", {}).get("token_type") == "MAC", 500),
    "crashes-without-scope": _refuse_when(
        lambda b: "fhirAuthorization" in b and "scope" not in b["fhirAuthorization"], 500),
    "crashes-without-server": _refuse_when(
        lambda b: "fhirAuthorization" in b and "fhirServer" not in b, 500),
    "parses-scopes": _refuse_when(lambda b: "(R4)" in json.dumps(b.get("fhirAuthorization"))),
    "uses-others-token": lambda b: {**b, "fhirAuthorization": {
        n: v for n, v in b["fhirAuthorization"].items() if n != "patient"}}
        if "fhirAuthorization" in b else b,
    "refuses-roles": _refuse_when(lambda b: "PractitionerRole" in json.dumps(b.get("context"))),
    "wants-known-users": _refuse_when(lambda b: "COREPRACTITIONER" in json.dumps(b.get("context"))),
    "refuses-token-members": _refuse_when(
        lambda b: "futureMember" in b.get("fhirAuthorization", {})),
    "refuses-null-prefetch": _refuse_when(lambda b: b.get("prefetch", {}) is None),
    "crashes-on-empty-encounter": _refuse_when(
        lambda b: b.get("context", {}).get("encounterId") == "", 500),
    "crashes-on-older-fhir": _refuse_when(
        lambda b: '"clinicalStatus": "active"' in json.dumps(b), 500),
    "error-sinks-search": _values(
        lambda _k, v: None if '"severity": "error"' in json.dumps(v) else v),
    "chokes-on-large": _refuse_when(lambda b: _size(b) > 1_000_000, 500),
    "refuses-large": _refuse_when(lambda b: _size(b) > 1_000_000, 413),
}  # fmt: skip


def edit_request(faults: set[str], body: Json) -> Json:
    """The request as a service with these faults sees it."""
    for fault in sorted(faults & REQUESTS.keys()):
        body = REQUESTS[fault](body)
    return body


def edit_bytes(faults: set[str], body: bytes) -> bytes:
    """The body as a lenient or a brittle reader takes it."""
    try:
        json.loads(body)
    except (ValueError, RecursionError) as error:
        if "crashes-on-malformed" in faults:
            raise
        if "answers-422" in faults:
            raise RefusedError(422, "planted") from None
        if "crashes-on-depth" in faults and isinstance(error, RecursionError):
            raise
    if "unwraps-arrays" in faults and body.startswith(b"["):
        return body[1:-1]
    if "takes-nan" in faults:
        body = body.replace(b"NaN", b"0")
    if "takes-first-key" in faults:
        body = body.replace(b'"hook": "other", ', b"")
    return body.removeprefix(b"\xef\xbb\xbf") if "takes-mark" in faults else body
