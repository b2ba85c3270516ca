"""Clients in a browser can call the service, if they should."""

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
from cds_service.ehr.answer import Answer
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Browsers (CORS)")
DERIVED = Level.DERIVED
_FOREIGN = "https://not-on-any-list.example"
_ALLOW = "access-control-allow-origin"
_PREFLIGHT_OK = (200, 204)


def _allowed(answer: Answer, origin: str) -> bool:
    return answer.headers.get(_ALLOW) in (origin, "*")


def _preflight(probe: Probe, path: str, method: str, asked: str) -> Answer:
    headers = {
        "origin": probe.options.origin,
        "access-control-request-method": method,
        "access-control-request-headers": asked,
    }
    return probe.target.ask("OPTIONS", path, headers=headers, anonymous=True)


def _no_cors(probe: Probe) -> Verdict | None:
    """Why CORS cannot be judged: the service names no origin, and none was promised."""
    origin = probe.options.origin
    answer = probe.target.ask("GET", DISCOVERY, headers={"origin": origin})
    if _allowed(answer, origin) or probe.options.named_origin:
        return None
    return not_applicable(
        f"The service does not let {origin} call it; give a client's origin with --origin."
    )


@THEME.add(
    "preflight",
    *("CORS-1", "CORS-4"),
    level=DERIVED,
    title="A preflight that asks for Authorization is granted, without credentials of its own",
    situation=18,
    cases=(2,),
    safety=True,
)
def _preflights(probe: Probe) -> Verdict:
    if why := _no_cors(probe):
        return why
    for path, method, asked in (
        (DISCOVERY, "GET", "authorization"),
        (probe.path, "POST", "authorization,content-type"),
        (f"{probe.path}/feedback", "POST", "authorization,content-type"),
    ):
        answer = _preflight(probe, path, method, asked)
        granted = answer.headers.get("access-control-allow-headers", "").lower()
        sent = f"OPTIONS {path} asking for {asked}"
        if answer.status not in _PREFLIGHT_OK or not _allowed(answer, probe.options.origin):
            return broken(f"{sent}: {answer.told} without leave for {probe.options.origin}.")
        if granted != "*" and any(name not in granted for name in asked.split(",")):
            return broken(f"{sent}: allowed headers are {granted or 'not listed'}.")
        if granted == "*":
            return doubtful(f"{sent}: '*' is not sure to cover Authorization; list it.")
    return kept("Discovery, service and feedback: Authorization is granted.")


@THEME.add(
    "cors-answers",
    *("CORS-1", "CORS-3"),
    level=DERIVED,
    title="Answers and errors carry the leave too, else a refusal looks like silence",
    safety=True,
)
def _answers(probe: Probe) -> Verdict:
    if why := _no_cors(probe):
        return why
    origin = {"origin": probe.options.origin}
    body = probe.subject.body
    answers = (
        ("discovery", probe.target.ask("GET", DISCOVERY, headers=origin)),
        ("a good call", probe.call(body, origin)),
        ("a malformed call", probe.call(b"{", origin)),
        ("a call without prefetch", probe.call(probe.body(probe.subject.patient, {}), origin)),
        ("an unknown service", probe.target.post(f"{DISCOVERY}/no-such", body, headers=origin)),
    )
    for sent, answer in answers:
        if not _allowed(answer, probe.options.origin):
            return broken(f"The answer to {sent} ({answer.told}) has no leave for the origin.")
    return kept("Answers, 4xx among them, carry the leave.")


@THEME.add(
    "foreign-origin",
    "CORS-2",
    level=DERIVED,
    title="Other origins get no leave, least of all with credentials",
    cases=(2,),
    safety=True,
    whole=True,
)
def _foreign(probe: Probe) -> Verdict:
    answer = probe.target.ask("GET", DISCOVERY, headers={"origin": _FOREIGN})
    named = answer.headers.get(_ALLOW)
    if named is None:
        return kept(f"Origin {_FOREIGN}: no leave.")
    if answer.headers.get("access-control-allow-credentials") == "true":
        return broken(f"Origin {_FOREIGN}: allowed, and with credentials.")
    if named in (_FOREIGN, "*"):
        return doubtful(f"Any origin is allowed ({named}); a list is safer.")
    return kept(f"Origin {_FOREIGN}: leave for {named} only.")


@THEME.add(
    "vary-origin",
    "CORS-4",
    level=DERIVED,
    title="Answers that name one origin vary by Origin",
    whole=True,
)
def _vary(probe: Probe) -> Verdict:
    origin = probe.options.origin
    answer = probe.target.ask("GET", DISCOVERY, headers={"origin": origin})
    if answer.headers.get(_ALLOW) != origin:
        return not_applicable(f"No leave names {origin}.")
    if "origin" in answer.headers.get("vary", "").lower():
        return kept("Vary: Origin.")
    return broken("Leave for one origin without Vary: Origin: caches mix the answers up.")
