"""The first question to a FHIR server: what it is, and whether it speaks a version we read."""

from dataclasses import dataclass
from typing import Any

from cds_service.ehr.plain import plain
from cds_service.ehr.server import EhrServer, Reply
from cds_service.errors import CallError
from cds_service.fhir.body import OtherVersionError, TooLargeError, is_read

_NAMES = {"0": "DSTU1", "1": "DSTU2", "3": "STU3", "4": "R4", "4.3": "R4B", "5": "R5", "6": "R6"}
_STATEMENTS = ("CapabilityStatement", "Conformance")
_ASKS_FOR_TOKEN = (401, 403)


@dataclass(frozen=True, slots=True)
class Introduction:
    """What the server says of itself; empty where it does not."""

    software: str = ""
    version: str = ""

    @property
    def told(self) -> str:
        """In a few words."""
        version = f"FHIR {_name(self.version)} ({self.version})" if self.version else ""
        return " · ".join(part for part in (self.software, version) if part)


async def introduce(server: EhrServer) -> Introduction:
    """Read the CapabilityStatement; raises CallError where this is no server we can read.

    A server may keep it from strangers, or write more of it than we read: then what follows tells.
    """
    reply = await server.query("metadata")
    base = server.access.base
    if isinstance(reply.error, TooLargeError) or reply.status in _ASKS_FOR_TOKEN:
        return Introduction()
    if isinstance(reply.error, OtherVersionError):
        raise CallError(_refused(base, ""))
    if reply.status == 0:
        raise CallError(
            f"{base} cannot be reached ({reply.why}); check the address, and that it is up"
        )
    if reply.kind not in _STATEMENTS:
        raise CallError(_no_server(base, reply))
    found = Introduction(_software(reply.document), _text(reply.document, "fhirVersion"))
    if reply.kind == "Conformance" or (found.version and not is_read(found.version)):
        raise CallError(_refused(base, found.version))
    return found


def _no_server(base: str, reply: Reply) -> str:
    if 300 <= reply.status < 400:  # noqa: PLR2004 - the redirects of HTTP
        return (
            f"{base} sends us elsewhere (HTTP {reply.status}), which is not followed; give the "
            "address it leads to"
        )
    said = f"HTTP {reply.status} with {reply.kind}" if reply.kind else reply.why
    return (
        f"{base}/metadata gives no CapabilityStatement ({said}), so this is no FHIR server's base; "
        "it often ends in /fhir, /r4 or /baseR4"
    )


def _refused(base: str, version: str) -> str:
    named = f"FHIR {_name(version)} ({version})" if version else "another version of FHIR"
    return (
        f"{base} speaks {named}; only R4 and R4B are read. Many servers offer R4 at another "
        "address, which often ends in /r4 or /baseR4"
    )


def _name(version: str) -> str:
    numbers = version.split(".")
    return _NAMES.get(".".join(numbers[:2]), _NAMES.get(numbers[0], "of an unknown name"))


def _software(statement: dict[str, Any]) -> str:
    software = statement.get("software")
    found = software if isinstance(software, dict) else {}
    return " ".join(part for part in (_text(found, "name"), _text(found, "version")) if part)


def _text(holder: dict[str, Any], name: str) -> str:
    found = holder.get(name)
    return plain(found) if isinstance(found, str) else ""
