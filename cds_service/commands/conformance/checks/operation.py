"""How it runs: large bodies, several services, wrong paths, health, speed."""

import statistics
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

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
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Operation")
DERIVED = Level.DERIVED
_LARGE = 1_600_000  # bytes: the chart of ten years
_FILLER = 4_000  # bytes for each added entry
_TOO_LARGE, _NOT_FOUND, _NO_METHOD = 413, 404, 405
_ROUNDS = 7
_ORDERLY = 0.5  # seconds; the specification speaks of 500 ms
_HEALTH = ("/health", "/health/live", "/health/ready", "/healthz", "/livez", "/actuator/health")


@THEME.add(
    "large-body",
    *("PREF-22", "ERR-10"),
    level=DERIVED,
    title="A chart of 1.6 MB is answered with the same cards",
    situation=16,
    cases=(171,),
    safety=True,
)
def _large_body(probe: Probe) -> Verdict:
    body = deepcopy(probe.subject.body)
    bundles = [v for v in body.get("prefetch", {}).values() if v and v.get("entry")]
    if not bundles:
        return not_applicable("No search of the templates finds anything to multiply.")
    _swell(bundles[0])
    answer, right = probe.call(body), probe.subject.answer
    sent = f"A body of {_LARGE / 1e6:.1f} MB"
    if answer.status == _TOO_LARGE:
        return doubtful(f"{sent}: {answer.told}; the chart of ten years can be that large.")
    if right.ok and (not answer.ok or not set(right.essence) <= set(answer.essence)):
        return broken(f"{sent}: {answer.told}; the same patient without it: {right.told}.")
    return kept(f"{sent}: {answer.told} in {answer.seconds:.2f} s.")


def _swell(bundle: Json) -> None:
    """Add old, retracted twins of the last entry until the bundle is large."""
    last = bundle["entry"][-1]
    for number in range(_LARGE // _FILLER):
        twin = {
            **last["resource"],
            "id": f"filler-{number}",
            "status": "entered-in-error",
            "text": {"status": "generated", "div": "<div>" + "x" * (_FILLER - 700) + "</div>"},
        }
        if twin["resourceType"] == "Condition":
            del twin["status"]
            twin["verificationStatus"] = {"coding": [{"code": "entered-in-error"}]}
        bundle["entry"].append({**last, "resource": twin})
    bundle["total"] = len(bundle["entry"])


@THEME.add(
    "unknown-service",
    "ERR-5",
    level=DERIVED,
    title="An unknown service id is 404",
    situation=19,
    cases=(59, 60),
    safety=True,
)
def _unknown_service(probe: Probe) -> Verdict:
    for path in (f"{DISCOVERY}/no-such-service", f"{DISCOVERY}/%2e%2e%2fetc"):
        answer = probe.target.post(path, probe.subject.body)
        if answer.status != _NOT_FOUND:
            return broken(f"POST {path}: {answer.told}, where 404 belongs.")
    return kept("Ids that nobody offers: 404.")


@THEME.add(
    "other-methods",
    "REQ-1",
    level=DERIVED,
    title="A service takes POST only; GET, PUT and DELETE are 405",
    safety=False,
)
def _other_methods(probe: Probe) -> Verdict:
    for method in ("GET", "PUT", "DELETE"):
        answer = probe.target.ask(method, probe.path)
        if answer.status != _NO_METHOD:
            return broken(f"{method} {probe.path}: {answer.told}, where 405 belongs.")
    return kept("GET, PUT and DELETE: 405.")


@THEME.add(
    "slashes",
    "DISC-18",
    level=DERIVED,
    title="A trailing or doubled slash is tolerated, as real clients produce them",
    cases=(58,),
)
def _slashes(probe: Probe) -> Verdict:
    for path in (f"{probe.path}/", probe.path.replace(DISCOVERY, f"{DISCOVERY}/", 1)):
        answer = probe.target.post(path, probe.subject.body)
        if answer.status != probe.subject.answer.status:
            return broken(f"POST {path}: {answer.told}; without the slash it answers.")
    return kept("Both slashes are tolerated.")


@THEME.add(
    "health",
    level=DERIVED,
    title="The service says that it is well",
    situation=20,
    safety=True,
    whole=True,
)
def _health(probe: Probe) -> Verdict:
    named = probe.options.health
    answers = [probe.target.ask("GET", p) for p in ((named,) if named else _HEALTH)]
    sick = [answer for answer in answers if answer.crashed]
    well = [answer for answer in answers if answer.ok]
    if sick:
        return broken(f"GET {sick[0].url}: {sick[0].told}, while the service is being used.")
    if well:
        return kept(f"GET {well[0].url}: {well[0].told}.")
    if named:
        return broken(f"GET {answers[0].url}: {answers[0].told}, where 200 belongs.")
    return not_applicable("No health address is known; name one with --health.")


@THEME.add(
    "two-services",
    *("REQ-13", "CARD-16", "DISC-12"),
    level=DERIVED,
    title="Two services of one hook called at once, with one hookInstance, answer as each alone",
    situation=22,
    safety=True,
)
def _two_services(probe: Probe) -> Verdict:
    twins = [s for s in probe.offered if s.get("hook") == probe.hook and s.get("id") != probe.id]
    other = Probe(
        probe.target, twins[0] if twins else probe.service, probe.patients, probe.options, probe.ehr
    )
    patient, body = probe.subject.patient, probe.subject.body
    beside = other.body(patient) | {"hookInstance": body["hookInstance"]}
    alone = other.full(patient).answer

    def ask(of: Probe, sent: Json) -> Answer:
        return of.call(sent)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, (probe, other), (body, beside))
    name = f"{probe.id} and {other.id}" if twins else f"{probe.id} twice (it is the only one)"
    for answer, right in ((first, probe.subject.answer), (second, alone)):
        if (answer.status, answer.essence) != (right.status, right.essence):
            return broken(f"{name} at once: {answer.told}; alone: {right.told}.")
    return kept(f"{name} at once: {first.told}; {second.told}.")


@THEME.add(
    "speed",
    "PERF-1",
    level=Level.SHOULD,
    title="With all data prefetched an answer comes within half a second",
    cases=(170,),
)
def _speed(probe: Probe) -> Verdict:
    taken: list[float] = []
    slow = 0
    while len(taken) < _ROUNDS and slow <= _ROUNDS // 2:
        taken.append(probe.call(probe.body(probe.subject.patient)).seconds)
        slow += taken[-1] > _ORDERLY
    middle, most = statistics.median(taken) * 1000, max(taken) * 1000
    told = f"{len(taken)} calls: {middle:.0f} ms in the middle, {most:.0f} at most"
    return broken(f"{told}; 500 ms are expected.") if slow > _ROUNDS // 2 else kept(f"{told}.")


@THEME.add(
    "no-store",
    "FRESH-2",
    level=Level.SHOULD,
    title="Answers about a patient are not to be cached (Cache-Control: no-store)",
)
def _no_store(probe: Probe) -> Verdict:
    control = probe.subject.answer.headers.get("cache-control", "")
    if "no-store" in control.lower():
        return kept("Cache-Control: no-store.")
    return broken(f"Cache-Control: {control or 'absent'}.")
