"""The service list: its members, their types and their names."""

import re
from collections.abc import Callable
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
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Discovery")
_SEMVER = re.compile(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")
_HOOK = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*|([A-Za-z0-9-]+\.)+[A-Za-z0-9-]+")
_SAFE_ID = re.compile(r"[A-Za-z0-9\-._~]+")
_HOOK_VERSIONS = {
    "patient-view": "1.0",
    "encounter-start": "1.0",
    "encounter-discharge": "1.0",
    "problem-list-item-create": "0.1.0",
}
_MEMBERS = frozenset(
    {
        "hook",
        "title",
        "description",
        "id",
        "prefetch",
        "usageRequirements",
        "version",
        "hookVersion",
        "extension",
    }
)


def read(probe: Probe) -> Answer:
    """The discovery document."""
    return probe.target.ask("GET", DISCOVERY, headers={"accept": "application/json"})


def _each(probe: Probe, slip: Callable[[Json], str]) -> list[str]:
    return [f"{s.get('id', '?')}: {found}" for s in probe.offered if (found := slip(s))]


def _judged(probe: Probe, slip: Callable[[Json], str], right: str) -> Verdict:
    """Every listed service is free of the slip."""
    if not probe.offered:
        return not_applicable("The discovery document lists no service.")
    found = _each(probe, slip)
    return broken("; ".join(found) + ".") if found else kept(right)


@THEME.add(
    "discovery",
    *("DISC-1", "DISC-2", "DISC-3"),
    level=Level.SHALL,
    title="Discovery answers 200 with an object that holds the array services",
    whole=True,
)
def _discovery(probe: Probe) -> Verdict:
    answer = read(probe)
    document = answer.document
    if not answer.ok or not isinstance(document, dict):
        return broken(f"GET {DISCOVERY}: {answer.told}, where 200 with a JSON object belongs.")
    if not isinstance(document.get("services"), list):
        return broken(f"GET {DISCOVERY}: 200, but services is no array.")
    return kept(f"GET {DISCOVERY}: 200 with {len(document['services'])} services.")


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


@THEME.add(
    "service-members",
    *("DISC-4", "DISC-5", "DISC-6", "JSON-6"),
    level=Level.SHALL,
    title="Every service names its hook, id and description",
    whole=True,
)
def _service_members(probe: Probe) -> Verdict:
    def slip(service: Json) -> str:
        missing = [m for m in ("hook", "id", "description") if not _text(service.get(m))]
        if missing:
            return f"{', '.join(missing)} missing or not text"
        if not _SAFE_ID.fullmatch(service["id"]):
            return "the id cannot stand in a URL as it is"
        return "" if _HOOK.fullmatch(service["hook"]) else f"hook {service['hook']!r} has no name"

    return _judged(probe, slip, "Every service has hook, id and description.")


@THEME.add(
    "service-title",
    "DISC-7",
    level=Level.SHOULD,
    title="Every service has a title",
    whole=True,
)
def _service_title(probe: Probe) -> Verdict:
    return _judged(
        probe,
        lambda service: "" if _text(service.get("title")) else "no title",
        "Every service has a title.",
    )


@THEME.add(
    "service-types",
    *("DISC-8", "DISC-15", "JSON-3", "JSON-4", "EXT-1"),
    level=Level.SHALL,
    title="Optional members of a service are of the right type, and left out when empty",
    whole=True,
)
def _service_types(probe: Probe) -> Verdict:
    def slip(service: Json) -> str:
        prefetch, extension = service.get("prefetch", {"-": "-"}), service.get("extension", {"": 1})
        if any(value in (None, "", [], {}) for value in service.values()):
            return "a member is null or empty"
        if not isinstance(prefetch, dict) or not all(_text(t) for t in prefetch.values()):
            return "prefetch is not an object of texts"
        return "" if isinstance(extension, dict) else "extension is no object"

    return _judged(probe, slip, "All optional members are of their type.")


@THEME.add(
    "specification-version",
    "DISC-10",
    level=Level.SHOULD,
    title="Where version is given, it is a semantic version",
    whole=True,
)
def _specification_version(probe: Probe) -> Verdict:
    if not any("version" in service for service in probe.offered):
        return not_applicable("No service states the version of the specification.")
    return _judged(
        probe,
        lambda s: "" if _SEMVER.fullmatch(str(s.get("version", "1.0.0"))) else "version",
        "Every stated version is semantic.",
    )


@THEME.add(
    "hook-version",
    "DISC-11",
    level=Level.SHALL,
    title="Where hookVersion is given, it is the published version of the hook",
    whole=True,
)
def _hook_version(probe: Probe) -> Verdict:
    if not any("hookVersion" in service for service in probe.offered):
        return not_applicable("No service states a hookVersion.")

    def slip(service: Json) -> str:
        known = _HOOK_VERSIONS.get(str(service.get("hook")))
        stated = service.get("hookVersion", known)
        return "" if known in (None, stated) else f"hookVersion {stated!r}, published {known!r}"

    return _judged(probe, slip, "Every hookVersion is the published one.")


@THEME.add(
    "service-ids",
    "DISC-12",
    level=Level.SHALL,
    title="No service id stands twice for one hook",
    whole=True,
)
def _service_ids(probe: Probe) -> Verdict:
    pairs = [(service.get("id"), service.get("hook")) for service in probe.offered]
    if len(set(pairs)) < len(pairs):
        return broken("The same id is listed twice for the same hook.")
    if len({pair[0] for pair in pairs}) < len(pairs):
        return doubtful("One id serves several hooks; some clients then call only the last.")
    return kept("Every id is listed once.")


@THEME.add(
    "no-other-members",
    "EXT-3",
    level=Level.DERIVED,
    title="Members that the specification does not know stand in extension only",
    whole=True,
)
def _no_other_members(probe: Probe) -> Verdict:
    def slip(service: Json) -> str:
        return ", ".join(sorted(service.keys() - _MEMBERS))

    return _judged(probe, slip, "Only members of the specification.")
