"""Whom the small service of these tests lets in."""

import base64
import json
import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request

from tests.contract.bad_service_reading import RefusedError

ISSUER, KID = "https://ehr.example.org/fhir", "key-1"
_HOUR = 3600


def admit(key: ECKey | None, base: str, faults: set[str], seen: set[str], request: Request) -> None:
    """Raises RefusedError(401) unless the token is right, or the service asks nobody."""
    if key is None:
        return
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if "open-feedback" in faults and request.url.path.endswith("/feedback"):
        return
    if not token:
        raise RefusedError(401, "")
    if "accepts-bogus-token" in faults:
        return
    if scheme != "Bearer":
        raise RefusedError(401, "")
    header, claims = _read(token, key, faults)
    url = _tidy(f"{base}{request.url.path}")
    audience = claims.get("aud")
    audiences = [
        _tidy(str(one)) for one in (audience if isinstance(audience, list) else [audience])
    ]
    right = {
        "ignores-audience": url in audiences,
        "ignores-expiry": _number(claims.get("exp")) > time.time(),
        "ignores-issue": time.time() + 60 > _number(claims.get("iat")) > 0,
        "ignores-lifetime": _number(claims.get("exp")) - _number(claims.get("iat")) <= _HOUR,
        "ignores-issuer": claims.get("iss") == ISSUER,
        "ignores-kid": header.get("kid") == KID,
        "ignores-typ": header.get("typ") == "JWT",
        "ignores-jku": "jku" not in header,
        "ignores-jti": bool(claims.get("jti")),
        "ignores-replay": claims.get("jti") not in seen,
    }
    if not all(right[name] for name in right if name not in faults):
        raise RefusedError(401, "")
    seen.add(str(claims.get("jti")))


def _read(token: str, key: ECKey, faults: set[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        if "ignores-signature" in faults:
            parts = [jwt_part(part) for part in token.split(".")[:2]]
            return parts[0], parts[1]
        head = jwt_part(token.partition(".")[0])
        if "takes-the-key-inside" in faults and "jwk" in head:
            key = ECKey.import_key(head["jwk"])
        if "takes-public-as-secret" in faults and head.get("alg") == "HS256":
            return head, jwt_part(token.split(".")[1])
        found = jwt.decode(token, key, algorithms=["ES384"])
    except (JoseError, ValueError, TypeError):
        raise RefusedError(401, "") from None
    return found.header, found.claims


def jwt_part(part: str) -> dict[str, Any]:
    """The members of the header or the claims."""
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def _tidy(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.replace('//', '/').rstrip('/')}"


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else -1
