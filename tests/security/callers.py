"""Callers with keys of their own, and sites that trust them."""

import base64
import json
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc.jwk import ECKey, OctKey, RSAKey
from joserfc.jws import JWSRegistry

from cds_service.settings import Settings

Json = dict[str, Any]
PrivateKey = ECKey | RSAKey | OctKey

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
BASE = "https://cds.example.org/legpain"
SERVICE = f"{BASE}/cds-services/leg-pain"
DISCOVERY = f"{BASE}/cds-services"
FEEDBACK = f"{SERVICE}/feedback"
ISSUER = "https://ehr.general.example"
JKU = f"{ISSUER}/jwks.json"
OTHER_ISSUER = "https://ehr.other.example"
PINNED_ISSUER = "https://ehr.pinned.example"
ABSENT: Any = object()
CARD_KEY = "k" * 32

TRUST = f"""
[[tenant]]
id = "general"
origins = ["https://chart.general.example"]

[[tenant.issuer]]
iss = "{ISSUER}"
keys = "general.jwks.json"
jku = ["{JKU}"]
audiences = ["urn:legpain", "https://alias.example:443/hooks/"]

[[tenant]]
id = "other"
client_profile = "epic"

[[tenant.issuer]]
iss = "{OTHER_ISSUER}"
keys = "other.jwks.json"
algorithms = ["ES384"]

[[tenant.issuer]]
iss = "{PINNED_ISSUER}"
keys = "other.jwks.json"
subject = "legpain-client"
tenants = ["north", "south"]
leeway_seconds = 30
max_lifetime_seconds = 300
"""


@cache
def key(name: str) -> PrivateKey:
    """A private key; the same name gives the same key for the whole test run."""
    if name.startswith("rsa"):
        return RSAKey.generate_key(2048)
    return ECKey.generate_key("P-256" if name.startswith("p256") else "P-384")


def public(name: str, kid: str, **more: Any) -> Json:
    """The public half as a JWK."""
    return dict(key(name).as_dict(private=False)) | {"kid": kid, "use": "sig"} | more


def key_set(*keys: Json) -> str:
    """A JWK Set."""
    return json.dumps({"keys": list(keys)})


def write_site(folder: Path, trust: str = TRUST) -> Path:
    """A site folder that trusts two tenants, whose keys have the same ids."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trust.toml").write_text(trust, encoding="utf-8")
    general = (
        public("ec", "ec-1"),
        public("rsa", "rsa+1/a="),
        public("p256", "short"),
        public("ec-enc", "for-encryption", use="enc"),
        public("ec-rs", "other-alg", alg="ES512"),
    )
    (folder / "general.jwks.json").write_text(key_set(*general), encoding="utf-8")
    (folder / "other.jwks.json").write_text(
        key_set(public("ec-other", "ec-1"), public("rsa", "rsa+1/a=")), encoding="utf-8"
    )
    return folder


def settings(site: Path | None, **more: Any) -> Settings:
    """The production profile at the public address."""
    given = {
        "profile": "production",
        "database_url": "sqlite://",
        "public_url": BASE,
        "site": site,
        "card_key": CARD_KEY,
    }
    return Settings(**given | more)


def encoded(part: bytes | Json) -> str:
    """One part of a compact token."""
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def with_changes(members: Json, changes: Json) -> Json:
    """The members with some replaced, added or left out."""
    merged = deepcopy(members) | changes
    return {name: value for name, value in merged.items() if value is not ABSENT}


@dataclass(frozen=True, slots=True)
class Draft:
    """A token before it is signed; by default one that is accepted."""

    header: Json = field(default_factory=dict)
    claims: Json = field(default_factory=dict)
    signer: str = "ec"
    signed_as: str = "ES384"
    raw_header: bytes | None = None
    raw_claims: bytes | None = None

    def full_header(self) -> Json:
        """The header with the defaults."""
        kid = "rsa+1/a=" if self.signer.startswith("rsa") else "ec-1"
        return with_changes({"alg": self.signed_as, "typ": "JWT", "kid": kid}, self.header)

    def full_claims(self) -> Json:
        """The claims with the defaults."""
        usual = {
            "iss": ISSUER,
            "aud": SERVICE,
            "iat": SECONDS,
            "exp": SECONDS + 300,
            "jti": str(uuid4()),
        }
        return with_changes(usual, self.claims)

    def sign(self) -> str:
        """The compact token."""
        header = encoded(self.raw_header or self.full_header())
        claims = encoded(self.raw_claims or self.full_claims())
        message = f"{header}.{claims}".encode()
        signature = JWSRegistry.algorithms[self.signed_as].sign(message, key(self.signer))
        return f"{message.decode()}.{encoded(signature)}"


def token(**claims: Any) -> str:
    """A token that is accepted, apart from the claims given."""
    return Draft(claims=claims).sign()


def bearer(text: str) -> list[str]:
    """One header, as it should be."""
    return [f"Bearer {text}"]


def request_body() -> Json:
    """The smallest request that is answered."""
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": "p1"},
        "prefetch": {"patient": {"resourceType": "Patient", "id": "p1"}, "conditions": None},
    }


async def call(
    client: httpx.AsyncClient, authorization: Sequence[str], path: str = "/cds-services/leg-pain"
) -> httpx.Response:
    """A hook call with these Authorization headers; an empty batch where feedback is sent."""
    headers = [("authorization", value) for value in authorization]
    body = {"feedback": []} if path.endswith("/feedback") else request_body()
    return await client.post(path, json=body, headers=headers)
