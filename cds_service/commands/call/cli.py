"""The command `legpain-cds call`."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.text import Text

from cds_service.app import build_service
from cds_service.commands.call.access import access_of
from cds_service.commands.call.callee import Callee, InProcess, Remote
from cds_service.commands.call.exchange import Progress, exchanged
from cds_service.commands.call.patients import Search, find_patients
from cds_service.commands.call.patients_report import patients_json, show_patients
from cds_service.commands.call.question import HOOKS, asked
from cds_service.commands.call.report import (
    as_json,
    show_exchange,
)
from cds_service.ehr.credentials import credentials
from cds_service.ehr.introduction import introduce
from cds_service.ehr.server import EhrServer
from cds_service.ehr.target import Target, checked_base
from cds_service.errors import CallError
from cds_service.hooks.service import Service
from cds_service.settings import Settings, read_settings
from cds_service.telemetry.logging import silence_logging

T = TypeVar("T")


def call(  # noqa: PLR0913 - each is an option of the command
    fhir_server: Annotated[str, typer.Option(
        metavar="URL", help="Base of the FHIR server, R4 or R4B.")],
    *,
    patient: Annotated[str, typer.Option(metavar="ID", help="Whose chart is opened.")] = "",
    list_: Annotated[bool, typer.Option(
        "--list", help="Find patients with leg or back complaints instead.")] = False,
    limit: Annotated[int, typer.Option(help="How many of them to show.", min=1)] = 20,
    hook: Annotated[str, typer.Option(help=f"One of {', '.join(HOOKS)}.")] = HOOKS[0],
    encounter: Annotated[str, typer.Option(
        metavar="ID", help="The encounter under way; its reason counts as a complaint.")] = "",
    condition: Annotated[list[str] | None, typer.Option(
        metavar="ID", help="A problem just added to the list (repeatable).")] = None,
    user: Annotated[str, typer.Option(help="Who looks at the chart.")] = "Practitioner/example",
    token_file: Annotated[Path | None, typer.Option(
        help="File with the server's access token, instead of LEGPAIN_FHIR_TOKEN.")] = None,
    as_of: Annotated[str | None, typer.Option(
        help="A date, an instant, or last-encounter (test data are often old).")] = None,
    cds: Annotated[str, typer.Option(
        metavar="URL", help="Base URL of a CDS service to call instead of this one.")] = "",
    service: Annotated[str, typer.Option(
        metavar="ID", help="Which of its services, where several answer to the hook.")] = "",
    client_key: Annotated[Path | None, typer.Option(
        help="Private key (P-384 or RSA, PEM or JWK) that signs a JWT for --cds.")] = None,
    issuer: Annotated[str | None, typer.Option(help="iss of the JWT.")] = None,
    kid: Annotated[str, typer.Option(help="kid of the JWT.")] = "call",
    tenant: Annotated[str, typer.Option(help="tenant of the JWT.")] = "",
    timeout: Annotated[float, typer.Option(
        help="Seconds to wait for one answer.", min=0.1)] = 30,
    why: Annotated[bool, typer.Option("--why", help="Explain what was not shown.")] = False,
    as_json_line: Annotated[bool, typer.Option(
        "--json", help="One JSON document instead.")] = False,
) -> None:  # fmt: skip
    """Act as the EHR: read a patient from a FHIR server as prefetch and call the service.

    An access token is taken from LEGPAIN_FHIR_TOKEN or a file, and goes to that server alone.
    Exit status: 0 answered, 1 the service refused for lack of data, 2 nothing could be asked.
    """
    silence_logging()
    settings = read_settings(profile="demo", database_url="sqlite://", explain=True)
    server = EhrServer(access_of(fhir_server, _token(settings, token_file)), timeout)
    if list_ == bool(patient):
        raise CallError("Give either --patient with an id, or --list to find one.")
    if list_:
        _list(server, build_service(settings), limit, as_json_line=as_json_line)
        return
    if cds and as_of:
        raise CallError(
            "--as-of works without --cds only: a hook call cannot say that it plays on another day"
        )
    question = asked(patient, user, hook, encounter, tuple(condition or ()))
    signed = credentials(None, client_key, issuer, kid, "", tenant)
    with ExitStack() as closing:
        callee: Callee
        if cds:
            target = Target(checked_base(cds), signed, timeout)
            closing.callback(target.close)
            callee = Remote(target)
        else:
            callee = InProcess(build_service(settings), as_of)
        found = _with_spinner(
            server, lambda told: exchanged(server, callee, question, service, told)
        )
    if as_json_line:
        sys.stdout.write(json.dumps(as_json(found)) + "\n")
    else:
        show_exchange(Console(highlight=False), found, why=why)
    if found.answered.problem:
        raise typer.Exit(1)


def _list(server: EhrServer, service: Service, most: int, *, as_json_line: bool) -> None:
    async def search(told: Progress) -> Search:
        told(f"{server.access.base}: searching")
        await introduce(server)
        return await find_patients(server, service.library)

    found = _with_spinner(server, search)
    if as_json_line:
        sys.stdout.write(json.dumps(patients_json(server.access.base, found, most)) + "\n")
    else:
        show_patients(Console(highlight=False), server.access.base, found, most)


def _with_spinner(server: EhrServer, work: Callable[[Progress], Coroutine[Any, Any, T]]) -> T:
    """Do the work, saying on a terminal what is waited for, and close the connections."""

    async def whole(told: Progress) -> T:
        try:
            return await work(told)
        finally:
            await server.close()

    with Console(stderr=True).status("") as spinner:
        return asyncio.run(whole(lambda text: spinner.update(Text(text))))


def _token(settings: Settings, file: Path | None) -> str:
    """The access token, empty where none is given; never from the command line itself."""
    if file is None:
        return settings.fhir_token.get_secret_value().strip() if settings.fhir_token else ""
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CallError(f"--token-file {file}: cannot be read ({type(error).__name__})") from None
