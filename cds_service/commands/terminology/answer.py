"""One page of a server's answer to `ValueSet/$expand`, decoded and checked."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx
import msgspec

from cds_service.content.check_digits import snomed_holds
from cds_service.ehr.plain import plain
from cds_service.errors import TerminologyError

_VERSION = re.compile(r"http://snomed\.info/x?sct/[0-9]+(/version/[0-9]+)?")
_VERSIONED = ("version", "used-codesystem")
_CUT = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"
# How servers say that they do not know a concept; Snowstorm says it in words only.
_UNKNOWN_CODES = frozenset({"not-found", "code-invalid"})
_UNKNOWN_WORDS = "do not exist or are inactive"


class _Contains(msgspec.Struct):
    system: str = ""
    code: str = ""
    display: str = ""
    contains: list["_Contains"] = []


class _Parameter(msgspec.Struct, rename="camel"):
    name: str = ""
    value_uri: str = ""
    value_canonical: str = ""
    value_string: str = ""


class _Extension(msgspec.Struct):
    url: str = ""


class _Expansion(msgspec.Struct):
    total: int | None = None
    parameter: list[_Parameter] = []
    contains: list[_Contains] = []
    extension: list[_Extension] = []


class _Details(msgspec.Struct):
    text: str = ""


class _Issue(msgspec.Struct):
    code: str = ""
    diagnostics: str = ""
    details: _Details = msgspec.field(default_factory=_Details)


class _Body(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    expansion: _Expansion | None = None
    issue: list[_Issue] = []


_BODY = msgspec.json.Decoder(_Body)


@dataclass(frozen=True, slots=True)
class Page:
    """Members as code and display, how many there are in all, and the version of SNOMED CT."""

    members: dict[str, str]
    entries: int
    total: int | None
    version: str


def read_page(status: int, raw: bytes, snomed: Callable[[str], bool]) -> Page | None:
    """The page; None where the server says that it does not know the concept.

    `snomed` tells whether an address is SNOMED CT's. Raises TerminologyError for anything that
    is not a whole, sound page.
    """
    try:
        body = _BODY.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TerminologyError(
            f"the server answers {status} with something that is no FHIR JSON; check the address"
        ) from None
    if body.resource_type == "OperationOutcome":
        if any(_says_unknown(issue) for issue in body.issue):
            return None
        raise TerminologyError(f"the server answers {status}: {_told(body.issue)}")
    if status != httpx.codes.OK or body.expansion is None:
        raise TerminologyError(
            f"the server answers {status} without an expansion; check that the address is the "
            "base of a FHIR terminology server"
        )
    return _page(body.expansion, snomed)


def _page(expansion: _Expansion, snomed: Callable[[str], bool]) -> Page:
    if any(extension.url == _CUT for extension in expansion.extension):
        raise TerminologyError("the server cut the expansion short; it is too costly for it")
    entries = [entry for entry in _flat(expansion.contains) if entry.code]
    for entry in entries:
        if not snomed(entry.system):
            raise TerminologyError(f"{plain(entry.system) or 'no system'} is not SNOMED CT")
        if not snomed_holds(entry.code):
            raise TerminologyError(f"the check digit of {plain(entry.code)} fails; it is no code")
    return Page(
        members={entry.code: plain(entry.display) for entry in entries},
        entries=len(entries),
        total=expansion.total,
        version=_version(expansion.parameter),
    )


def _flat(contains: list[_Contains]) -> Iterator[_Contains]:
    waiting = list(contains)
    while waiting:
        entry = waiting.pop()
        yield entry
        waiting += entry.contains


def _version(parameters: list[_Parameter]) -> str:
    for parameter in parameters:
        if parameter.name in _VERSIONED:
            said = parameter.value_uri or parameter.value_canonical or parameter.value_string
            version = said.rpartition("|")[2]
            if _VERSION.fullmatch(version):
                return version
    return ""


def _says_unknown(issue: _Issue) -> bool:
    words = issue.diagnostics + issue.details.text
    return issue.code in _UNKNOWN_CODES or _UNKNOWN_WORDS in words


def _told(issues: list[_Issue]) -> str:
    said = (issue.details.text or issue.diagnostics or issue.code for issue in issues)
    return "; ".join(plain(words) for words in said if words) or "no reason is given"
