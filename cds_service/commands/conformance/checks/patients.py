"""Whose data they are, and what becomes of data that are retracted, damaged or odd."""

from cds_service.commands.conformance.answer import Answer, Json
from cds_service.commands.conformance.checks.prefetch import searches
from cds_service.commands.conformance.checks.request_shape import judge_same
from cds_service.commands.conformance.probe import EHR_NAME, Probe
from cds_service.commands.conformance.records import (
    DAMAGES,
    absolute,
    belongs_to,
    edited,
    retracted,
    spoiled,
    with_damage,
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

THEME = Theme("Whose data, and in what state")
DERIVED = Level.DERIVED
_REFUSALS = range(400, 500)
_NO_CARDS = not_applicable("The service shows no card for any of the patients.")
_STRANGER = "conformance-stranger"


def _call(probe: Probe, prefetch: Json) -> Answer:
    return probe.call(probe.body(probe.subject.patient, prefetch))


def _whole(probe: Probe) -> Json:
    return probe.prefetch(probe.subject.patient)


def _lost(probe: Probe, answer: Answer) -> bool:
    return answer.silent and bool(probe.subject.answer.cards)


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
    answer = _call(probe, edited(_whole(probe), belongs_to(_STRANGER)))
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
    answer = _call(probe, edited(_whole(probe), retracted))
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
    "damaged-entry",
    "PREF-24",
    level=DERIVED,
    title="One damaged entry costs itself, not the request",
    cases=(78,),
    safety=True,
)
def _damaged_entry(probe: Probe) -> Verdict:
    for name, damage in DAMAGES:
        answer = _call(probe, with_damage(_whole(probe), damage))
        if not answer.ok:
            return broken(f"One entry of each searchset with {name}: {answer.told}.")
        if _lost(probe, answer):
            return broken(f"One entry with {name} beside the good ones: {answer.told}.")
    return kept(f"{len(DAMAGES)} kinds of damage beside good entries: 200, cards remain.")


@THEME.add(
    "crash-is-not-silence",
    *("ERR-8", "ERR-7"),
    level=DERIVED,
    title="What cannot be evaluated is an error or a card, never an empty list",
    situation=21,
    safety=True,
)
def _crash_is_not_silence(probe: Probe) -> Verdict:
    if not probe.subject.answer.cards:
        return _NO_CARDS
    for name, damage in DAMAGES:
        whole = _whole(probe)
        beside = _call(probe, with_damage(whole, damage))
        if _lost(probe, beside):
            return broken(f"A damaged entry ({name}) beside good ones: {beside.told}: silence.")
        alone = _call(probe, spoiled(whole, damage))
        if b"Traceback" in alone.content:
            return broken(f"Every entry with {name}: the error shows the program's insides.")
    return kept(f"{len(DAMAGES)} kinds of damage: cards, or an error that says so.")


@THEME.add(
    "all-damaged",
    *("ERR-8", "PREF-24"),
    level=DERIVED,
    title="When no entry can be read, the answer does not look like 'nothing found'",
    safety=True,
)
def _all_damaged(probe: Probe) -> Verdict:
    if not probe.subject.answer.cards:
        return _NO_CARDS
    silent = [
        name
        for name, damage in DAMAGES[:2]
        if _lost(probe, _call(probe, spoiled(_whole(probe), damage)))
    ]
    if silent:
        return doubtful(
            f"Every entry with {silent[0]}: no card. Does the user learn that data went unread?"
        )
    return kept("Records without a readable entry: a card, or an error that says so.")


@THEME.add(
    "other-writing",
    *("PREF-18", "PREF-25"),
    level=DERIVED,
    title="Collections, absolute references and foreign resource types are read",
    cases=(79, 84),
    safety=True,
)
def _other_writing(probe: Probe) -> Verdict:
    whole, right = _whole(probe), probe.subject.answer
    stranger = {"resource": {"resourceType": "MolecularSequence", "id": "odd"}}
    collections = {
        key: {**value, "type": "collection"} if key in searches(probe) and value else value
        for key, value in whole.items()
    }
    odd = {
        key: {**value, "entry": [stranger, *value["entry"]]}
        if value and "entry" in value
        else value
        for key, value in whole.items()
    }
    for sent, prefetch in (
        ("Bundles of type collection", collections),
        ("References as absolute URLs", edited(whole, absolute(EHR_NAME))),
        ("An entry of an unknown type in each Bundle", odd),
    ):
        verdict = judge_same(_call(probe, prefetch), right, sent)
        if verdict.status != "pass":
            return verdict
    return kept("Collections, absolute references and unknown types: the same cards.")


@THEME.add(
    "page-without-token",
    "PREF-17",
    level=DERIVED,
    title="A first page without a token for the next is used, and not taken for the whole",
    cases=(72,),
    safety=True,
)
def _page_without_token(probe: Probe) -> Verdict:
    link = {"relation": "next", "url": f"{EHR_NAME}?page=2"}
    paged = {
        key: {**value, "link": [link]} if value and value.get("type") == "searchset" else value
        for key, value in _whole(probe).items()
    }
    answer = _call(probe, paged)
    if answer.crashed:
        return broken(f"First pages with a next link: {answer.told}.")
    if _lost(probe, answer):
        return broken(f"First pages with a next link: {answer.told}; page 1 alone gives cards.")
    return kept(f"First pages with a next link: {answer.told}.")


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
        return _NO_CARDS
    body = probe.body(probe.subject.patient)
    body["context"]["userId"] = f"Patient/{body['context']['patientId']}"
    answer = probe.call(body)
    if answer.essence and answer.essence == probe.subject.answer.essence:
        return broken(f"userId of the patient: the clinician's cards ({answer.told}).")
    return kept(f"userId of the patient: {answer.told}.")
