"""Further pages and other origins: followed, bounded, or left alone."""

from cds_service.commands.conformance.checks.fhir_access import THEME, until_whole, visited
from cds_service.commands.conformance.checks.prefetch import searches
from cds_service.commands.conformance.ehr_behavior import (
    MOST_PAGES,
    Behavior,
    continues_elsewhere,
    never_ends,
    redirects,
)
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import Level, Verdict, broken, doubtful, kept
from cds_service.ehr.templates import type_of

DERIVED = Level.DERIVED


@THEME.add(
    "pages",
    "PREF-17",
    level=DERIVED,
    title="Further pages are fetched and count",
    cases=(71,),
    safety=True,
)
def _pages(probe: Probe) -> Verdict:
    answer, visit = until_whole(probe, page=1)
    if not any("_offset=" in one.query for one in visit.here):
        told = f"Pages of one entry with a next link: no second page was fetched ({answer.told})"
        return broken(f"{told}.") if answer.silent else doubtful(f"{told}.")
    if not set(probe.subject.answer.essence) <= set(answer.essence):
        return broken(f"Page by page: {answer.told}; at once: {probe.subject.answer.told}.")
    return kept(f"Page by page: {answer.told}, as at once.")


@THEME.add(
    "endless-pages",
    "AUTH-13",
    level=DERIVED,
    title="Paging without end is stopped",
    cases=(74,),
    safety=True,
    by_prefetch=True,
)
def _endless_pages(probe: Probe) -> Verdict:
    kind = type_of(probe.queries(probe.subject.patient)[next(iter(searches(probe)))])
    answer, visit = visited(probe, {}, never_ends(kind))
    turned = sum(one.type == kind for one in visit.here)
    if answer.status == 0 or turned > MOST_PAGES:
        return broken(f"{turned} pages of {kind} were fetched: {answer.told}.")
    return kept(f"Stopped after {turned} pages of {kind}: {answer.told}.")


def _stays(probe: Probe, behave: Behavior, sent: str) -> Verdict:
    """Nothing is asked of another origin, least of all with the token."""
    answer, visit = visited(probe, {}, behave)
    leaked = [one for one in visit.strayed if visit.token in one.authorization]
    if leaked:
        return broken(f"{sent}: followed, and the token was sent there.")
    if visit.strayed:
        return broken(f"{sent}: followed, without the token.")
    return kept(f"{sent}: not followed; {answer.told}.")


@THEME.add(
    "next-elsewhere",
    "AUTH-12",
    level=DERIVED,
    title="A next link to another origin is not followed",
    cases=(73,),
    safety=True,
)
def _next_elsewhere(probe: Probe) -> Verdict:
    return _stays(probe, continues_elsewhere, "A next link to another origin")


@THEME.add(
    "redirect-elsewhere",
    "AUTH-12",
    level=DERIVED,
    title="A redirect to another origin is not followed",
    cases=(108,),
    safety=True,
)
def _redirect_elsewhere(probe: Probe) -> Verdict:
    return _stays(probe, redirects, "A redirect to another origin")
