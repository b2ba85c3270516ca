"""The claims of a verified token: right types, right time, right audience."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.errors import NotTrustedError
from cds_service.trust.addresses import normalized
from cds_service.trust.token import is_text

# Beyond any date that a token can mean; keeps arithmetic exact.
_LATEST = 1e12


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration demands of one issuer's claims; `audiences` are normalized."""

    audiences: frozenset[str]
    subject: str | None
    max_lifetime_seconds: int
    leeway_seconds: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is remembered of an accepted token: its id, and until when (seconds since 1970)."""

    jti: str
    until: int


def check_claims(
    claims: Mapping[str, Any], rules: Rules, computed: Collection[str], now: float
) -> Accepted:
    """Hold the claims against the rules; raises NotTrustedError.

    `computed` are the normalized audiences of the endpoint that was called.
    """
    _check_time(claims, rules, now)
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    named = [normalized(one) for one in listed if is_text(one)]
    if not named or len(named) < len(listed):
        raise NotTrustedError("claims")
    if rules.audiences.union(computed).isdisjoint(named):
        raise NotTrustedError("audience")
    subject = claims.get("sub")
    if ("sub" in claims and not is_text(subject)) or not is_text(claims.get("jti")):
        raise NotTrustedError("claims")
    if rules.subject is not None and subject != rules.subject:
        raise NotTrustedError("subject")
    return Accepted(claims["jti"], int(claims["exp"]) + rules.leeway_seconds + 1)


def _check_time(claims: Mapping[str, Any], rules: Rules, now: float) -> None:
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    begins = _seconds(claims, "nbf") if "nbf" in claims else issued
    if now > expires + rules.leeway_seconds:
        raise NotTrustedError("expired")
    if max(issued, begins) > now + rules.leeway_seconds:
        raise NotTrustedError("too-early")
    if not 0 < expires - issued <= rules.max_lifetime_seconds:
        raise NotTrustedError("lifetime")


def _seconds(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotTrustedError("claims")
    if not 0 <= value <= _LATEST:
        raise NotTrustedError("claims")
    return value
