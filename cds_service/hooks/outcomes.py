"""Errors as FHIR OperationOutcome: a fixed sentence and the member at fault, never input."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.errors import ClientMistakeError, DataUnavailableError, TooManyCallsError
from cds_service.hooks.body_deadline import TOO_SLOW

_CODES = {
    404: "not-found",
    405: "not-supported",
    TOO_SLOW: "timeout",
    412: "not-found",
    413: "too-long",
    429: "throttled",
    500: "exception",
    503: "transient",
}
_JSON = "application/json"
_RETRY_AFTER = 5  # seconds


def outcome(
    library: Library,
    status: int,
    sentence: str,
    where: tuple[str, ...] = (),
    values: Mapping[str, str] | None = None,
) -> Response:
    """One error issue; `sentence` is a key of [errors] in `cards/_common/sentences.toml`."""
    issue: dict[str, Any] = {
        "severity": "error",
        "code": _CODES.get(status, "invalid"),
        "details": {"text": _sentence(library, sentence, values or {})},
    }
    if where:
        issue["expression"] = list(where)
    body = {"resourceType": "OperationOutcome", "issue": [issue]}
    return Response(json.dumps(body), status, media_type=_JSON)


def mistake(library: Library, error: ClientMistakeError) -> Response:
    """A request that breaks a rule."""
    where = (error.where,) if error.where else ()
    response = outcome(library, error.status, error.code, where, _values(error))
    if error.status == TOO_SLOW:  # else the rest of the body would hold the connection
        response.headers["Connection"] = "close"
    return response


def in_words(library: Library, error: ClientMistakeError) -> str:
    """The sentence that a person reads instead of the OperationOutcome."""
    return _sentence(library, error.code, _values(error))


def _values(error: ClientMistakeError) -> Mapping[str, str]:
    index = error.where.removeprefix("feedback[").removesuffix("]")
    return {"index": index, "where": error.where or "The request"}


def _sentence(library: Library, key: str, values: Mapping[str, str]) -> str:
    return Template.compile(str(library.sentences["errors"][key])).fill(values)


def unavailable(library: Library, error: DataUnavailableError) -> Response:
    """412: required data were neither delivered nor readable; names keys, never values."""
    keys = ", ".join(error.keys)
    where = tuple(f"prefetch.{key}" for key in error.keys)
    sentence = "other-version" if error.other_version else "data-unavailable"
    return outcome(library, 412, sentence, where, {"keys": keys})


def try_again(library: Library) -> Response:
    """503: nothing was done; the same request may be sent again."""
    return _later(outcome(library, 503, "try-again"), _RETRY_AFTER)


def too_many(library: Library, error: TooManyCallsError) -> Response:
    """429 or 503: nothing was read; the same request may be sent again after the time named."""
    return _later(outcome(library, error.status, error.code), error.seconds)


def _later(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def unauthorized() -> Response:
    """401: the same for every reason, so that it explains nothing to whoever is trying."""
    headers = {"WWW-Authenticate": "Bearer", "Cache-Control": "no-store"}
    return Response(status_code=401, headers=headers)
