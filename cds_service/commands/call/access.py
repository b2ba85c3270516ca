"""Access to the FHIR server of the command line, and what to do where it is refused."""

import re

from cds_service.ehr.plain import plain
from cds_service.ehr.prefetch import QueryRun
from cds_service.ehr.server import EhrServer
from cds_service.errors import CallError
from cds_service.fhir.access import FhirAccess
from cds_service.trust.outbound import fhir_base, safe_for_token

TOKEN_VARIABLE = "LEGPAIN_FHIR_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN = re.compile(r"[!-~]*")
_UNAUTHORIZED, _GONE = 401, (404, 410)
_NAMED_TYPES = ("Patient", "Encounter")


def access_of(address: str, token: str) -> FhirAccess:
    """Access to the base address as it was typed; raises CallError."""
    if not _TOKEN.fullmatch(token):
        raise CallError(
            f"{TOKEN_VARIABLE} or the file of --token-file holds no access token: one line of "
            "letters, digits and signs"
        )
    if "@" in address.partition("://")[2].partition("/")[0]:
        raise CallError(
            f"--fhir-server holds a user or password; remove it, and set {TOKEN_VARIABLE} to an "
            "access token"
        )
    base = fhir_base(address)
    if base is None:
        raise CallError(
            f"--fhir-server {plain(address)}: give the base of a FHIR server, such as "
            "https://ehr.example.org/fhir"
        )
    if token and not safe_for_token(base):
        raise CallError(
            "An access token is sent over https only, or to this machine; give --fhir-server as "
            "https://"
        )
    return FhirAccess(base, token)


def unauthorized(access: FhirAccess) -> str:
    """What to do about a 401."""
    if access.token:
        return f"{access.base} does not accept the access token (HTTP 401); get a fresh one"
    return (
        f"{access.base} wants an access token (HTTP 401); set {TOKEN_VARIABLE}, or "
        "give --token-file"
    )


def check_runs(server: EhrServer, runs: tuple[QueryRun, ...]) -> None:
    """Where nothing can come of the call, a sentence says so."""
    for run in runs:
        if run.status == _UNAUTHORIZED:
            raise CallError(unauthorized(server.access))
        kind, _, identifier = run.query.partition("/")
        if kind not in _NAMED_TYPES or not identifier:
            continue
        if run.status in _GONE:
            hint = "; --list finds patients" if kind == "Patient" else ""
            raise CallError(f"{server.access.base} knows no {run.query}{hint}")
        if run.withheld and kind == "Patient":
            raise CallError(
                f"{server.access.base} does not let us read {run.query} (HTTP 403); the token's "
                "scope must reach this patient"
            )
