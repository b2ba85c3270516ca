"""The command line: demo, serve, assess, call, conformance, content, terminology."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from cds_service import __version__
from cds_service.app import build_service, create_app
from cds_service.commands.assess import as_json, assess_files, show
from cds_service.commands.call.cli import call
from cds_service.commands.conformance.cli import conformance
from cds_service.commands.content.cli import content
from cds_service.commands.demo import run_demo
from cds_service.commands.terminology.cli import terminology
from cds_service.errors import LegPainError
from cds_service.settings import check_bind, read_settings
from cds_service.telemetry.logging import configure_logging, silence_logging
from cds_service.trust.admission import Gate

_PORT = 8080

cli = typer.Typer(
    name="legpain-cds",
    help="CDS Hooks service for leg, buttock and back pain. Decision support for clinicians.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
cli.add_typer(content, name="content")
cli.add_typer(terminology, name="terminology")
cli.command()(conformance)
cli.command()(call)
Host = Annotated[str, typer.Option(help="Address to serve on.")]
Port = Annotated[int, typer.Option(help="Port to serve on.", min=1, max=65535)]


@cli.command()
def demo(
    host: Host = "127.0.0.1",
    port: Port = _PORT,
    *,
    once: Annotated[bool, typer.Option("--once", help="Stop after the tour.")] = False,
) -> None:
    """Serve on this machine with sample patients and show what they get."""
    settings = read_settings(
        profile="demo",
        public_url=f"http://{host}:{port}",
        database_url="sqlite:///legpain-demo.db",
    )
    run_demo(settings, host, port, Console(), once=once)


@cli.command()
def serve(host: Host = "127.0.0.1", port: Port = _PORT) -> None:
    """Serve CDS Hooks; configured by LEGPAIN_* environment variables."""
    settings = read_settings()
    if "public_url" not in settings.model_fields_set:
        settings = settings.model_copy(update={"public_url": f"http://{host}:{port}"})
    check_bind(settings, host)
    configure_logging()
    app = create_app(settings)
    Console(stderr=True, soft_wrap=True).print(
        f"Serving {settings.public_url}/cds-services with LEGPAIN_PROFILE={settings.profile}: "
        f"{_trusted(app.state.service.gate)}. Stop with Ctrl-C.",
        highlight=False,
        markup=False,
    )
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


def _trusted(gate: Gate) -> str:
    """Who may call, for the person who starts the service."""
    tenants = ", ".join(caller.tenant for caller in gate.trust.callers)
    if not tenants:
        return "no caller is authenticated"
    if gate.anyone is not None:
        return f"callers without a token are served, others prove to be one of {tenants}"
    return f"every caller proves to be one of {tenants}"


@cli.command()
def assess(
    files: Annotated[
        list[Path],
        typer.Argument(help="Hook requests, FHIR Bundles, or folders of them.", exists=True),
    ],
    as_of: Annotated[
        str | None,
        typer.Option(help="A date, an instant, or last-encounter (test data are often old)."),
    ] = None,
    *,
    why: Annotated[bool, typer.Option("--why", help="Explain what was not shown.")] = False,
    as_json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON document per patient, one per line.")
    ] = False,
) -> None:
    """Assess files offline and show the cards with their reasons."""
    silence_logging()
    settings = read_settings(profile="demo", database_url="sqlite://", explain=True)
    service = build_service(settings)
    console, status = Console(), Console(stderr=True)
    refused = False
    for result in assess_files(service, files, as_of, status):
        refused |= result.advice is None
        if as_json_lines:
            sys.stdout.write(json.dumps(as_json(service, result)) + "\n")
        else:
            show(console, service, result, why=why)
    if refused:
        raise typer.Exit(1)


@cli.callback(invoke_without_command=True)
def _root(
    *, version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False
) -> None:
    if version:
        typer.echo(f"legpain-cds {__version__}")
        raise typer.Exit


def main() -> None:
    """Entry point; mistakes of content, settings or files end in sentences, not tracebacks."""
    try:
        cli()
    except LegPainError as error:
        console = Console(stderr=True, soft_wrap=True)
        console.print(str(error), style="red", highlight=False, markup=False)
        sys.exit(2)
