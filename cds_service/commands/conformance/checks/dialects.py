"""Requests as clients in use write them, which differ from the examples of the specification."""

import gzip
import json
from copy import deepcopy

from cds_service.commands.conformance.checks.prefetch import PRECONDITION
from cds_service.commands.conformance.checks.request_shape import judge_same
from cds_service.commands.conformance.mock_ehr import authorization
from cds_service.commands.conformance.probe import EHR_NAME, Probe
from cds_service.commands.conformance.records import absolute, edited, older
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    Verdict,
    broken,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json

THEME = Theme("Clients in use")
DERIVED = Level.DERIVED
_UNSUPPORTED = 415
_TOKEN = "canary-token-dialect"  # noqa: S105 - a canary, not a secret
_HOSPITAL_SCOPE = "Condition.Read (R4) Condition.Search (R4) Patient.Read (R4)"
_HOSPITAL_EXTENSION = {
    "com.epic.cdshooks.request.bpa-trigger-action": "60",
    "com.epic.cdshooks.request.cds-hooks-specification-version": "1.1",
    "com.epic.cdshooks.request.fhir-version": "R4",
}
_BROWSER_SCOPE = "patient/*.* user/*.* launch openid profile online_access"


def _server(probe: Probe) -> str:
    return probe.ehr.base if probe.ehr else EHR_NAME


def _plain(probe: Probe, block: Json) -> Answer:
    """The usual request with this FHIR server and token, which some services do not admit."""
    access: Json = {"fhirServer": _server(probe), "fhirAuthorization": block}
    return probe.call(probe.body(probe.subject.patient, **access))


def _without_encounter(body: Json) -> Json:
    body["context"].pop("encounterId", None)
    return body


def _judged(probe: Probe, body: Json, block: Json, sent: str) -> Verdict:
    """The same cards as the usual request with the same server and token."""
    if probe.hook != "patient-view":
        return not_applicable(f"These clients do not call {probe.hook}.")
    usual = _plain(probe, authorization(_TOKEN))
    if not usual.ok:
        return not_applicable(f"With fhirServer and all data prefetched: {usual.told}.")
    body |= {"fhirServer": _server(probe), "fhirAuthorization": block}
    answer = probe.call(body)
    if not answer.ok:
        return broken(f"{sent}: {answer.told}, where 200 belongs.")
    if usual.cards and not answer.cards:
        return broken(f"{sent}: {answer.told}; written as usual: {usual.told}.")
    return kept(f"{sent}: {answer.told}.")


@THEME.add(
    "hospital-request",
    *("REQ-3", "REQ-11", "AUTH-4", "CTX-2", "PREF-25"),
    level=DERIVED,
    title="A hospital system: version 1 UUID, its own scopes, extension, absolute references",
    cases=(19, 36, 100),
    safety=True,
)
def _hospital(probe: Probe) -> Verdict:
    patient = probe.subject.patient
    whole = edited(probe.prefetch(patient), absolute(EHR_NAME))
    body = _without_encounter(probe.body(patient, whole))
    body["hookInstance"] = "a3f0c1de-c703-11ea-af16-460231621f93"
    body["context"]["userId"] = "PractitionerRole/e-Q1.abc3"
    body["extension"] = _HOSPITAL_EXTENSION
    block = authorization(_TOKEN, scope=_HOSPITAL_SCOPE)
    return _judged(probe, body, block, "A request in the manner of a hospital system")


@THEME.add(
    "browser-request",
    *("REQ-7", "AUTH-4", "CTX-3"),
    level=DERIVED,
    title="The browser sandbox: no encounter, wide scopes, a user whom the server does not know",
    safety=True,
)
def _browser(probe: Probe) -> Verdict:
    body = _without_encounter(probe.body(probe.subject.patient))
    body["context"]["userId"] = "Practitioner/COREPRACTITIONER1"
    block = authorization(_TOKEN, scope=_BROWSER_SCOPE, expires_in=3600)
    return _judged(probe, body, block, "A request in the manner of the browser sandbox")


@THEME.add(
    "unknown-token-members",
    "JSON-7",
    level=DERIVED,
    title="Members of the token block that nobody knows change nothing",
    situation=11,
    cases=(35,),
    safety=True,
)
def _token_members(probe: Probe) -> Verdict:
    usual = _plain(probe, authorization(_TOKEN))
    answer = _plain(probe, authorization(_TOKEN, futureMember={"deep": [1]}))
    return judge_same(answer, usual, "fhirAuthorization with a member that nobody knows")


@THEME.add(
    "prefetch-left-empty",
    *("REQ-8", "PREF-12"),
    level=DERIVED,
    title="prefetch: {} and prefetch: null are as no prefetch",
    cases=(39, 40),
    by_prefetch=True,
)
def _left_empty(probe: Probe) -> Verdict:
    body = probe.body(probe.subject.patient, {})
    absent = probe.call(body)
    for sent, value in (("prefetch: {}", {}), ("prefetch: null", None)):
        answer = probe.call({**body, "prefetch": value})
        if (answer.status, answer.essence) != (absent.status, absent.essence):
            return broken(f"{sent}: {answer.told}; without prefetch: {absent.told}.")
    return kept(f"Both: {absent.told}, as without prefetch.")


@THEME.add(
    "empty-encounter",
    "CTX-3",
    level=DERIVED,
    title='encounterId: "" is refused or taken for absent, and never crashes',
    cases=(31,),
    safety=True,
)
def _empty_encounter(probe: Probe) -> Verdict:
    body = deepcopy(probe.subject.body)
    body["context"]["encounterId"] = ""
    answer = probe.call(body)
    told = f'encounterId: "": {answer.told}.'
    return broken(told) if answer.crashed else kept(told)


@THEME.add(
    "gzip",
    "JSON-9",
    level=DERIVED,
    title="A compressed body is read or refused with 415",
    cases=(56,),
)
def _gzip(probe: Probe) -> Verdict:
    packed = gzip.compress(json.dumps(probe.subject.body).encode())
    answer = probe.call(packed, {"content-encoding": "gzip"})
    told = f"Content-Encoding gzip: {answer.told}"
    if answer.ok or answer.status == _UNSUPPORTED:
        return kept(f"{told}.")
    return broken(f"{told}, where 200 or 415 belongs.")


@THEME.add(
    "older-fhir",
    "AUTH-14",
    level=DERIVED,
    title="Resources of older FHIR versions are read or refused, and never crash",
    safety=True,
    by_prefetch=True,
)
def _older(probe: Probe) -> Verdict:
    patient = probe.subject.patient
    answer = probe.call(probe.body(patient, edited(probe.prefetch(patient), older)))
    told = f"Resources as FHIR DSTU2 and STU3 write them: {answer.told}"
    if answer.ok or answer.status in (400, PRECONDITION):
        return kept(f"{told}.")
    return broken(f"{told}, where 200, 400 or 412 belongs.")
