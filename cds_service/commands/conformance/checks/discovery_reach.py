"""Where discovery and the listed services can be reached, and what they want prefetched."""

from cds_service.commands.conformance.checks.discovery import THEME
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import Level, Verdict, broken, kept
from cds_service.ehr.target import DISCOVERY
from cds_service.ehr.templates import slips, unusual

_NO_METHOD = 405


@THEME.add(
    "templates",
    *("PREF-1", "PREF-3", "PREF-4", "PREF-5", "PREF-8"),
    level=Level.SHALL,
    title="Prefetch templates keep to the subset that clients support",
    cases=(9,),
    by_prefetch=True,
)
def _templates(probe: Probe) -> Verdict:
    found = [f"{key}: {slip}" for key, t in probe.templates.items() for slip in slips(t)]
    if found:
        return broken("Outside the subset: " + "; ".join(found) + ".")
    return kept(f"All {len(probe.templates)} templates are reads or searches of the subset.")


@THEME.add(
    "common-parameters",
    "PREF-2",
    level=Level.SHOULD,
    title="Templates search by parameters that servers commonly support",
    by_prefetch=True,
)
def _common_parameters(probe: Probe) -> Verdict:
    found = [f"{key}: {name}" for key, t in probe.templates.items() for name in unusual(t)]
    if found:
        return broken("Not every server knows " + "; ".join(found) + ".")
    return kept("Only parameters of the national cores.")


@THEME.add(
    "listed-id-answers",
    "DISC-5",
    level=Level.SHALL,
    title="A listed id answers at its path",
    cases=(10,),
)
def _listed_id_answers(probe: Probe) -> Verdict:
    answer = probe.full(probe.patients[0]).answer
    if answer.status in (404, 405) or answer.crashed:
        return broken(f"POST {probe.path}: {answer.told}.")
    return kept(f"POST {probe.path}: {answer.told}.")


@THEME.add(
    "discovery-methods",
    *("DISC-13", "DISC-18"),
    level=Level.DERIVED,
    title="HEAD is answered without a body, POST with 405, a trailing slash without redirect",
    cases=(3, 4, 5),
    whole=True,
)
def _discovery_methods(probe: Probe) -> Verdict:
    head = probe.target.ask("HEAD", DISCOVERY)
    post = probe.target.post(DISCOVERY, {})
    slash = probe.target.ask("GET", f"{DISCOVERY}/")
    found = []
    if not head.ok or head.content:
        found.append(f"HEAD: {head.told}")
    if post.status != _NO_METHOD or "GET" not in post.headers.get("allow", ""):
        found.append(f"POST: {post.told}, where 405 with Allow belongs")
    if not slash.ok:
        found.append(f"GET with a trailing slash: {slash.told}")
    return broken("; ".join(found) + ".") if found else kept("HEAD, POST and the slash are right.")
