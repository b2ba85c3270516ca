"""What arrives, what does not, and what it means: absent, null, empty, failed."""

from typing import Any

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

THEME = Theme("Prefetch and 412", by_prefetch=True)
FAILED = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
PRECONDITION = 412


def with_changes(probe: Probe, changes: dict[str, Any]) -> Answer:
    """The subject's call with some prefetch values replaced."""
    patient = probe.subject.patient
    return probe.call(probe.body(patient, probe.prefetch(patient) | changes))


def searches(probe: Probe) -> list[str]:
    """The keys that are searches."""
    whole = probe.prefetch(probe.subject.patient)
    return [k for k, v in whole.items() if not v or v.get("resourceType") == "Bundle"]


@THEME.add(
    "no-prefetch",
    "PREF-19",
    level=Level.SHALL,
    title="Nothing prefetched and no FHIR server: 412, not silence",
    situation=1,
    cases=(61,),
)
def _no_prefetch(probe: Probe) -> Verdict:
    answer = probe.call(probe.body(probe.subject.patient, {}))
    sent = "Neither prefetch nor fhirServer"
    if answer.status == PRECONDITION:
        return kept(f"{sent}: {answer.told}.")
    if answer.cards:
        return doubtful(f"{sent}: {answer.told}; look whether a card says what is missing.")
    return broken(f"{sent}: {answer.told}, where 412 belongs.")


@THEME.add(
    "unavailable-named",
    "ERR-2",
    level=Level.SHOULD,
    title="A 412 says in an OperationOutcome which data are missing",
    cases=(61,),
)
def _unavailable_named(probe: Probe) -> Verdict:
    answer = probe.call(probe.body(probe.subject.patient, {}))
    if answer.status != PRECONDITION:
        return not_applicable(f"Without prefetch the service answers {answer.told}.")
    if not answer.outcome:
        return broken(f"{answer.told}, where an OperationOutcome helps the client.")
    text = answer.content.decode("utf-8", "replace")
    named = [key for key in probe.templates if key in text]
    if not named:
        return doubtful("The OperationOutcome names no prefetch key.")
    return kept(f"The OperationOutcome names {', '.join(named)}.")


@THEME.add(
    "needed-key-missing",
    *("PREF-9", "PREF-12", "PREF-19", "ERR-8"),
    level=Level.SHALL,
    title="A needed key that is withheld is not read as 'nothing on record'",
    situation=3,
    cases=(62,),
)
def _needed_key_missing(probe: Probe) -> Verdict:
    odd = [k for k, a in probe.without.items() if not a.ok and a.status != PRECONDITION]
    if odd:
        told = probe.without[odd[0]].told
        return broken(f"Without the key {odd[0]}: {told}, where 200 or 412 belongs.")
    hushed = [k for k, answer in probe.without.items() if answer.silent]
    lost = ", ".join(hushed)
    if probe.subject.answer.cards and hushed:
        sentence = f"With all data: {probe.subject.answer.told}; without {lost}: silence"
        if probe.required:
            return doubtful(f"{sentence}, as if there were nothing. Is it truly optional?")
        return broken(f"{sentence}, and no key is required with 412.")
    if probe.required:
        return kept(f"Refused with 412 without {', '.join(probe.required)}; the rest may miss.")
    return not_applicable("Each key alone may miss without a card being lost.")


@THEME.add(
    "null-keys",
    *("PREF-13", "PREF-20"),
    level=Level.SHALL,
    title="null means searched and found nothing: answered, not refused",
    situation=4,
    cases=(65,),
)
def _null_keys(probe: Probe) -> Verdict:
    answer = probe.nothing_known
    sent = "Every search null"
    return kept(f"{sent}: {answer.told}.") if answer.ok else broken(f"{sent}: {answer.told}.")


@THEME.add(
    "null-patient",
    *("PREF-13", "PREF-23"),
    level=Level.DERIVED,
    title="A null Patient never crashes and never passes for a complete record",
    situation=5,
    safety=True,
)
def _null_patient(probe: Probe) -> Verdict:
    keys = probe.keys_of(probe.subject.patient, "Patient")
    if not keys:
        return not_applicable("The service does not ask for the Patient.")
    answer = with_changes(probe, dict.fromkeys(keys))
    sent = "patient: null, all else complete"
    if answer.status in (PRECONDITION, 400) or (answer.ok and not hushed(probe, answer)):
        return kept(f"{sent}: {answer.told}.")
    return broken(f"{sent}: {answer.told}, where cards, 412 or 400 belong.")


def hushed(probe: Probe, answer: Answer) -> bool:
    """Silence where the complete record speaks."""
    return answer.silent and bool(probe.subject.answer.cards)


@THEME.add(
    "failed-key",
    *("PREF-15", "PREF-19"),
    level=Level.DERIVED,
    title="An OperationOutcome as a value is a failed query, not an empty one",
    situation=6,
    cases=(68, 69),
    safety=True,
)
def _failed_key(probe: Probe) -> Verdict:
    for key, absent in probe.without.items():
        answer = with_changes(probe, {key: FAILED})
        sent = f"{key} as OperationOutcome"
        if absent.status == PRECONDITION and answer.status != PRECONDITION and not answer.cards:
            return broken(f"{sent}: {answer.told}; without the key at all: {absent.told}.")
        if answer.status not in (200, PRECONDITION):
            return broken(f"{sent}: {answer.told}, where 200 or 412 belongs.")
    told = ", ".join(probe.required) or "no key"
    return kept(f"Each key in turn as OperationOutcome: 412 for {told}, 200 for the rest.")
