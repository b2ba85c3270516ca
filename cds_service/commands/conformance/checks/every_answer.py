"""What must hold of everything the service said in this run, errors above all."""

from collections.abc import Iterator
from typing import Any

from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.sample_patients import FAMILY
from cds_service.commands.conformance.samples import generic_patients
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    Verdict,
    broken,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Every answer")
DERIVED = Level.DERIVED
_UNAUTHORIZED, _FIRST_ERROR = 401, 400
_JSON = ("application/json", "application/fhir+json")
_MAY_BE_EMPTY = frozenset({"cards", "services"})
_TRACES = (b"Traceback (most recent", b"\n    at ", b"Exception in thread", b".java:", b'File "')
_CANARIES = (FAMILY.encode(), b"canary-token", b"canary-comment", b"canary-user")


def _provoke(probe: Probe) -> None:
    """Once: errors of the common kinds, each holding something that must not come back."""
    if probe.provoked:
        return
    probe.provoked = True
    body = probe.body(generic_patients()[0])
    token = {"fhirAuthorization": {"access_token": "canary-token-echo"}}
    probe.call({name: value for name, value in body.items() if name != "hook"})
    probe.call({**body, **token, "hookInstance": "canary-user"})
    probe.call({**body, **token, "context": {**body["context"], "userId": "canary-user"}})
    probe.call({**body, "context": "canary-user"})
    probe.call(b'{"hook": "canary-user", ')
    probe.call([FAMILY])
    probe.call(probe.body(probe.subject.patient, {}))
    probe.target.post(f"{DISCOVERY}/no-such-service", body)
    probe.target.post(f"{probe.path}/feedback", {"feedback": [{"card": "canary-comment"}]})


def _errors(probe: Probe) -> list[Answer]:
    _provoke(probe)
    return [answer for answer in probe.target.answers if answer.status >= _FIRST_ERROR]


def _said(probe: Probe) -> list[Answer]:
    _ = probe.subject
    spoken = [a for a in probe.target.answers if a.method in ("GET", "POST")]
    return [a for a in spoken if a.ok and a.content and DISCOVERY in a.url]


def _where(answer: Answer) -> str:
    return (
        f"{answer.method} {answer.url.partition(DISCOVERY)[1]}{answer.url.partition(DISCOVERY)[2]}"
    )


@THEME.add(
    "all-json",
    "JSON-1",
    level=Level.SHALL,
    title="Every 200 is strict JSON of type application/json",
)
def _all_json(probe: Probe) -> Verdict:
    said = _said(probe)
    for answer in said:
        if not answer.is_json:
            return broken(f"{_where(answer)}: 200 with a body that is not JSON.")
        if answer.media not in _JSON:
            return broken(f"{_where(answer)}: 200 with Content-Type {answer.media or 'absent'}.")
    return kept(f"{len(said)} answers: strict JSON.")


def _hollow(value: Any, name: str = "") -> Iterator[str]:
    """Members that are null or empty where neither may be."""
    if value is None or (value in ("", [], {}) and name not in _MAY_BE_EMPTY):
        yield f"{name} is {'null' if value is None else 'empty'}"
    elif isinstance(value, str) and not value.strip():
        yield f"{name} is blank"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _hollow(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _hollow(item, f"an item of {name}")


@THEME.add(
    "no-hollow-members",
    *("JSON-3", "JSON-4", "JSON-5", "JSON-6"),
    level=Level.SHALL,
    title="No member is null, and none empty but cards and services",
)
def _no_hollow(probe: Probe) -> Verdict:
    if probe.service:
        probe.showcase()
    said = [answer for answer in _said(probe) if isinstance(answer.document, dict)]
    for answer in said:
        document = answer.document
        if document and (found := next(_hollow(document), "")):
            return broken(f"{_where(answer)}: {found}.")
    return kept(f"{len(said)} answers: nothing null, nothing empty.")


def _extensions(value: Any) -> Iterator[Any]:
    """The CDS Hooks extensions of a document; those of FHIR resources are arrays."""
    if isinstance(value, dict):
        if "extension" in value and not isinstance(value["extension"], list):
            yield value["extension"]
        for item in value.values():
            yield from _extensions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _extensions(item)


@THEME.add(
    "extension-names",
    *("EXT-1", "EXT-2"),
    level=Level.SHOULD,
    title="Extensions are objects whose names are unique in the world, as reverse domains are",
)
def _extension_names(probe: Probe) -> Verdict:
    found = [e for answer in _said(probe) for e in _extensions(answer.document)]
    if not found:
        return not_applicable("No answer holds an extension.")
    for extension in found:
        if not isinstance(extension, dict) or any("." not in name for name in extension):
            return broken("An extension is no object, or has a name that others may use too.")
    return kept(f"{len(found)} extensions with names of their own.")


@THEME.add(
    "cards-array",
    *("RESP-1", "RESP-2"),
    level=Level.SHALL,
    title="Every 200 of the service is an object with the array cards",
)
def _cards_array(probe: Probe) -> Verdict:
    path = probe.target.url(probe.path)
    answers = [a for a in _said(probe) if a.url == path and a.method == "POST"]
    if not answers:
        return not_applicable(f"No call was answered with 200 ({probe.subject.answer.told}).")
    for answer in answers:
        document = answer.document
        if not isinstance(document, dict) or not isinstance(document.get("cards"), list):
            return broken(f"{_where(answer)}: 200 without an array cards.")
    return kept(f"{len(answers)} answers with the array cards.")


@THEME.add(
    "no-server-fault",
    *("ERR-3", "ERR-7"),
    level=DERIVED,
    title="Nothing that was sent in this run made the service fail with 5xx",
)
def _no_fault(probe: Probe) -> Verdict:
    faults = [answer for answer in _errors(probe) if answer.crashed]
    if faults:
        return broken(f"{len(faults)} of the calls of this run: {faults[0].told}.")
    return kept("No 5xx in this run.")


@THEME.add(
    "errors-say-what",
    *("ERR-2",),
    level=Level.SHOULD,
    title="Errors are OperationOutcomes; 401 explains nothing",
)
def _errors_say(probe: Probe) -> Verdict:
    errors = [a for a in _errors(probe) if a.status != _UNAUTHORIZED and a.method == "POST"]
    for answer in errors:
        if not answer.outcome:
            return broken(f"{_where(answer)}: {answer.told}, not an OperationOutcome.")
    return kept(f"{len(errors)} errors: all are OperationOutcomes.")


@THEME.add(
    "no-echo",
    "ERR-6",
    level=DERIVED,
    title="Errors repeat nothing of the request: no name, no token",
    cases=(12, 112),
    safety=True,
)
def _no_echo(probe: Probe) -> Verdict:
    errors = _errors(probe)
    for answer in errors:
        if any(canary in answer.content for canary in _CANARIES):
            return broken(f"{_where(answer)}: HTTP {answer.status} repeats what was sent.")
    return kept(f"{len(errors)} errors: none repeats what was sent.")


@THEME.add(
    "no-stack-traces",
    "ERR-7",
    level=DERIVED,
    title="Errors show nothing of the program's insides",
    safety=True,
)
def _no_traces(probe: Probe) -> Verdict:
    for answer in _errors(probe):
        if any(trace in answer.content for trace in _TRACES):
            return broken(f"{_where(answer)}: HTTP {answer.status} with a stack trace.")
    return kept("No stack trace in any error.")
