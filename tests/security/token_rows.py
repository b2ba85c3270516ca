"""The token matrix: how a token is sent, what its header says and which key signed it."""

import json

from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

from tests.security.callers import (
    ABSENT,
    ISSUER,
    JKU,
    OTHER_ISSUER,
    SECONDS,
    bearer,
    encoded,
    public,
)
from tests.security.token_row import BAD, GOOD, header, row, sent


def unsigned(token: str) -> list[str]:
    """The same claims under `none`, in any spelling."""
    parts = token.split(".")
    return bearer(f"{encoded({'alg': 'nOnE', 'typ': 'JWT', 'kid': 'ec-1'})}.{parts[1]}.AA")


def by_shared_secret(token: str) -> list[str]:
    """HS256 with the text of the public key as the secret."""
    head = encoded({"alg": "HS256", "typ": "JWT", "kid": "ec-1"})
    message = f"{head}.{token.split('.')[1]}"
    secret = OctKey.import_key(json.dumps(public("ec", "ec-1")).encode())
    signature = JWSRegistry.algorithms["HS256"].sign(message.encode(), secret)
    return bearer(f"{message}.{encoded(signature)}")


TRANSPORT = [
    sent("no header", "SEC-2", lambda _: []),
    sent("empty header", "SEC-2", lambda _: [""]),
    sent("two headers", "SEC-2", lambda text: bearer(text) * 2),
    sent("two in one header", "SEC-2", lambda text: [f"Bearer {text}, Bearer {text}"]),
    sent("Basic", "SEC-2", lambda text: [f"Basic {text}"]),
    sent("no scheme", "SEC-2", lambda text: [text]),
    sent("garbage", "SEC-3", lambda _: bearer("garbage")),
    sent("three dots of nothing", "SEC-3", lambda _: bearer("a.b.c")),
    sent("no signature", "SEC-3", lambda text: bearer(text.rpartition(".")[0] + ".")),
    sent("longer than any token", "SEC-18", lambda text: bearer(text + "A" * 9000)),
    sent(
        "deeply nested header", "SEC-18", lambda t: bearer(encoded(b"[" * 5000) + t[t.index(".") :])
    ),
    sent("alg none", "SEC-5", unsigned),
    sent("HS256 with the public key", "SEC-6", by_shared_secret),
]
HEADERS = [
    header("alg missing", BAD, "SEC-4", alg=ABSENT),
    header("alg none over a signature", BAD, "SEC-5", alg="none"),
    header("alg a number", BAD, "SEC-4", alg=384),
    header("typ missing", BAD, "SEC-4", typ=ABSENT),
    header("typ another", BAD, "SEC-4", typ="at+jwt"),
    header("kid missing", BAD, "SEC-4", kid=ABSENT),
    header("kid empty", BAD, "SEC-4", kid=""),
    header("kid a list", BAD, "SEC-4", kid=["ec-1"]),
    header("kid unknown", BAD, "SEC-15 SEC-16", kid="ec-2"),
    header("kid of a key for encryption", BAD, "SEC-17", kid="for-encryption"),
    header("jku as configured", GOOD, "SEC-13 SEC-15", jku=JKU),
    header("jku another", BAD, "SEC-13", jku=f"{JKU}?"),
    header("jku of a stranger", BAD, "SEC-13", jku="https://evil.example/jwks.json"),
    header("jku null", BAD, "SEC-13", jku=None),
    header("embedded jwk", BAD, "SEC-17", jwk=public("ec-evil", "ec-1")),
    header("embedded jwk of the right key", BAD, "SEC-17", jwk=public("ec", "ec-1")),
    header("x5u", BAD, "SEC-17", x5u="https://evil.example/cert.pem"),
    header("x5c", BAD, "SEC-17", x5c=["MIIB"]),
    header("crit", BAD, "SEC-17", crit=["exp"], exp=SECONDS),
    header("crit empty", BAD, "SEC-17", crit=[]),
    header("unencoded payload", BAD, "SEC-17", b64=False),
    header("a member nobody knows", GOOD, "SEC-4", x="y"),
]
KEYS = [
    row("ES384", GOOD, "SEC-3 SEC-7"),
    row("RS384", GOOD, "SEC-4 SEC-7", signer="rsa", signed_as="RS384"),
    row("signed with another key", BAD, "SEC-3", signer="ec-evil"),
    row("signed with another RSA key", BAD, "SEC-3", signer="rsa-evil", signed_as="RS384"),
    row("RS256 is not configured", BAD, "SEC-7", signer="rsa", signed_as="RS256"),
    row("PS384 is not configured", BAD, "SEC-7", signer="rsa", signed_as="PS384"),
    row(
        "a curve too short",
        BAD,
        "SEC-17",
        signer="p256",
        signed_as="ES256",
        header={"kid": "short"},
    ),
    row(
        "a short curve called ES384",
        BAD,
        "SEC-17",
        signer="p256",
        signed_as="ES256",
        header={"kid": "short", "alg": "ES384"},
    ),
    row(
        "a key meant for another algorithm",
        BAD,
        "SEC-17",
        signer="ec-rs",
        header={"kid": "other-alg"},
    ),
    row(
        "an RSA signature under the id of the EC key",
        BAD,
        "SEC-17",
        signer="rsa",
        signed_as="RS384",
        header={"kid": "ec-1"},
    ),
    row("own key as another tenant", BAD, "SEC-13", claims={"iss": OTHER_ISSUER}),
    row(
        "the other tenant's key as oneself",
        BAD,
        "SEC-13",
        signer="ec-other",
        claims={"iss": ISSUER},
    ),
    row("the other tenant", GOOD, "SEC-13", signer="ec-other", claims={"iss": OTHER_ISSUER}),
    row(
        "an algorithm that the other tenant does not have",
        BAD,
        "SEC-7",
        signer="rsa",
        signed_as="RS384",
        claims={"iss": OTHER_ISSUER},
    ),
]
SIGNATURES = [*TRANSPORT, *HEADERS, *KEYS]
