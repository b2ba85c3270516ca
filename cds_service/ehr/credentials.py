"""How the checker shows who calls: nothing, a fixed token, or a fresh JWT for each call."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from cds_service.errors import CallError

Key: TypeAlias = ECKey | RSAKey
_ALGORITHMS = {"EC": "ES384", "RSA": "RS384"}
_LIFETIME = 300  # seconds, as common clients do


class Credentials(Protocol):
    """What goes into the Authorization header of a call to a URL."""

    def headers(self, url: str) -> dict[str, str]:
        """The header, or none."""


@dataclass(frozen=True, slots=True)
class Nobody:
    """Calls without a token."""

    def headers(self, url: str) -> dict[str, str]:  # noqa: ARG002 - the protocol has it
        """No header."""
        return {}


@dataclass(frozen=True, slots=True)
class FixedToken:
    """The same token for every call."""

    token: str

    def headers(self, url: str) -> dict[str, str]:  # noqa: ARG002 - the protocol has it
        """The token as it was given."""
        return {"authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, slots=True)
class SignedTokens:
    """A JWT as CDS Hooks describes it; `aud` is the URL called."""

    key: Key
    issuer: str
    kid: str
    jku: str = ""
    tenant: str = ""

    @property
    def algorithm(self) -> str:
        """ES384 or RS384, as the key is."""
        return _ALGORITHMS[self.key.key_type]

    def header(self, **changes: Any) -> dict[str, Any]:
        """The JOSE header; None leaves a member out."""
        header = {"alg": self.algorithm, "typ": "JWT", "kid": self.kid, "jku": self.jku or None}
        return _without_none(header | changes)

    def claims(self, url: str, **changes: Any) -> dict[str, Any]:
        """The claims for a call to `url`; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": url,
            "iat": now,
            "exp": now + _LIFETIME,
            "jti": str(uuid4()),
            "tenant": self.tenant or None,
        }
        return _without_none(claims | changes)

    def sign(self, header: dict[str, Any], claims: dict[str, Any], key: Key | None = None) -> str:
        """A token of exactly this header and these claims."""
        return jwt.encode(
            header, claims, key or self.key, algorithms=[self.algorithm], default_type=None
        )

    def headers(self, url: str) -> dict[str, str]:
        """A fresh token for this URL."""
        return {"authorization": f"Bearer {self.sign(self.header(), self.claims(url))}"}


def _without_none(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def read_key(path: Path) -> Key:
    """A private P-384 or RSA key, as PEM or JWK; raises CallError."""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"--client-key {path}: cannot be read ({error})") from None
    for kind in (ECKey, RSAKey):
        try:
            key = kind.import_key(json.loads(content) if content.startswith("{") else content)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if key.is_private and (not isinstance(key, ECKey) or key.curve_name == "P-384"):
            return key
    raise CallError(
        f"--client-key {path}: give a private key, P-384 (ES384) or RSA (RS384), as PEM or JWK"
    )


def credentials(  # noqa: PLR0913, PLR0917 - what a JWT is made of
    token: str | None, key: Path | None, issuer: str | None, kid: str, jku: str, tenant: str
) -> Credentials:
    """What the options of a command ask for; raises CallError."""
    if token and key:
        raise CallError("Give either --token or --client-key, not both.")
    if token:
        return FixedToken(token)
    if key is None:
        return Nobody()
    if not issuer:
        raise CallError("--client-key needs --issuer, the iss that the service knows.")
    return SignedTokens(read_key(key), issuer, kid, jku, tenant)
