"""`legpain-cds content`: work on the clinical content, and check a site's folder against it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cds_service.content.load import content_folder, load_library
from cds_service.content.questionnaire import BUILT, build_questionnaire
from cds_service.content.site.load import load_site
from cds_service.content.site.presentation import load_presentation
from cds_service.content.terminology.cache import load_expansions
from cds_service.content.terminology.expansions import CACHE
from cds_service.errors import ContentError
from cds_service.settings import read_settings
from cds_service.trust.load import TRUST, load_trust

content = typer.Typer(help="Work on the clinical content in cards/.", no_args_is_help=True)

# The public address is no part of a site's folder; any that production accepts will do.
_SOMEWHERE = "https://cds.example.org"


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
    callers = _callers(site)
    rows = sum(len(topic.row) for topic in library.topics.values())
    Console(soft_wrap=True).print(
        f"Content {library.version} is consistent: {len(library.topics)} topics, {rows} rows, "
        f"{len(library.cards)} cards."
    )
    if site is not None:
        typer.echo(
            f"Site {maps.version or 'without maps'}: {len(maps.translations)} local codes, "
            f"{len(shown.orders)} order codes, {len(shown.indicators)} indicators, "
            f"{callers} tenants."
        )
    if expansions is not None:
        typer.echo(f"{CACHE}: {len(expansions.sets)} sets of {expansions.refreshed.date()}.")


def _callers(site: Path | None) -> int:
    """How many tenants the site's trust.toml names, checked as the production profile would."""
    if site is None or not (site / TRUST).exists():
        return 0
    settings = read_settings(profile="production", public_url=_SOMEWHERE, site=site)
    return len(load_trust(settings, lambda: datetime.now(UTC)).callers)


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
