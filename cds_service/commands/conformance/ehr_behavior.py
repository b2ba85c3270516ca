"""The ways in which the mock FHIR server can behave."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from cds_service.commands.conformance.samples import SamplePatient
from cds_service.commands.conformance.search import lookup, searchset
from cds_service.ehr.templates import type_of

if TYPE_CHECKING:
    from cds_service.commands.conformance.mock_ehr import Visit

FHIR_JSON = "application/fhir+json"
MOST_PAGES = 150  # a service that reads more pages than this has no bound of its own


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the query relative to the FHIR base, and the credentials sent with it."""

    query: str
    authorization: str
    elsewhere: bool = False

    @property
    def type(self) -> str:
        """The resource type asked for."""
        return type_of(self.query)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: a JSON document, or text as it is."""

    document: Any
    status: int = 200
    media: str = FHIR_JSON
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes of it."""
        if isinstance(self.document, str):
            return self.document.encode()
        return json.dumps(self.document).encode()


Behavior: TypeAlias = Callable[["Visit", Asked], Reply | None]


def outcome(status: int, code: str) -> Reply:
    """An OperationOutcome with one error."""
    issue = {"severity": "error", "code": code}
    return Reply({"resourceType": "OperationOutcome", "issue": [issue]}, status)


def well(_visit: "Visit", _asked: Asked) -> Reply | None:
    """As a FHIR server should."""
    return None


def refuses(status: int, code: str = "forbidden", only: str = "") -> Behavior:
    """Answers every query, or those for one type, with an error."""

    def behave(_visit: "Visit", asked: Asked) -> Reply | None:
        return outcome(status, code) if only in ("", asked.type) else None

    return behave


def html(_visit: "Visit", _asked: Asked) -> Reply:
    """A login page with status 200, as proxies send it."""
    return Reply("<!doctype html><title>Sign in</title>", 200, "text/html")


def hangs(visit: "Visit", _asked: Asked) -> Reply:
    """Says nothing until the visit is over."""
    visit.over.wait()
    return outcome(503, "timeout")


def hangs_for(kind: str) -> Behavior:
    """Says nothing to queries for one type."""
    return lambda visit, asked: hangs(visit, asked) if asked.type == kind else None


def redirects(visit: "Visit", asked: Asked) -> Reply | None:
    """Sends the caller to another origin."""
    if asked.elsewhere:
        return None
    return Reply("", 307, headers={"location": f"{visit.elsewhere}/{asked.query}"})


def continues_elsewhere(visit: "Visit", asked: Asked) -> Reply | None:
    """Every searchset has a next page at another origin."""
    found = lookup(visit.patient, asked.query, visit.base)
    if asked.elsewhere or found is None or found.get("resourceType") != "Bundle":
        return None
    link = {"relation": "next", "url": f"{visit.elsewhere}/{asked.type}?page=2"}
    return Reply(found | {"link": [link]})


def never_ends(only: str) -> Behavior:
    """Searches for one type always have one more page; after MOST_PAGES the server gives up."""

    def behave(visit: "Visit", asked: Asked) -> Reply | None:
        found = lookup(visit.patient, asked.query, visit.base)
        if asked.type != only or found is None or found.get("resourceType") != "Bundle":
            return None
        turned = sum(one.type == only for one in visit.asked)
        if turned > MOST_PAGES:
            return outcome(503, "throttled")
        page = f"{visit.base}/{only}?patient={visit.patient.patient_id}&page={turned}"
        return Reply(found | {"link": [{"relation": "next", "url": page}]})

    return behave


def mixes_in(other: SamplePatient) -> Behavior:
    """Searches find the resources of another patient."""

    def behave(visit: "Visit", asked: Asked) -> Reply | None:
        if "/" in asked.query.partition("?")[0].strip("/"):
            return None
        return Reply(searchset(other.of_type(asked.type), visit.base))

    return behave
