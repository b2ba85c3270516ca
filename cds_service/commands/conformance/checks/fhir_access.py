"""Reading from the FHIR server: what is fetched, with which token, and from whom it is not."""

from cds_service.commands.conformance.checks.prefetch import FAILED, searches
from cds_service.commands.conformance.ehr_behavior import (
    Behavior,
    mixes_in,
    well,
)
from cds_service.commands.conformance.mock_ehr import Visit
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Level,
    Theme,
    UnseenError,
    Verdict,
    broken,
    doubtful,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.templates import same_search, type_of

THEME = Theme("FHIR access")
DERIVED = Level.DERIVED
_ATTEMPTS = 3


def visited(
    probe: Probe, prefetch: Json, behave: Behavior = well, page: int = 0
) -> tuple[Answer, Visit]:
    """The subject's call with this prefetch and a FHIR server that behaves like this.

    Raises UnseenError when the service does not fetch.
    """
    if not probe.fetches:
        raise UnseenError(
            "Without prefetch the service asked the mock FHIR server nothing: it does not fetch, "
            "may not call this address, or cannot reach it (--fhir-url)."
            if probe.ehr
            else "No FHIR server was offered to the service (--no-fhir)."
        )
    answer, visit = probe.visited(probe.subject.patient, prefetch, behave, page)
    if not visit.asked and len(prefetch) < len(probe.templates):
        raise UnseenError("The service leaves the mock FHIR server alone after earlier failures.")
    return answer, visit


def until_whole(probe: Probe, page: int = 0) -> tuple[Answer, Visit]:
    """Everything fetched; once more when it did not give the same cards.

    A service with a deadline rightly tells of a gap when this machine is slow.
    """
    answer, visit = visited(probe, {}, page=page)
    for _ in range(_ATTEMPTS - 1):
        if answer.essence == probe.subject.answer.essence:
            break
        answer, visit = visited(probe, {}, page=page)
    return answer, visit


def _reads(probe: Probe) -> Json:
    """What is a read, prefetched."""
    whole = probe.prefetch(probe.subject.patient)
    return {key: value for key, value in whole.items() if key not in searches(probe)}


@THEME.add(
    "both-routes",
    "PREF-11",
    level=Level.SHOULD,
    title="Fetched or prefetched, the same data give the same cards",
    cases=(63,),
    by_prefetch=True,
)
def _both_routes(probe: Probe) -> Verdict:
    answer, _ = until_whole(probe)
    right = probe.subject.answer
    if not answer.ok or answer.essence != right.essence:
        return broken(f"Everything fetched: {answer.told}; everything prefetched: {right.told}.")
    return kept(f"Everything fetched: {answer.told}, as when prefetched.")


@THEME.add(
    "only-missing-fetched",
    "PREF-10",
    level=DERIVED,
    title="Exactly the missing keys are fetched, none of those that arrived",
    cases=(64, 65),
    safety=True,
    by_prefetch=True,
)
def _only_missing_fetched(probe: Probe) -> Verdict:
    queries = probe.queries(probe.subject.patient)
    given = _reads(probe)
    missing = {key: query for key, query in queries.items() if key not in given}
    if not given or not missing:
        return not_applicable("The templates do not part into reads and searches.")
    _, again = visited(probe, probe.prefetch(probe.subject.patient))
    if again.here:
        return broken(f"All keys prefetched, yet {again.here[0].type} was fetched.")
    return _partly(probe, given, missing)


def _partly(probe: Probe, given: Json, missing: dict[str, str]) -> Verdict:
    """Reads prefetched, searches to be fetched."""
    queries = probe.queries(probe.subject.patient)
    _, visit = visited(probe, given)
    asked = {one.type for one in visit.here}
    repeated = [k for k in given if any(same_search(queries[k], one.query) for one in visit.here)]
    if repeated:
        return broken(f"Prefetched and fetched again all the same: {', '.join(repeated)}.")
    lacking = [key for key, query in missing.items() if type_of(query) not in asked]
    if set(lacking) & set(probe.required):
        return broken(f"Required, yet neither prefetched nor fetched: {', '.join(lacking)}.")
    if lacking:
        return doubtful(f"Neither prefetched nor fetched: {', '.join(lacking)}.")
    return kept(f"Fetched: {', '.join(missing)}; not fetched: {', '.join(given)}.")


@THEME.add(
    "null-not-fetched",
    "PREF-13",
    level=Level.SHALL,
    title="What was searched without a find (null) is not fetched again",
    situation=4,
    cases=(65,),
    by_prefetch=True,
)
def _null_not_fetched(probe: Probe) -> Verdict:
    answer, visit = visited(probe, probe.emptied(probe.subject.patient))
    if visit.here:
        return broken(f"Every search null, yet {visit.here[0].type} was fetched.")
    return kept(f"Every search null: {answer.told}, nothing fetched.")


@THEME.add(
    "failed-not-repeated",
    "PREF-15",
    level=Level.SHOULD,
    title="A query that the client reports as failed is not repeated",
    situation=6,
    cases=(68,),
    by_prefetch=True,
)
def _failed_not_repeated(probe: Probe) -> Verdict:
    queries = probe.queries(probe.subject.patient)
    key = next(iter(searches(probe)))
    _, visit = visited(probe, probe.prefetch(probe.subject.patient) | {key: FAILED})
    if any(same_search(queries[key], one.query) for one in visit.here):
        return broken(f"{key} as OperationOutcome: the same query was sent once more.")
    return kept(f"{key} as OperationOutcome: the query was not repeated.")


@THEME.add(
    "bearer",
    *("AUTH-6", "AUTH-7"),
    level=Level.SHALL,
    title="The token goes with every call to the FHIR server, further pages included",
)
def _bearer(probe: Probe) -> Verdict:
    _, visit = visited(probe, {}, page=1)
    bare = [one for one in visit.here if one.authorization != f"Bearer {visit.token}"]
    if bare:
        return broken(f"{len(bare)} of {len(visit.here)} calls came without the token given.")
    return kept(f"All {len(visit.here)} calls carried the token.")


@THEME.add(
    "fetched-of-another-patient",
    "PREF-21",
    level=DERIVED,
    title="Resources of another patient among those fetched are dropped",
    situation=10,
    safety=True,
)
def _fetched_of_another(probe: Probe) -> Verdict:
    caused = set(probe.subject.answer.essence) - set(probe.nothing_known.essence)
    if not caused:
        return not_applicable("No card depends on the entries of these patients.")
    visited(probe, {})
    answer, _ = probe.visited(probe.quiet, {}, mixes_in(probe.subject.patient))
    if caused & set(answer.essence):
        return broken(f"Searches that find another patient's entries: {answer.told}.")
    return kept(f"Searches that find another patient's entries: {answer.told}.")
