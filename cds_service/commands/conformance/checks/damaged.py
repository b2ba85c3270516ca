"""Records that are damaged, partial or written differently."""

from cds_service.commands.conformance.checks.patients import NO_CARDS, THEME, call_with, whole_of
from cds_service.commands.conformance.checks.prefetch import hushed, searches
from cds_service.commands.conformance.checks.request_shape import judge_same
from cds_service.commands.conformance.probe import EHR_NAME, Probe
from cds_service.commands.conformance.records import DAMAGES, absolute, edited, spoiled, with_damage
from cds_service.commands.conformance.verdict import Level, Verdict, broken, doubtful, kept

DERIVED = Level.DERIVED


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
        answer = call_with(probe, with_damage(whole_of(probe), damage))
        if not answer.ok:
            return broken(f"One entry of each searchset with {name}: {answer.told}.")
        if hushed(probe, answer):
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
        return NO_CARDS
    for name, damage in DAMAGES:
        whole = whole_of(probe)
        beside = call_with(probe, with_damage(whole, damage))
        if hushed(probe, beside):
            return broken(f"A damaged entry ({name}) beside good ones: {beside.told}: silence.")
        alone = call_with(probe, spoiled(whole, damage))
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
        return NO_CARDS
    silent = [
        name
        for name, damage in DAMAGES[:2]
        if hushed(probe, call_with(probe, spoiled(whole_of(probe), damage)))
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
    whole, right = whole_of(probe), probe.subject.answer
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
        verdict = judge_same(call_with(probe, prefetch), right, sent)
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
        for key, value in whole_of(probe).items()
    }
    answer = call_with(probe, paged)
    if answer.crashed:
        return broken(f"First pages with a next link: {answer.told}.")
    if hushed(probe, answer):
        return broken(f"First pages with a next link: {answer.told}; page 1 alone gives cards.")
    return kept(f"First pages with a next link: {answer.told}.")
