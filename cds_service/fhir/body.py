"""The body of a FHIR answer: JSON only, counted while it is read, inflated up to a limit."""

import zlib

import httpx

MOST_BYTES = 2 * 1024 * 1024
ACCEPTED = {"accept": "application/fhir+json", "accept-encoding": "gzip, identity"}
_TYPES = frozenset({"application/fhir+json", "application/json"})
_BEFORE_STU3 = "application/json+fhir"
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})
_VERSIONS = ("4.0", "4.3")
_GZIP = 31


class UnreadableError(Exception):
    """The body is no FHIR JSON, or more than this service reads; says nothing of its content."""


class TooLargeError(UnreadableError):
    """The body is more than this service reads."""


class OtherVersionError(UnreadableError):
    """The media type names a FHIR version that is not read."""


async def read_body(response: httpx.Response) -> bytes:
    """The whole body as UTF-8 JSON text; raises UnreadableError."""
    _check_type(response.headers.get("content-type", ""))
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > MOST_BYTES:
        raise TooLargeError
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            body = await _plain(response)
        case "gzip" | "x-gzip":
            body = await _inflated(response)
        case _:
            raise UnreadableError
    try:
        body.decode()
    except UnicodeDecodeError:
        raise UnreadableError from None
    return body


def _check_type(header: str) -> None:
    """Another media type, character set or FHIR version is refused."""
    media, *given = (part.strip() for part in header.split(";"))
    parameters = {
        name.strip().lower(): value.strip().strip('"').lower()
        for name, _, value in (part.partition("=") for part in given)
    }
    if media.lower() == _BEFORE_STU3:
        raise OtherVersionError
    if media.lower() not in _TYPES or parameters.get("charset", "utf-8") not in _CHARSETS:
        raise UnreadableError
    if not is_read(parameters.get("fhirversion", _VERSIONS[0])):
        raise OtherVersionError


def is_read(version: str) -> bool:
    """Whether this service reads resources of this FHIR version."""
    return version.startswith(_VERSIONS)


async def _plain(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLargeError
    return bytes(body)


async def _inflated(response: httpx.Response) -> bytes:
    """Never holds more than the limit and one chunk, however far the body would inflate."""
    inflate = zlib.decompressobj(wbits=_GZIP)
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            body += inflate.decompress(chunk, MOST_BYTES + 1 - len(body))
        except zlib.error:
            raise UnreadableError from None
        if len(body) > MOST_BYTES:
            raise TooLargeError
        if inflate.unused_data:
            raise UnreadableError
    if not inflate.eof:
        raise UnreadableError
    return bytes(body)
