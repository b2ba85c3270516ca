"""Public keys from a JWK Set: only those that may verify, each under its id and algorithm."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from joserfc.util import urlsafe_b64decode

_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
# Asymmetric ones only: neither `none` nor a shared secret can be configured.
ALGORITHMS = (*_CURVES, *_RSA)
_LEAST_RSA_BYTES = 256
_PRIVATE = ("d", "k")
# The private half of the official sandbox's key lies in its public repository.
_PUBLISHED = ("dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",)

Key: TypeAlias = ECKey | RSAKey
KeySet: TypeAlias = Mapping[tuple[str, str], Key]


def read_key_set(body: bytes, *, allow_published: bool) -> KeySet:
    """The usable keys by id and algorithm; anything else in the set is passed over.

    Raises ValueError when the document is no JWK Set, or one of its entries is a secret.
    `allow_published` also takes keys whose private half everybody can read.
    """
    entries = _entries(body)
    found: dict[tuple[str, str], Key] = {}
    for entry in entries:
        if any(name in entry for name in _PRIVATE):
            raise ValueError("it holds a private or shared key; keep public keys only")
        if not allow_published and entry.get("x") in _PUBLISHED:
            continue
        for algorithm in _algorithms(entry):
            key = _imported(entry)
            if key is not None:
                found.setdefault((entry["kid"], algorithm), key)
    return found


def holds_published(body: bytes) -> bool:
    """Whether one of the keys is known to have a public private half."""
    return any(entry.get("x") in _PUBLISHED for entry in _entries(body))


def _entries(body: bytes) -> list[dict[str, Any]]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        document = None
    entries = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError('it is no JWK Set; write {"keys": [...]}')
    return entries


def _algorithms(entry: dict[str, Any]) -> tuple[str, ...]:
    """The algorithms that this key may verify; none for a key without id or for another use."""
    kid, named = entry.get("kid"), entry.get("alg")
    operations = entry.get("key_ops", ["verify"])
    meant = entry.get("use", "sig") == "sig" and isinstance(operations, list)
    if not meant or "verify" not in operations or not isinstance(kid, str) or not kid:
        return ()
    if entry.get("kty") == "EC":
        fitting = tuple(name for name, curve in _CURVES.items() if entry.get("crv") == curve)
    else:
        fitting = _RSA if entry.get("kty") == "RSA" and _long_enough(entry.get("n")) else ()
    return fitting if named is None else tuple(name for name in fitting if name == named)


def _long_enough(modulus: object) -> bool:
    try:
        return len(urlsafe_b64decode(str(modulus).encode())) >= _LEAST_RSA_BYTES
    except ValueError:
        return False


def _imported(entry: dict[str, Any]) -> Key | None:
    kind = ECKey if entry["kty"] == "EC" else RSAKey
    try:
        return kind.import_key(entry)
    except (JoseError, ValueError, TypeError):
        return None
