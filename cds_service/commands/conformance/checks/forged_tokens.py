"""Tokens that a client did not sign like this: each must be refused."""

import base64
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from cds_service.commands.conformance.checks.tokens import (
    OPEN,
    THEME,
    UNAUTHORIZED,
    locked,
    with_token,
)
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Check,
    Level,
    Verdict,
    broken,
    kept,
    not_applicable,
)
from cds_service.ehr.credentials import Key, SignedTokens

_YEAR = 365 * 24 * 3600
_OTHER = "https://other.example.org/cds-services/other"
Forge = Callable[[SignedTokens, str], str]


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _joined(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_part(json.dumps(header).encode())}.{_part(json.dumps(claims).encode())}"


def _unsigned(tokens: SignedTokens, url: str) -> str:
    return f"{_joined(tokens.header(alg='none'), tokens.claims(url))}."


def _symmetric(tokens: SignedTokens, url: str) -> str:
    """Signed with the public key as if it were a shared secret."""
    text = _joined(tokens.header(alg="HS256"), tokens.claims(url))
    secret = tokens.key.as_pem(private=False)
    return f"{text}.{_part(hmac.digest(secret, text.encode(), 'sha256'))}"


def _another(tokens: SignedTokens) -> Key:
    if isinstance(tokens.key, ECKey):
        return ECKey.generate_key("P-384")
    return RSAKey.generate_key(2048)


def _key_inside(tokens: SignedTokens, url: str) -> str:
    """Signed with another key, which the header brings along."""
    key = _another(tokens)
    header = tokens.header(jwk=key.as_dict(private=False))
    return tokens.sign(header, tokens.claims(url), key)


def _strange(tokens: SignedTokens, url: str) -> str:
    return tokens.sign(tokens.header(), tokens.claims(url), _another(tokens))


def _claims(**changes: Any) -> Forge:
    return lambda tokens, url: tokens.sign(tokens.header(), tokens.claims(url, **changes))


def _header(**changes: Any) -> Forge:
    return lambda tokens, url: tokens.sign(tokens.header(**changes), tokens.claims(url))


def _aged(issued: int, expires: int) -> Forge:
    """Issued and expiring so many seconds from now."""

    def forge(tokens: SignedTokens, url: str) -> str:
        now = int(time.time())
        changed = tokens.claims(url, iat=now + issued, exp=now + expires)
        return tokens.sign(tokens.header(), changed)

    return forge


@dataclass(frozen=True, slots=True)
class _Forgery:
    name: str
    requirement: str
    sent: str
    case: int
    forge: Forge
    level: Level = Level.SHALL


_SHOULD = Level.SHOULD
_FORGED = (
    _Forgery("token-expired", "SEC-10", "A token that expired an hour ago", 121,
             _aged(-3900, -3600)),
    _Forgery("token-of-tomorrow", "SEC-11", "A token issued tomorrow", 123,
             _aged(86_400, 86_700), _SHOULD),
    _Forgery("token-for-a-year", "SEC-10", "A token valid for a year", 124, _aged(0, _YEAR),
             _SHOULD),
    _Forgery("wrong-audience", "SEC-9", "A token for another service", 127, _claims(aud=_OTHER)),
    _Forgery("alg-none", "SEC-5", "A token with alg none", 116, _unsigned),
    _Forgery("alg-hs256", "SEC-6", "A token signed HS256 with the public key", 117, _symmetric),
    _Forgery("key-inside", "SEC-17", "A token that brings its own key", 135, _key_inside),
    _Forgery("wrong-key", "SEC-3", "A token signed with another key", 118, _strange),
    _Forgery("unknown-kid", "SEC-15", "A token with an unknown kid", 119,
             _header(kid="no-such-key"), _SHOULD),
    _Forgery("unknown-issuer", "SEC-13", "A token of an unknown issuer", 132,
             _claims(iss="https://stranger.example.org"), _SHOULD),
    _Forgery("unknown-jku", "SEC-13", "A token whose jku is not agreed", 133,
             _header(jku="https://stranger.example.org/jwks.json"), _SHOULD),
    _Forgery("no-typ", "SEC-4", "A token without typ", 122, _header(typ=None), _SHOULD),
    *(
        _Forgery(f"no-{claim}", "SEC-8", f"A token without {claim}", 122, _claims(**{claim: None}))
        for claim in ("iss", "aud", "exp", "iat", "jti")
    ),
)  # fmt: skip


def _unable(probe: Probe) -> Verdict | None:
    if locked(probe) is None:
        return OPEN
    if not isinstance(probe.target.credentials, SignedTokens):
        return not_applicable("Tokens can be forged only with --client-key and --issuer.")
    if not probe.subject.answer.ok:
        return not_applicable(f"Even the right token gives {probe.subject.answer.told}.")
    return None


def _check(forgery: _Forgery) -> Check:
    def judge(probe: Probe) -> Verdict:
        tokens = probe.target.credentials
        if (why := _unable(probe)) or not isinstance(tokens, SignedTokens):
            return why or OPEN
        answer = with_token(probe, forgery.forge(tokens, probe.target.audience(probe.path)))
        if answer.status == UNAUTHORIZED:
            return kept(f"{forgery.sent}: {answer.told}.")
        return broken(f"{forgery.sent}: {answer.told}, where 401 belongs.")

    title = f"{forgery.sent} is refused with 401"
    requirements = (forgery.requirement,)
    cases = (forgery.case,)
    return Check(forgery.name, requirements, forgery.level, title, judge, THEME.name, cases=cases)


THEME.checks += [_check(forgery) for forgery in _FORGED]


@THEME.add(
    "audience-list",
    "SEC-9",
    level=Level.SHALL,
    title="A token whose aud is a list with the URL called is accepted",
    cases=(126,),
)
def _audiences(probe: Probe) -> Verdict:
    tokens = probe.target.credentials
    if (why := _unable(probe)) or not isinstance(tokens, SignedTokens):
        return why or OPEN
    url = probe.target.audience(probe.path)
    several = tokens.claims(url, aud=["https://other.example.org", url])
    answer = with_token(probe, tokens.sign(tokens.header(), several))
    told = f"aud as a list: {answer.told}."
    return kept(told) if answer.ok else broken(told)


@THEME.add(
    "token-twice",
    "SEC-12",
    level=Level.SHOULD,
    title="The same token twice is refused the second time",
    cases=(130,),
)
def _replay(probe: Probe) -> Verdict:
    tokens = probe.target.credentials
    if (why := _unable(probe)) or not isinstance(tokens, SignedTokens):
        return why or OPEN
    url = probe.target.audience(probe.path)
    token = tokens.sign(tokens.header(), tokens.claims(url))
    first, second = with_token(probe, token), with_token(probe, token)
    if first.ok and second.status == UNAUTHORIZED:
        return kept("The same jti again: 401.")
    return broken(f"The same jti again: {second.told}.")
