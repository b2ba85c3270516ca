"""Whose data they are, and what becomes of data that are retracted, damaged or odd."""

from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.records import (
    belongs_to,
    edited,
    retracted,
)
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

THEME = Theme("Whose data, and in what state", by_prefetch=True)
DERIVED = Level.DERIVED
_REFUSALS = range(400, 500)
NO_CARDS = not_applicable("The service shows no card for any of the patients.")
_STRANGER = "conformance-stranger"


def call_with(probe: Probe, prefetch: Json) -> Answer:
    """The subject's call with this prefetch."""
    return probe.call(probe.body(probe.subject.patient, prefetch))


def whole_of(probe: Probe) -> Json:
    """Everything the service asks for, for the subject."""
    return probe.prefetch(probe.subject.patient)


@THEME.add(
    "another-patient",
    *("PREF-21", "CTX-1"),
    level=DERIVED,
    title="Another patient's prefetch is refused; no card mixes patients",
    situation=10,
    cases=(76,),
    safety=True,
)
def _another_patient(probe: Probe) -> Verdict:
    if not probe.keys_of(probe.subject.patient, "Patient"):
        return not_applicable("The service does not ask for the Patient.")
    body = probe.body(probe.subject.patient)
    body["context"]["patientId"] = _STRANGER
    answer = probe.call(body)
    sent = f"Everything prefetched of a patient other than {_STRANGER} in context"
    if answer.status in _REFUSALS:
        return kept(f"{sent}: {answer.told}.")
    if answer.ok and not answer.cards and not probe.subject.answer.cards:
        return doubtful(f"{sent}: {answer.told}; 400 would tell the client of its mistake.")
    return broken(f"{sent}: {answer.told}, where 400 belongs.")


@THEME.add(
    "foreign-entries",
    "PREF-21",
    level=DERIVED,
    title="Entries of another patient inside a searchset are dropped",
    cases=(77,),
    safety=True,
)
def _foreign_entries(probe: Probe) -> Verdict:
    answer = call_with(probe, edited(whole_of(probe), belongs_to(_STRANGER)))
    if answer.status in _REFUSALS:
        return kept(f"All entries of another patient: {answer.told}.")
    return _as_if_absent(probe, answer, "All entries of another patient")


@THEME.add(
    "entered-in-error",
    "PREF-21",
    level=DERIVED,
    title="Entries that were entered in error speak for nothing",
    situation=13,
    cases=(80,),
    safety=True,
)
def _entered_in_error(probe: Probe) -> Verdict:
    answer = call_with(probe, edited(whole_of(probe), retracted))
    return _as_if_absent(probe, answer, "All entries entered-in-error")


def _as_if_absent(probe: Probe, answer: Answer, sent: str) -> Verdict:
    """No card that only the data can have caused."""
    if not answer.ok:
        told = f"{sent}: {answer.told}"
        return doubtful(f"{told}; 200 is expected.") if not answer.crashed else broken(f"{told}.")
    caused = set(probe.subject.answer.essence) - set(probe.nothing_known.essence)
    if not caused:
        return not_applicable("No card depends on the entries of these patients.")
    if caused & set(answer.essence):
        return broken(f"{sent}: {answer.told}, a card among them that needs those entries.")
    return kept(f"{sent}: {answer.told}, none of them from those entries.")


@THEME.add(
    "lay-user",
    "CTX-4",
    level=DERIVED,
    title="A patient who reads the own chart gets nothing written for clinicians",
    cases=(29,),
)
def _lay_user(probe: Probe) -> Verdict:
    if probe.hook != "patient-view":
        return not_applicable(f"The users of {probe.hook} are clinicians.")
    if not probe.subject.answer.cards:
        return NO_CARDS
    body = probe.body(probe.subject.patient)
    body["context"]["userId"] = f"Patient/{body['context']['patientId']}"
    answer = probe.call(body)
    if answer.essence and answer.essence == probe.subject.answer.essence:
        return broken(f"userId of the patient: the clinician's cards ({answer.told}).")
    return kept(f"userId of the patient: {answer.told}.")
