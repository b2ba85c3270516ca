"""Who may call: tokens that are missing, false, old or meant for somebody else."""

import json
from urllib.parse import urlsplit

from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    Verdict,
    broken,
    doubtful,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.credentials import SignedTokens
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Who may call (JWT)")
UNAUTHORIZED, _FORBIDDEN = 401, 403
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def locked(probe: Probe) -> Answer | None:
    """The answer without a token, None when the service asks nobody for one."""
    answer = probe.target.ask(
        "POST",
        probe.path,
        content=json.dumps(probe.subject.body).encode(),
        headers={"content-type": "application/json"},
        anonymous=True,
    )
    return answer if answer.status in (UNAUTHORIZED, _FORBIDDEN) else None


def with_token(probe: Probe, token: str, scheme: str = "Bearer") -> Answer:
    """The subject's call with another token in the header."""
    return probe.call(probe.subject.body, {"authorization": f"{scheme} {token}"})


OPEN = not_applicable("The service answers without a token.")


@THEME.add(
    "tls",
    "TLS-1",
    level=Level.SHALL,
    title="Calls go over HTTPS",
    whole=True,
)
def _tls(probe: Probe) -> Verdict:
    where = urlsplit(probe.target.base)
    if where.scheme == "https":
        return kept("The base URL is https, and its certificate is valid.")
    if where.hostname in _LOOPBACK:
        return not_applicable("The service is on this machine.")
    return broken("The base URL is http.")


@THEME.add(
    "token-demanded",
    *("SEC-1", "SEC-2"),
    level=Level.SHOULD,
    title="A service that handles patients' data asks who calls",
    cases=(113,),
)
def _demanded(probe: Probe) -> Verdict:
    refused = locked(probe)
    if refused is not None:
        return kept(f"Without a token: {refused.told}.")
    if urlsplit(probe.target.base).hostname in _LOOPBACK:
        return not_applicable("The service answers without a token, but on this machine only.")
    return broken("The service answers anybody without a token.")


@THEME.add(
    "bogus-token",
    *("SEC-3", "SEC-18", "SEC-2"),
    level=Level.SHALL,
    title="A bogus token is refused with 401",
    situation=15,
    cases=(114, 115),
)
def _bogus(probe: Probe) -> Verdict:
    if locked(probe) is None:
        return OPEN
    for sent, token, scheme in (
        ("A token that is no JWT", "bogus", "Bearer"),
        ("Three parts that are no JWT", "a.b.c", "Bearer"),
        ("Scheme Basic", "dXNlcjpwYXNz", "Basic"),
    ):
        answer = with_token(probe, token, scheme)
        if answer.status != UNAUTHORIZED:
            return broken(f"{sent}: {answer.told}, where 401 belongs.")
    return kept("What is no JWT at all: 401.")


@THEME.add(
    "refusals-alike",
    *("SEC-18", "ERR-2"),
    level=Level.SHOULD,
    title="Every 401 is the same and explains nothing",
    cases=(139,),
)
def _alike(probe: Probe) -> Verdict:
    refused = locked(probe)
    if refused is None:
        return OPEN
    bodies = {refused.content, *(with_token(probe, t).content for t in ("bogus", "a.b.c"))}
    if len(bodies) > 1:
        return broken("401 answers differ, which tells an attacker what was wrong.")
    return kept("401 answers are alike.")


@THEME.add(
    "discovery-token",
    "DISC-14",
    level=Level.SHALL,
    title="Where discovery asks for a token, its aud is the discovery URL",
    cases=(8,),
    whole=True,
)
def _discovery(probe: Probe) -> Verdict:
    tokens = probe.target.credentials
    if probe.target.ask("GET", DISCOVERY, anonymous=True).status != UNAUTHORIZED:
        return not_applicable("Discovery needs no token.")
    right = probe.target.ask("GET", DISCOVERY)
    if not right.ok:
        return broken(f"Discovery with the right token: {right.told}.")
    if not isinstance(tokens, SignedTokens):
        return kept("Discovery with the token: 200.")
    claims = tokens.claims(probe.target.audience(f"{DISCOVERY}/other"))
    other = {"authorization": f"Bearer {tokens.sign(tokens.header(), claims)}"}
    wrong = probe.target.ask("GET", DISCOVERY, headers=other)
    if wrong.status != UNAUTHORIZED:
        return doubtful(f"Discovery with a token for another URL: {wrong.told}.")
    return kept("Discovery: 200 with its token, 401 with another's.")


@THEME.add(
    "feedback-token",
    *("FB-13", "SEC-2"),
    level=Level.SHALL,
    title="Where calls need a token, feedback needs one too",
    situation=15,
)
def _feedback(probe: Probe) -> Verdict:
    if locked(probe) is None:
        return OPEN
    body: Json = {"feedback": []}
    answer = probe.target.post(f"{probe.path}/feedback", body, anonymous=True)
    told = f"Feedback without a token: {answer.told}"
    return broken(f"{told}, where 401 belongs.") if answer.ok else kept(f"{told}.")
