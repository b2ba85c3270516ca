"""The CDS Hooks request: the envelope checked strictly, unknown members ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from pydantic import Field, ValidationError

from cds_service.errors import ClientMistakeError
from cds_service.hooks.context import (
    Context,
    ProblemListItemCreateContext,
    Wire,
    matches,
)
from cds_service.hooks.services import HOOK_SERVICES, PATIENT_VIEW, HookService
from cds_service.hooks.strict_json import body_members, is_object, members

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_LAY_USERS = ("Patient/", "RelatedPerson/")
# What stays undecoded until it is read entry by entry.
_RESOURCES = ("conditions",)
_DECIDING = ("context", "fhirAuthorization")


class FhirAuthorization(Wire):
    """The token block of the request; all five members are required."""

    access_token: Annotated[str, Field(min_length=1, repr=False)]
    token_type: Annotated[str, matches(re.compile("[Bb]earer"))]
    expires_in: int
    scope: str
    subject: str
    patient: str | None = None


class Envelope(Wire):
    """Everything of the request but the prefetched data."""

    hook: Annotated[str, Field(min_length=1)]
    hookInstance: Annotated[str, matches(_UUID)]
    context: Context
    fhirServer: str | None = None
    fhirAuthorization: FhirAuthorization | None = None
    extension: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A well-formed request to one service; `prefetch` values are still undecoded JSON."""

    envelope: Envelope
    prefetch: Mapping[str, msgspec.Raw]
    service: HookService = PATIENT_VIEW

    @property
    def lay_user(self) -> bool:
        """Whether the reader is the patient or a relative: no clinician cards then."""
        return self.envelope.context.userId.startswith(_LAY_USERS)

    @property
    def new_conditions(self) -> msgspec.Raw | None:
        """The Bundle of problems that were just added, undecoded; None for the other hooks."""
        context = self.envelope.context
        return context.conditions if isinstance(context, ProblemListItemCreateContext) else None


def decode_request(body: bytes, offered: tuple[HookService, ...] = (PATIENT_VIEW,)) -> HookRequest:
    """Parse and check a request body to one of these services; its hook tells which.

    Raises ClientMistakeError with the member at fault; the value is never part of the error.
    """
    root = body_members(body)
    prefetch = _prefetch(root.pop("prefetch", msgspec.Raw(b"null")))
    try:
        given = {
            key: _decoded(key, value) for key, value in root.items() if key in Envelope.model_fields
        }
    except msgspec.DecodeError:
        raise ClientMistakeError("not-json") from None
    service = _service(given.get("hook"), offered)
    envelope = _envelope(given, service)
    if envelope.fhirAuthorization is not None and not envelope.fhirServer:
        raise ClientMistakeError("invalid", "fhirServer")
    return HookRequest(envelope, prefetch, service)


def _service(hook: Any, offered: tuple[HookService, ...]) -> HookService:
    if not isinstance(hook, str) or not hook:
        raise ClientMistakeError("invalid", "hook")
    found = next((service for service in offered if service.hook == hook), None)
    if found is None:
        raise ClientMistakeError("wrong-hook", "hook")
    return found


def _prefetch(value: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """Null and `{}` are as absent (conformance cases 39 and 40)."""
    if bytes(value).strip() == b"null":
        return {}
    try:
        return members(value, "prefetch")
    except msgspec.DecodeError:
        raise ClientMistakeError("invalid", "prefetch") from None


def _decoded(name: str, value: msgspec.Raw) -> Any:
    """One member of the envelope; the objects that decide must not name a member twice either."""
    if name not in _DECIDING or not is_object(value):
        return msgspec.json.decode(value)
    return {
        member: raw if member in _RESOURCES else msgspec.json.decode(raw)
        for member, raw in members(value, name).items()
    }


def _envelope(given: dict[str, Any], service: HookService) -> Envelope:
    """The envelope with the context that this service's hook defines."""
    try:
        context = service.context.model_validate(given.pop("context", None))
    except ValidationError as error:
        raise _invalid(error, "context") from None
    try:
        return Envelope.model_validate({**given, "context": context})
    except ValidationError as error:
        raise _invalid(error) from None


def _invalid(error: ValidationError, *inside: str) -> ClientMistakeError:
    """Names the member at fault where it is one we know; names of others may hold anything."""
    slip = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = [str(part) for part in slip["loc"] if str(part) in _MEMBERS]
    return ClientMistakeError("invalid", ".".join((*inside, *known)))


_MEMBERS = {
    *Envelope.model_fields,
    *FhirAuthorization.model_fields,
    *(name for service in HOOK_SERVICES for name in service.context.model_fields),
}
