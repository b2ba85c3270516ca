"""The token matrix: claims that are well signed, and which of them are believed."""

import json

from tests.security.callers import (
    ABSENT,
    BASE,
    FEEDBACK,
    ISSUER,
    OTHER_ISSUER,
    PINNED_ISSUER,
    SECONDS,
    SERVICE,
    Draft,
)
from tests.security.token_row import BAD, GOOD, claims, row


def twice(name: str, first: object, second: object) -> bytes:
    """Claims in which one name stands twice."""
    members = Draft().full_claims()
    del members[name]
    body = json.dumps(members)[1:]
    return f'{{"{name}": {json.dumps(first)}, "{name}": {json.dumps(second)}, {body}'.encode()


def with_number(name: str, text: str) -> bytes:
    """Claims in which a time is this text."""
    members = Draft().full_claims() | {name: "@"}
    return json.dumps(members).replace('"@"', text).encode()


WHO = [
    claims("iss missing", BAD, "SEC-8", iss=ABSENT),
    claims("iss null", BAD, "SEC-8", iss=None),
    claims("iss unknown", BAD, "SEC-13", iss="https://evil.example"),
    claims("iss with a slash", BAD, "SEC-13", iss=f"{ISSUER}/"),
    claims("iss a list", BAD, "SEC-8", iss=[ISSUER]),
    claims("tenant that nobody listed", BAD, "SEC-14", tenant="north"),
    claims("tenant a number", BAD, "SEC-14", tenant=1),
    claims("sub that nobody pinned", GOOD, "SEC-8", sub="somebody"),
    claims("sub a number", BAD, "SEC-8", sub=7),
    claims("a claim nobody knows", GOOD, "SEC-8", custom={"a": [1]}),
    claims("jti missing", BAD, "SEC-8", jti=ABSENT),
    claims("jti empty", BAD, "SEC-8", jti=""),
    claims("jti blank", BAD, "SEC-8", jti=" "),
    claims("jti a number", BAD, "SEC-8", jti=7),
    claims("jti too long", BAD, "SEC-12", jti="j" * 600),
    row("jti half a character", BAD, "SEC-8", raw_claims=with_number("jti", '"\\ud800"')),
    row("claims a list", BAD, "SEC-8", raw_claims=b"[]"),
    row("claims not UTF-8", BAD, "SEC-8", raw_claims=b'{"iss": "\xff"}'),
    row("iss twice", BAD, "SEC-8", raw_claims=twice("iss", OTHER_ISSUER, ISSUER)),
]
PINNED = [
    row(
        name,
        status,
        requirement,
        signer="ec-other",
        claims={"iss": PINNED_ISSUER, "sub": "legpain-client", "tenant": "north"} | changes,
    )
    for name, status, requirement, changes in [
        ("pinned subject and listed tenant", GOOD, "SEC-14", {}),
        ("the other listed tenant", GOOD, "SEC-14", {"tenant": "south"}),
        ("another subject", BAD, "SEC-8", {"sub": "legpain-client-2"}),
        ("no subject", BAD, "SEC-8", {"sub": ABSENT}),
        ("an unlisted tenant", BAD, "SEC-14", {"tenant": "east"}),
        ("no tenant", BAD, "SEC-14", {"tenant": ABSENT}),
        ("longer than its own cap", BAD, "SEC-10", {"exp": SECONDS + 301}),
        ("beyond its own leeway", BAD, "SEC-10", {"iat": SECONDS - 331, "exp": SECONDS - 31}),
    ]
]
WHEN = [
    claims("exp missing", BAD, "SEC-8", exp=ABSENT),
    claims("iat missing", BAD, "SEC-8", iat=ABSENT),
    claims("exp a text", BAD, "SEC-8", exp=str(SECONDS + 300)),
    claims("exp true", BAD, "SEC-8", exp=True),
    claims("iat a text", BAD, "SEC-8", iat=str(SECONDS)),
    claims("exp with a fraction", GOOD, "SEC-8", exp=SECONDS + 299.5),
    claims("59 s past", GOOD, "SEC-10", iat=SECONDS - 359, exp=SECONDS - 59),
    claims("61 s past", BAD, "SEC-10", iat=SECONDS - 361, exp=SECONDS - 61),
    claims("a day past", BAD, "SEC-10", iat=SECONDS - 86_700, exp=SECONDS - 86_400),
    claims("15 minutes long", GOOD, "SEC-10", exp=SECONDS + 900),
    claims("longer than 15 minutes", BAD, "SEC-10", exp=SECONDS + 901),
    claims("3.5 years long", BAD, "SEC-10", exp=SECONDS + 110_376_000),
    claims("expires before it was issued", BAD, "SEC-10", iat=SECONDS + 30, exp=SECONDS + 20),
    claims("issued in 59 s", GOOD, "SEC-11", iat=SECONDS + 59),
    claims("issued in 10 minutes", BAD, "SEC-11", iat=SECONDS + 600, exp=SECONDS + 900),
    claims("valid since 5 minutes", GOOD, "SEC-11", nbf=SECONDS - 300),
    claims("valid in 10 minutes", BAD, "SEC-11", nbf=SECONDS + 600, exp=SECONDS + 900),
    claims("nbf a text", BAD, "SEC-11", nbf="now"),
    row("exp NaN", BAD, "SEC-8", raw_claims=with_number("exp", "NaN")),
    row("exp 1e400", BAD, "SEC-8", raw_claims=with_number("exp", "1e400")),
    row("iat minus infinity", BAD, "SEC-8", raw_claims=with_number("iat", "-Infinity")),
    row("exp beyond any date", BAD, "SEC-8", raw_claims=with_number("exp", "9" * 400)),
    row("exp twice", BAD, "SEC-8", raw_claims=twice("exp", SECONDS - 99, SECONDS + 99)),
]
AUDIENCE = [
    claims("aud missing", BAD, "SEC-8", aud=ABSENT),
    claims("aud null", BAD, "SEC-8", aud=None),
    claims("aud an empty list", BAD, "SEC-9", aud=[]),
    claims("aud a list with ours", GOOD, "SEC-9", aud=["https://x.example", SERVICE]),
    claims("aud a list without ours", BAD, "SEC-9", aud=["https://x.example"]),
    claims("aud a list with a number", BAD, "SEC-9", aud=[SERVICE, 1]),
    claims("aud an object", BAD, "SEC-9", aud={"url": SERVICE}),
    claims("aud with a slash", GOOD, "SEC-9", aud=f"{SERVICE}/"),
    claims("aud with the default port", GOOD, "SEC-9", aud=SERVICE.replace(".org", ".org:443")),
    claims("aud in capitals", GOOD, "SEC-9", aud=SERVICE.replace("cds.ex", "CDS.ex")),
    claims("aud with a doubled slash", GOOD, "SEC-9", aud=f"{BASE}/cds-services//leg-pain"),
    claims("aud with another port", BAD, "SEC-9", aud=SERVICE.replace(".org", ".org:8443")),
    claims("aud over http", BAD, "SEC-9", aud=SERVICE.replace("https", "http")),
    claims("aud without the prefix", BAD, "SEC-9", aud=SERVICE.replace("/legpain", "")),
    claims("aud of another service", BAD, "SEC-9", aud=f"{SERVICE}-problem"),
    claims("aud of the base", BAD, "SEC-9", aud=BASE),
    claims("aud of discovery", BAD, "SEC-9", aud=f"{BASE}/cds-services"),
    claims("aud of feedback", BAD, "SEC-9", aud=FEEDBACK),
    claims("aud with a query", BAD, "SEC-9", aud=f"{SERVICE}?x=1"),
    claims("aud of the address in process", BAD, "SEC-9", aud="http://127.0.0.1:8080/cds-services"),
    claims("an alias", GOOD, "SEC-9", aud="urn:legpain"),
    claims("an alias in other letters", BAD, "SEC-9", aud="URN:legpain"),
    claims("an alias that is an address", GOOD, "SEC-9", aud="https://alias.example/hooks"),
    row(
        "another tenant's alias",
        BAD,
        "SEC-9",
        signer="ec-other",
        claims={"iss": OTHER_ISSUER, "aud": "urn:legpain"},
    ),
]
CLAIMS = [*WHO, *PINNED, *WHEN, *AUDIENCE]
