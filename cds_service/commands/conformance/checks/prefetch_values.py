"""Values as they arrive: selections of keys, empty searchsets, wrong kinds, partial errors."""

from typing import Any

from cds_service.commands.conformance.checks.prefetch import (
    FAILED,
    PRECONDITION,
    THEME,
    hushed,
    searches,
    with_changes,
)
from cds_service.commands.conformance.probe import EHR_NAME, Probe
from cds_service.commands.conformance.search import searchset
from cds_service.commands.conformance.verdict import Level, Verdict, broken, kept, not_applicable
from cds_service.ehr.answer import Json

_WRONG_VALUES: tuple[Any, ...] = ("123", [], {"resourceType": "Binary", "id": "x"})


@THEME.add(
    "empty-searchset",
    *("PREF-14", "PREF-20"),
    level=Level.SHALL,
    title="An empty searchset is an answer: no 412",
    cases=(66, 67),
)
def _empty_searchset(probe: Probe) -> Verdict:
    keys = searches(probe)
    if not keys:
        return not_applicable("No key of the templates is of this kind.")
    issue = {
        "severity": "warning",
        "code": "processing",
        "details": {"text": "No results for this search"},
    }
    told = {
        "search": {"mode": "outcome"},
        "resource": {"resourceType": "OperationOutcome", "issue": [issue]},
    }
    plain = with_changes(probe, dict.fromkeys(keys, searchset([], EHR_NAME)))
    epic = with_changes(probe, dict.fromkeys(keys, searchset([], EHR_NAME) | {"entry": [told]}))
    if not plain.ok:
        return broken(f"Searchsets with total 0: {plain.told}, where 200 belongs.")
    if not epic.ok:
        return broken(f"Searchsets that hold only a warning: {epic.told}, where 200 belongs.")
    return kept(f"Empty searchsets, with and without a warning inside: {plain.told}.")


@THEME.add(
    "key-subsets",
    "PREF-9",
    level=Level.SHALL,
    title="Any selection of keys gives 200 or 412",
    cases=(17,),
)
def _key_subsets(probe: Probe) -> Verdict:
    patient = probe.subject.patient
    whole = probe.prefetch(patient)
    if not whole:
        return not_applicable("No key of the templates is of this kind.")
    tried: list[tuple[str, Json]] = [(f"only {key}", {key: whole[key]}) for key in whole]
    keys = list(whole)
    tried += [(f"the first {n}", {k: whole[k] for k in keys[:n]}) for n in range(2, len(keys))]
    for sent, given in tried:
        answer = probe.call(probe.body(patient, given))
        if answer.status not in (200, PRECONDITION):
            return broken(f"Prefetch with {sent} key: {answer.told}, where 200 or 412 belongs.")
    return kept(f"{len(tried)} selections of keys: 200 or 412 each time.")


@THEME.add(
    "wrong-value",
    *("PREF-23",),
    level=Level.DERIVED,
    title="A value of the wrong kind is not a crash",
    safety=True,
)
def _wrong_value(probe: Probe) -> Verdict:
    for key in probe.prefetch(probe.subject.patient):
        for value in _WRONG_VALUES:
            answer = with_changes(probe, {key: value})
            if answer.crashed:
                return broken(f"{key} as {value!r}: {answer.told}.")
    return kept("Texts, arrays and foreign resources as values: no crash.")


@THEME.add(
    "search-with-an-error",
    "PREF-16",
    level=Level.DERIVED,
    title="An error reported beside matches does not cost the matches",
    cases=(70,),
    safety=True,
)
def _search_with_an_error(probe: Probe) -> Verdict:
    told = {"search": {"mode": "outcome"}, "resource": FAILED}
    whole = probe.prefetch(probe.subject.patient)
    partly = {
        key: {**value, "entry": [*value["entry"], told]}
        for key, value in whole.items()
        if value and value.get("entry")
    }
    if not partly:
        return not_applicable("No search of the templates finds anything.")
    answer = with_changes(probe, partly)
    sent = "Matches, and an entry that says the search failed in part"
    if not answer.ok or hushed(probe, answer):
        return broken(f"{sent}: {answer.told}; the matches alone: {probe.subject.answer.told}.")
    return kept(f"{sent}: {answer.told}.")
