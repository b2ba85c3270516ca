"""Finds patients worth calling for: a search for Conditions that tell of a leg or a back."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import msgspec

from cds_service.clinical.moment import Moment
from cds_service.commands.call.access import unauthorized
from cds_service.content.library import Library
from cds_service.ehr.plain import plain
from cds_service.ehr.prefetch import QueryRun, fetch
from cds_service.ehr.server import EhrServer
from cds_service.errors import CallError
from cds_service.fhir.references import local
from cds_service.fhir.resources import Coding, Resource
from cds_service.fhir.times import read_moment

_GATE = "gate"
_GROUPS = ("pain", "vascular", "painless")
_CODES_AT_ONCE = 100  # an address stays well below the 2,000 characters that all servers take
_PAGES = 5
_UNAUTHORIZED = 401
_NEVER_TRUE = frozenset({"refuted", "entered-in-error"})
_TYPE = "Patient/"


@dataclass(frozen=True, slots=True)
class Found:
    """One patient: the complaint recorded last, when (as it was written), and of how many."""

    patient: str
    complaint: str
    status: str
    recorded: str
    count: int = 1

    @property
    def moment(self) -> Moment | None:
        """The date of it, None where none can be read."""
        return read_moment(self.recorded)


@dataclass(frozen=True, slots=True)
class Search:
    """The patients found, last recorded first; `cut` tells that the server has more to look at."""

    patients: tuple[Found, ...]
    cut: bool
    seconds: float


async def find_patients(server: EhrServer, library: Library) -> Search:
    """Search all patients' Conditions by code; raises CallError where the server does not let us.

    Codes stand in the search without their system, which keeps it short; what comes back is read
    with it.
    """
    groups = library.rulebook.topics[_GATE].groups
    wanted = frozenset(name for group in _GROUPS for name in groups[group])
    codes = library.codes.spelled(wanted)
    runs = await asyncio.gather(
        *(
            fetch(server, "", f"Condition?code={','.join(some)}&_count=100", _PAGES)
            for some in _parts(codes)
        )
    )
    for run in runs:
        _check(server, run)
    found = (_read(r, wanted, library) for run in runs for r in run.resources)
    latest = _by_patient(one for one in found if one is not None)
    cut = any(run.why for run in runs)
    return Search(tuple(latest), cut, max(run.seconds for run in runs))


def _parts(codes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for start in range(0, len(codes), _CODES_AT_ONCE):
        yield codes[start : start + _CODES_AT_ONCE]


def _check(server: EhrServer, run: QueryRun) -> None:
    if run.status == _UNAUTHORIZED:
        raise CallError(unauthorized(server.access))
    if run.value is None or run.value.get("resourceType") != "Bundle":
        raise CallError(
            f"{server.access.base} does not let all patients' Conditions be searched by code "
            f"({run.why}); name one with --patient"
        )


def _read(resource: object, wanted: frozenset[str], library: Library) -> Found | None:
    """What a Condition tells; None where it is unreadable, of nobody, refuted or of no interest."""
    try:
        condition = msgspec.convert(resource, Resource)
    except (msgspec.ValidationError, RecursionError):
        return None
    patient, code = local(condition.subject), condition.code
    if condition.resource_type != "Condition" or not patient.startswith(_TYPE) or code is None:
        return None
    if _status(condition, verified=True) in _NEVER_TRUE:
        return None
    words = (_complaint(coding, wanted, library) for coding in code.coding)
    complaint = next((said for said in words if said), "")
    recorded = condition.recorded_date or condition.onset_date_time
    status = _status(condition, verified=False)
    identifier = plain(patient.removeprefix(_TYPE))
    return Found(identifier, complaint, status, plain(recorded)) if complaint else None


def _complaint(coding: Coding, wanted: frozenset[str], library: Library) -> str:
    """What the code says in our words, empty where it names none of the findings."""
    meaning = library.codes.meaning(coding.system, coding.code)
    if meaning is None:
        return ""
    fitting = next((finding for finding, _ in meaning.findings if finding in wanted), "")
    return fitting and (library.codes.wording(meaning.key) or library.display(fitting))


def _status(condition: Resource, *, verified: bool) -> str:
    concept = condition.verification_status if verified else condition.clinical_status
    return plain(concept.coding[0].code) if concept and concept.coding else ""


def _by_patient(found: Iterable[Found]) -> list[Found]:
    """One line for each patient, those recorded last first."""
    latest: dict[str, Found] = {}
    for one in found:
        held = latest.get(one.patient)
        count = held.count + 1 if held else 1
        newer = held is None or _order(one) > _order(held)
        latest[one.patient] = replace(one if newer or held is None else held, count=count)
    return sorted(latest.values(), key=_order, reverse=True)


def _order(found: Found) -> float:
    return found.moment.last.timestamp() if found.moment else float("-inf")
