"""A FHIR server that fails, and a token block that is not in order."""

from typing import Any

from cds_service.commands.conformance.checks.fhir_access import THEME, visited
from cds_service.commands.conformance.checks.prefetch import PRECONDITION
from cds_service.commands.conformance.ehr_behavior import (
    Behavior,
    hangs,
    hangs_for,
    html,
    refuses,
)
from cds_service.commands.conformance.mock_ehr import authorization
from cds_service.commands.conformance.probe import EHR_NAME, Probe
from cds_service.commands.conformance.verdict import (
    Check,
    Level,
    Verdict,
    broken,
    doubtful,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.templates import type_of

DERIVED = Level.DERIVED
_NOBODY = "http://127.0.0.1:9/fhir"  # the discard port: nobody listens
_TOKEN = "canary-token-0c9d"  # noqa: S105 - a canary, not a secret
_REFUSALS = (400, 403)
_OF_ANOTHER = {"patient": "conformance-stranger"}
_FAILURES: tuple[tuple[str, str, Behavior], ...] = (
    ("fhir-401", "401 for every query", refuses(401, "login")),
    ("fhir-403", "403 for every query", refuses(403)),
    ("fhir-404", "404 for every query", refuses(404, "not-found")),
    ("fhir-500", "500 for every query", refuses(500, "exception")),
    ("fhir-503", "503 for every query", refuses(503, "throttled")),
    ("fhir-html", "200 with an HTML page for every query", html),
    ("fhir-hangs", "no answer to any query", hangs),
)


def _judge(answer: Answer, sent: str) -> Verdict:
    if answer.status == PRECONDITION:
        return kept(f"{sent}: {answer.told}.")
    if answer.cards:
        return doubtful(f"{sent}: {answer.told}; look whether a card says what is missing.")
    if answer.status in _REFUSALS:
        return doubtful(f"{sent}: {answer.told}; 412 tells the client to prefetch.")
    return broken(f"{sent}: {answer.told}, where 412 belongs.")


@THEME.add(
    "unreachable-server",
    *("PREF-19", "AUTH-13"),
    level=Level.SHALL,
    title="A FHIR server that cannot be reached: 412, soon, not silence",
    situation=2,
    cases=(105,),
    by_prefetch=True,
)
def _unreachable(probe: Probe) -> Verdict:
    access = {"fhirServer": _NOBODY, "fhirAuthorization": authorization(_TOKEN)}
    answer = probe.call(probe.body(probe.subject.patient, {}, **access))
    return _judge(answer, "Nothing prefetched, fhirServer out of reach")


def _failing(name: str, sent: str, behave: Behavior) -> Check:
    def judge(probe: Probe) -> Verdict:
        answer, _ = visited(probe, {}, behave)
        return _judge(answer, f"FHIR server: {sent}")

    title = f"FHIR server: {sent}; the service answers 412"
    requirements = ("PREF-19", "AUTH-10" if name in ("fhir-401", "fhir-403") else "AUTH-13")
    cases = {"fhir-404": (104,), "fhir-503": (105,), "fhir-html": (106,)}.get(name, ())
    return Check(name, requirements, Level.SHALL, title, judge, THEME.name, cases=cases)


THEME.checks += [_failing(*row) for row in _FAILURES]


@THEME.add(
    "fhir-403-optional",
    "AUTH-10",
    level=DERIVED,
    title="A query refused with 403 costs that key: an answer, or 412 when it is needed",
    cases=(103,),
    safety=True,
    by_prefetch=True,
)
def _refused_key(probe: Probe) -> Verdict:
    for kind in sorted({type_of(query) for query in probe.queries(probe.subject.patient).values()}):
        answer, _ = visited(probe, {}, refuses(403, only=kind))
        if answer.status not in (200, PRECONDITION):
            return broken(f"403 for {kind} alone: {answer.told}, where 200 or 412 belongs.")
    return kept("403 for one type at a time: 200 or 412 each time.")


@THEME.add(
    "one-query-hangs",
    *("PERF-3", "AUTH-13"),
    level=DERIVED,
    title="One query that gets no answer does not hold up the rest",
    safety=True,
    by_prefetch=True,
)
def _one_query_hangs(probe: Probe) -> Verdict:
    queries = probe.queries(probe.subject.patient).values()
    kind = type_of(list(queries)[-1])
    answer, _ = visited(probe, {}, hangs_for(kind))
    sent = f"FHIR server: no answer for {kind} alone"
    if answer.status in (200, PRECONDITION):
        return kept(f"{sent}: {answer.told} after {answer.seconds:.1f} s.")
    return broken(f"{sent}: {answer.told}, where 200 or 412 belongs.")


def _with_block(probe: Probe, block: Json) -> Answer:
    """All data prefetched, and this token block."""
    access: Json = {
        "fhirServer": probe.ehr.base if probe.ehr else EHR_NAME,
        "fhirAuthorization": block,
    }
    return probe.call(probe.body(probe.subject.patient, **access))


def _block(
    name: str,
    requirements: tuple[str, ...],
    sent: str,
    changes: dict[str, Any],
    cases: tuple[int, ...],
) -> Check:
    """A token block that breaks a rule: refused, or left aside while prefetch is complete."""

    def judge(probe: Probe) -> Verdict:
        answer = _with_block(probe, authorization(_TOKEN, **changes))
        if answer.crashed:
            return broken(f"{sent}: {answer.told}.")
        return kept(f"{sent}, all data prefetched: {answer.told}.")

    title = f"{sent} is refused or left aside, and never crashes"
    return Check(name, requirements, DERIVED, title, judge, THEME.name, cases=cases, safety=True)


_FIELDS = ("access_token", "token_type", "expires_in", "scope", "subject")
THEME.checks += [
    _block(
        f"no-{field.replace('_', '-')}",
        ("AUTH-1",),
        f"fhirAuthorization without {field}",
        {field: None},
        (90 + place,),
    )
    for place, field in enumerate(_FIELDS)
]
THEME.checks += [
    _block("mac-token", ("AUTH-2",), "token_type MAC", {"token_type": "MAC"}, (95,)),
    _block("expires-as-text", ("AUTH-3",), 'expires_in "300"', {"expires_in": "300"}, (96,)),
]


@THEME.add(
    "token-without-server",
    "REQ-5",
    level=DERIVED,
    title="A token without fhirServer is refused or left aside",
    cases=(89,),
    safety=True,
)
def _token_without_server(probe: Probe) -> Verdict:
    block = {"fhirAuthorization": authorization(_TOKEN)}
    answer = probe.call(probe.body(probe.subject.patient, **block))
    told = f"fhirAuthorization without fhirServer: {answer.told}."
    return broken(told) if answer.crashed else kept(told)


_SCOPES = (
    "patient/Condition.read patient/Patient.read",
    "patient/Condition.rs patient/Observation.rs?category=vital-signs",
    "Condition.Read (R4) Condition.Search (R4) Patient.Read (R4)",
)


@THEME.add(
    "scope-spellings",
    "AUTH-4",
    level=DERIVED,
    title="SMART v1 and v2 scopes, and texts that are neither, do no harm",
    cases=(99, 100),
    safety=True,
)
def _scope_spellings(probe: Probe) -> Verdict:
    if not (usual := _with_block(probe, authorization(_TOKEN))).ok:
        return not_applicable(f"With fhirServer and all data prefetched: {usual.told}.")
    for scope in _SCOPES:
        answer = _with_block(probe, authorization(_TOKEN, scope=scope))
        if not answer.ok:
            return broken(f"scope {scope!r}, all data prefetched: {answer.told}.")
    return kept("SMART v1, SMART v2 and a vendor's own scopes: 200.")


@THEME.add(
    "token-of-another-patient",
    "AUTH-5",
    level=DERIVED,
    title="A token for another patient is not used",
    safety=True,
)
def _token_of_another(probe: Probe) -> Verdict:
    visited(probe, {})
    patient = probe.subject.patient
    answer, visit = probe.visited_once(patient, {}, block=_OF_ANOTHER)
    if visit.here:
        return broken(f"Token for another patient: used all the same; {answer.told}.")
    return kept(f"Token for another patient: not used; {answer.told}.")
