"""The JSON Web Token of a call: read strictly, then verified with one pinned key."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.util import urlsafe_b64decode

from cds_service.errors import NotTrustedError
from cds_service.trust.keys import ALGORITHMS, Key

_BEARER = re.compile(r"Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE)
_LONGEST = 8 * 1024
_LONGEST_TEXT = 512
# Headers that carry a key or change what is signed: nobody needs them here.
_REFUSED = ("jwk", "x5u", "x5c", "crit", "b64", "zip")


class _Registry(jws.JWSRegistry):
    """Room for a long `jku`; headers nobody knows are passed over."""

    max_header_length = 4096

    def __init__(self, algorithm: str) -> None:
        super().__init__(algorithms=[algorithm], strict_check_header=False)


_REGISTRIES = {algorithm: _Registry(algorithm) for algorithm in ALGORITHMS}
_ANY = _REGISTRIES[ALGORITHMS[0]]


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says of the signature."""

    algorithm: str
    kid: str
    jku: str | None


@dataclass(frozen=True, slots=True)
class Token:
    """A well-formed token; its claims are only what somebody wrote until `verify` returns."""

    header: Header
    claims: dict[str, Any]
    signed: jws.CompactSignature

    def verify(self, key: Key) -> None:
        """Check the signature; raises NotTrustedError."""
        registry = _REGISTRIES[self.header.algorithm]
        try:
            good = jws.validate_compact(self.signed, key, registry=registry)
        except (JoseError, ValueError, TypeError):
            good = False
        if not good:
            raise NotTrustedError("signature")


def read_token(authorization: Sequence[str]) -> Token:
    """The token of the Authorization headers of one request; raises NotTrustedError."""
    if len(authorization) != 1:
        raise NotTrustedError("two-headers" if authorization else "no-token")
    found = _BEARER.fullmatch(authorization[0])
    if found is None or len(found[1]) > _LONGEST:
        raise NotTrustedError("not-bearer")
    try:
        signed = jws.extract_compact(found[1].encode(), registry=_ANY)
        header = _object(urlsafe_b64decode(signed.segments["header"]))
        claims = _object(signed.payload)
    except (JoseError, ValueError, TypeError, RecursionError):
        raise NotTrustedError("malformed") from None
    return Token(_header(header), claims, signed)


def is_text(value: object) -> TypeGuard[str]:
    """A name that may be compared and stored: not empty, not long, printable."""
    return (
        isinstance(value, str)
        and 0 < len(value) <= _LONGEST_TEXT
        and value.isprintable()
        and bool(value.strip())
    )


def _header(header: dict[str, Any]) -> Header:
    if any(name in header for name in _REFUSED):
        raise NotTrustedError("refused-header")
    if header.get("typ") != "JWT":
        raise NotTrustedError("type")
    if header.get("alg") not in ALGORITHMS:
        raise NotTrustedError("algorithm")
    if not is_text(header.get("kid")):
        raise NotTrustedError("key-id")
    if "jku" in header and not is_text(header["jku"]):
        raise NotTrustedError("key-address")
    return Header(header["alg"], header["kid"], header.get("jku"))


def _object(document: bytes) -> dict[str, Any]:
    """A JSON object in which no name stands twice and every number is one."""
    value = json.loads(document, object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(value, dict):
        raise TypeError("an object is needed")
    return value


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in pairs:
        if name in members:
            raise ValueError("a name stands twice")
        members[name] = value
    return members


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number in JSON")
