"""The command line: demo, serve, assess, content, terminology."""

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
from cds_service.commands.demo import run_demo
from cds_service.commands.terminology.cli import terminology
from cds_service.content.load import content_folder, load_library
from cds_service.content.questionnaire import BUILT, build_questionnaire
from cds_service.content.site.load import load_site
from cds_service.content.site.presentation import load_presentation
from cds_service.content.terminology.cache import load_expansions
from cds_service.content.terminology.expansions import CACHE
from cds_service.errors import ContentError, LegPainError
from cds_service.settings import check_bind, read_settings
from cds_service.telemetry.logging import configure_logging, silence_logging

_PORT = 8080

cli = typer.Typer(
    name="legpain-cds",
    help="CDS Hooks service for leg, buttock and back pain. Decision support for clinicians.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
content = typer.Typer(help="Work on the clinical content in cards/.", no_args_is_help=True)
cli.add_typer(content, name="content")
cli.add_typer(terminology, name="terminology")
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
        "no caller is authenticated. Stop with Ctrl-C.",
        highlight=False,
        markup=False,
    )
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False)


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


@content.command("check")
def check_content(
    folder: Annotated[
        Path | None, typer.Argument(help="A content folder; without it, the one in use.")
    ] = None,
    site: Annotated[
        Path | None, typer.Option(help="A site folder (LEGPAIN_SITE) to check against it.")
    ] = None,
) -> None:
    """Say what is wrong with the content, naming file, key and remedy (exit status 2)."""
    library = load_library(folder)
    expansions = load_expansions(site, library)
    maps = load_site(site, library)
    shown = load_presentation(site, library)
    rows = sum(len(topic.row) for topic in library.topics.values())
    Console(soft_wrap=True).print(
        f"Content {library.version} is consistent: {len(library.topics)} topics, {rows} rows, "
        f"{len(library.cards)} cards."
    )
    if site is not None:
        typer.echo(
            f"Site {maps.version or 'without maps'}: {len(maps.translations)} local codes, "
            f"{len(shown.orders)} order codes, {len(shown.indicators)} indicators."
        )
    if expansions is not None:
        typer.echo(f"{CACHE}: {len(expansions.sets)} sets of {expansions.refreshed.date()}.")


@content.command("questionnaire")
def build_form(
    folder: Annotated[
        Path | None, typer.Argument(help="A content folder; without it, the one in use.")
    ] = None,
    *,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the file is up to date.")
    ] = False,
) -> None:
    """Build the FHIR Questionnaire of all findings that a clinician can be asked."""
    root = folder or content_folder()
    built = build_questionnaire(load_library(root), root)
    path = root / "_codes" / BUILT
    if check and (not path.is_file() or path.read_text(encoding="utf-8") != built):
        raise ContentError(
            (f"cards/_codes/{BUILT}: out of date; run legpain-cds content questionnaire",)
        )
    if not check:
        path.write_text(built, encoding="utf-8")
    typer.echo(f"{BUILT} is up to date.")


def main() -> None:
    """Entry point; mistakes of content, settings or files end in sentences, not tracebacks."""
    try:
        cli()
    except LegPainError as error:
        Console(stderr=True).print(str(error), style="red", highlight=False, markup=False)
        sys.exit(2)
