"""The CDS Hooks request: the envelope checked strictly, unknown members ignored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from cds_service.errors import ClientMistakeError

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ID = r"[A-Za-z0-9\-._~]{1,512}"
_USER = re.compile(rf"(Practitioner|PractitionerRole|Patient|RelatedPerson)/{_ID}")
_LAY_USERS = ("Patient/", "RelatedPerson/")


class _Key:
    """A member name that equals no other, so that a name given twice stays visible."""

    def __init__(self, name: str) -> None:
        self.name = name


def _as_key(_kind: type, name: str) -> _Key:
    return _Key(name)


_OBJECT = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=_as_key)


def _matches(pattern: re.Pattern[str]) -> AfterValidator:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            message = "not in the expected form"
            raise ValueError(message)
        return text

    return AfterValidator(check)


class _Wire(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class FhirAuthorization(_Wire):
    """The token block of the request; all five members are required."""

    access_token: Annotated[str, Field(min_length=1, repr=False)]
    token_type: Annotated[str, _matches(re.compile("[Bb]earer"))]
    expires_in: int
    scope: str
    subject: str
    patient: str | None = None


class Context(_Wire):
    """The patient-view context; `patientId` and `encounterId` are bare ids."""

    userId: Annotated[str, _matches(_USER)]
    patientId: Annotated[str, _matches(re.compile(_ID))]
    encounterId: Annotated[str, _matches(re.compile(_ID))] | None = None


class Envelope(_Wire):
    """Everything of the request but the prefetched data."""

    hook: Annotated[str, Field(min_length=1)]
    hookInstance: Annotated[str, _matches(_UUID)]
    context: Context
    fhirServer: str | None = None
    fhirAuthorization: FhirAuthorization | None = None
    extension: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A well-formed request; `prefetch` values are still undecoded JSON."""

    envelope: Envelope
    prefetch: Mapping[str, msgspec.Raw]

    @property
    def lay_user(self) -> bool:
        """Whether the reader is the patient or a relative: no clinician cards then."""
        return self.envelope.context.userId.startswith(_LAY_USERS)


def decode_request(body: bytes) -> HookRequest:
    """Parse and check a request body.

    Raises ClientMistakeError with the member at fault; the value is never part of the error.
    """
    if not body.strip():
        raise ClientMistakeError("no-body")
    root = _root(body)
    prefetch = _prefetch(root.pop("prefetch", msgspec.Raw(b"null")))
    try:
        _unique_inside(root)
        members = {
            key: msgspec.json.decode(value)
            for key, value in root.items()
            if key in Envelope.model_fields
        }
    except msgspec.DecodeError:
        raise ClientMistakeError("not-json") from None
    envelope = _envelope(members)
    if envelope.fhirAuthorization is not None and not envelope.fhirServer:
        raise ClientMistakeError("invalid", "fhirServer")
    return HookRequest(envelope, prefetch)


def _root(body: bytes) -> dict[str, msgspec.Raw]:
    try:
        body.decode("utf-8")
        return _members(body)
    except msgspec.ValidationError:
        raise ClientMistakeError("not-object") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ClientMistakeError("not-json") from None


def _members(value: bytes | msgspec.Raw, where: str = "") -> dict[str, msgspec.Raw]:
    """The members of an object; a name given twice is refused (ruling 58)."""
    pairs = _OBJECT.decode(value)
    members = {key.name: raw for key, raw in pairs.items()}
    if len(members) < len(pairs):
        raise ClientMistakeError("twice", where)
    return members


def _prefetch(value: msgspec.Raw) -> dict[str, msgspec.Raw]:
    """Null and `{}` are as absent (conformance cases 39 and 40)."""
    if bytes(value).strip() == b"null":
        return {}
    try:
        return _members(value, "prefetch")
    except msgspec.DecodeError:
        raise ClientMistakeError("invalid", "prefetch") from None


def _unique_inside(members: dict[str, msgspec.Raw]) -> None:
    """The objects of the envelope must not name a member twice either."""
    for name in ("context", "fhirAuthorization"):
        value = members.get(name)
        if value is not None and bytes(value).lstrip().startswith(b"{"):
            _members(value, name)


def _envelope(members: dict[str, Any]) -> Envelope:
    try:
        return Envelope.model_validate(members)
    except ValidationError as error:
        slip = error.errors(include_url=False, include_context=False, include_input=False)[0]
        known = [str(part) for part in slip["loc"] if str(part) in _MEMBERS]
        raise ClientMistakeError("invalid", ".".join(known)) from None


_MEMBERS = {
    *Envelope.model_fields,
    *Context.model_fields,
    *FhirAuthorization.model_fields,
}
