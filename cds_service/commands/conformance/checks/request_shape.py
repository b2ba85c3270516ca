"""Requests that break a rule are refused, unusual but valid ones answered."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.samples import SamplePatient
from cds_service.commands.conformance.verdict import (
    Check,
    Judge,
    Level,
    Theme,
    Verdict,
    broken,
    doubtful,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json

THEME = Theme("Request shape")
SHALL, DERIVED = Level.SHALL, Level.DERIVED
_BAD_REQUEST = 400
_REFUSALS = range(400, 500)
_NOT_A_REFUSAL = (401, 403, 404, 405, 429)
Change = Callable[[Json], None]


def judge_refusal(answer: Answer, sent: str) -> Verdict:
    """400 is right, another 4xx tells the client less, anything else is wrong."""
    if answer.status == _BAD_REQUEST:
        return kept(f"{sent}: {answer.told}.")
    if answer.status in _REFUSALS and answer.status not in _NOT_A_REFUSAL:
        return doubtful(f"{sent}: {answer.told}; 400 is the status for a malformed request.")
    return broken(f"{sent}: {answer.told}, where 400 belongs.")


def judge_same(answer: Answer, right: Answer, sent: str) -> Verdict:
    """The answer to an unusual but valid request is that to the usual one."""
    if not right.ok:
        return not_applicable(f"The usual request already gives {right.told}.")
    if not answer.ok:
        return broken(f"{sent}: {answer.told}, where 200 belongs.")
    if answer.essence != right.essence:
        return broken(f"{sent}: other cards than without it ({answer.told}; {right.told}).")
    return kept(f"{sent}: {answer.told}, the same as without it.")


@dataclass(frozen=True, slots=True)
class _Case:
    name: str
    requirements: tuple[str, ...]
    sent: str
    change: Change
    level: Level = SHALL
    situation: int = 0
    cases: tuple[int, ...] = ()
    safety: bool = True
    lenient: bool = False  # answering is allowed too, refusing is better

    def check(self, judge: Judge, what: str) -> Check:
        """As a check of this theme."""
        return Check(
            name=self.name,
            requirements=self.requirements,
            level=self.level,
            title=f"{self.sent} {what}",
            judge=judge,
            theme=THEME.name,
            situation=self.situation,
            cases=self.cases,
            safety=self.safety,
        )


def _changed(probe: Probe, case: _Case) -> Answer:
    body = deepcopy(probe.subject.body)
    case.change(body)
    return probe.call(body)


def _refused(case: _Case) -> Check:
    def judge(probe: Probe) -> Verdict:
        answer = _changed(probe, case)
        if case.lenient and answer.ok:
            return doubtful(f"{case.sent}: {answer.told}; stricter services say 400.")
        return judge_refusal(answer, case.sent)

    return case.check(judge, "is refused with 400")


def _answered(case: _Case) -> Check:
    def judge(probe: Probe) -> Verdict:
        return judge_same(_changed(probe, case), probe.subject.answer, case.sent)

    return case.check(judge, "leaves the answer as it is")


def _drop(name: str) -> Change:
    return lambda body: body.__delitem__(name)


def _set(name: str, value: object) -> Change:
    return lambda body: body.__setitem__(name, value)


def _context(name: str, value: object) -> Change:
    return lambda body: body["context"].__setitem__(name, value)


def _drop_context(name: str) -> Change:
    return lambda body: body["context"].pop(name, None)


def _no_hook_instance(body: Json) -> None:
    del body["hookInstance"]


def _members_everywhere(body: Json) -> None:
    body["futureMember"] = {"list": [1, None]}
    body["context"]["futureMember"] = "later"


def _patient(identifier: str) -> Json:
    return {"resourceType": "Patient", "id": identifier, "birthDate": "1980-02-03"}


_EXTENSION = {
    "org.example.request": {"trigger": "60", "flags": [True], "nothing": None},
    "com.example.fhir-version": "R4",
}
_V1 = "a3f0c1de-c703-11ea-af16-460231621f93"
_ODD = "00000000-007B-9F33-0000-0000ABCDEF01"
_REFUSED = (
    _Case("wrong-hook", ("REQ-2",), "Another hook's name", _set("hook", "patient-view-2"),
          DERIVED, 7, (14,)),
    _Case("no-hook", ("REQ-2",), "A request without hook", _drop("hook"), cases=(12,)),
    _Case("null-hook", ("REQ-2", "JSON-3"), "hook: null", _set("hook", None), cases=(16,)),
    _Case("numeric-hook", ("REQ-2",), "hook: 1", _set("hook", 1), cases=(17,)),
    _Case("no-hook-instance", ("REQ-3",), "A request without hookInstance", _no_hook_instance,
          situation=8, cases=(12,)),
    _Case("malformed-hook-instance", ("REQ-3",), 'hookInstance: "123"', _set("hookInstance", "123"),
          situation=8, cases=(18,)),
    _Case("no-context", ("REQ-4",), "A request without context", _drop("context"),
          situation=9, cases=(12,)),
    _Case("context-array", ("REQ-4",), "context: []", _set("context", []), situation=9,
          cases=(24,)),
    _Case("no-patient-id", ("CTX-1",), "A context without patientId", _drop_context("patientId"),
          cases=(25,)),
    _Case("patient-id-query", ("CTX-1", "CTX-5"), "patientId that smuggles a query",
          _context("patientId", "1?_include=*"), cases=(34,)),
    _Case("no-user-id", ("CTX-2",), "A context without userId", _drop_context("userId"),
          cases=(26,), lenient=True),
    _Case("bare-user-id", ("CTX-2",), 'userId: "dr1"', _context("userId", "dr1"), cases=(27,),
          lenient=True),
    _Case("organization-user", ("CTX-2",), 'userId: "Organization/1"',
          _context("userId", "Organization/1"), cases=(28,), lenient=True),
    _Case("prefetch-array", ("REQ-8",), "prefetch: []", _set("prefetch", []), DERIVED,
          cases=(38,)),
)  # fmt: skip
_SAME = (
    _Case("unknown-members", ("JSON-7",), "A request with members that nobody knows",
          _members_everywhere,
          DERIVED, 11, (35,)),
    _Case("extension", ("REQ-11", "EXT-1"), "An extension as the specification describes it",
          _set("extension", _EXTENSION), situation=12, cases=(36,)),
    _Case("unrequested-key", ("REQ-9",), "A prefetch key that was not asked for",
          lambda body: body.setdefault("prefetch", {}).__setitem__("-user", {"id": "x"}), DERIVED,
          cases=(86,)),
    _Case("uuid-version-1", ("REQ-3",), "A version 1 UUID as hookInstance",
          _set("hookInstance", _V1), cases=(19,)),
    _Case("uuid-upper-case", ("REQ-3",), "hookInstance in capitals, of no UUID version",
          _set("hookInstance", _ODD), cases=(20,)),
    _Case("root-user", ("REQ-12",), "user at the root, as before version 1.0",
          _set("user", "Practitioner/1"), DERIVED, safety=False),
)  # fmt: skip
THEME.checks += [_refused(case) for case in _REFUSED]
THEME.checks += [_answered(case) for case in _SAME]


@THEME.add(
    "bad-extension",
    "EXT-1",
    level=DERIVED,
    title="An extension that is no object is ignored or refused, and never crashes",
    cases=(37,),
    safety=True,
)
def _bad_extension(probe: Probe) -> Verdict:
    answer = probe.call(probe.subject.body | {"extension": "x"})
    told = f'extension: "x": {answer.told}.'
    return broken(told) if answer.crashed else kept(told)


@THEME.add(
    "no-encounter",
    *("CTX-3", "PREF-6"),
    level=Level.SHALL,
    title="encounterId and the keys that need it may be missing",
    cases=(30,),
)
def _no_encounter(probe: Probe) -> Verdict:
    if probe.hook == "encounter-start":
        return not_applicable("encounter-start requires encounterId.")
    body = deepcopy(probe.subject.body)
    body["context"].pop("encounterId", None)
    for key, template in probe.templates.items():
        if "context.encounterId" in template:
            body.get("prefetch", {}).pop(key, None)
    answer = probe.call(body)
    right = probe.subject.answer
    if right.ok and not answer.ok:
        return broken(f"Without encounterId: {answer.told}, with it: {right.told}.")
    return kept(f"Without encounterId: {answer.told}.")


@THEME.add(
    "long-patient-id",
    "CTX-5",
    level=DERIVED,
    title="An id of 194 characters is accepted",
    cases=(32,),
)
def _long_patient_id(probe: Probe) -> Verdict:
    long = "e" + "aB3.-" * 38 + "xyz"
    answer = probe.call(probe.body(SamplePatient("long id", long, (_patient(long),))))
    told = f"patientId of {len(long)} characters: {answer.told}."
    right = probe.full(probe.quiet).answer
    if not right.ok:
        return not_applicable(f"The usual request already gives {right.told}.")
    return kept(told) if answer.ok else broken(told)
