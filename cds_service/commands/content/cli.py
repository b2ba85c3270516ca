"""`legpain-cds content`: check the clinical content, print it, try it, build its Questionnaire."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cds_service.commands.built_file import CheckOnly, folder_in_use, keep_built, refuse_outdated
from cds_service.commands.content.attempt import attempt
from cds_service.commands.content.render import write_book
from cds_service.content.history import history_slips
from cds_service.content.library import Library
from cds_service.content.load import load_library
from cds_service.content.questionnaire import BUILT, build_questionnaire
from cds_service.content.review import due
from cds_service.content.served import ServedContent, load_content
from cds_service.content.terminology.expansions import CACHE
from cds_service.content.terminology.published import BUILT as PUBLISHED
from cds_service.content.terminology.published import build_bundle
from cds_service.errors import ContentError, SettingsError
from cds_service.hooks.drafts_check import check_drafts
from cds_service.settings import Settings, read_settings
from cds_service.trust.load import TRUST, load_trust

content = typer.Typer(help="Work on the clinical content in cards/.", no_args_is_help=True)
content.command("try")(attempt)

# The public address is no part of a site's folder; any that production accepts will do.
_SOMEWHERE = "https://cds.example.org"
Folder = Annotated[
    Path | None,
    typer.Argument(help="A content folder; without it, the one in use (LEGPAIN_CARDS)."),
]
Site = Annotated[
    Path | None, typer.Option(help="A site's folder; without it, the one in use (LEGPAIN_SITE).")
]


@content.command("check")
def check_content(
    folder: Folder = None,
    site: Site = None,
    *,
    only_due: Annotated[
        bool,
        typer.Option("--due", help="Also fail when a topic is due for review (exit status 1)."),
    ] = False,
    on: Annotated[
        str | None, typer.Option(help="The day of --due, such as 2026-11-23; without it, today.")
    ] = None,
) -> None:
    """Say what is wrong with the content, naming file, line, key and remedy (exit status 2)."""
    settings = in_use(folder, site)
    day = _day(on)
    found = load_content(settings.cards, settings.site)
    library = found.library
    check_drafts(library)
    root = folder_in_use(folder)
    if slips := history_slips(found.base, root):
        raise ContentError(slips)
    refuse_outdated(*_built(found.base, root))
    callers = _callers(settings.site)
    console = Console(soft_wrap=True, highlight=False, markup=False)
    rows = sum(len(topic.row) for topic in library.topics.values())
    console.print(
        f"Content {library.version} is consistent: {len(library.topics)} topics, {rows} rows, "
        f"{len(library.cards)} cards."
    )
    if settings.site is not None:
        console.print(_site(found, callers))
    if only_due:
        _tell_due(library, day, console)


def _built(library: Library, root: Path) -> Iterator[tuple[Path, str, str]]:
    """The files that are built from others, as they should be."""
    folder = root / "_codes"
    yield folder / BUILT, build_questionnaire(library, root), "content questionnaire"
    yield folder / PUBLISHED, build_bundle(library, root), "terminology build"


def in_use(folder: Path | None, site: Path | None) -> Settings:
    """The settings of this process with the folders that were named."""
    settings = read_settings()
    named = {"cards": folder or settings.cards, "site": site or settings.site}
    return settings.model_copy(update=named)


def _site(found: ServedContent, callers: int) -> str:
    library, shown = found.library, found.shown
    line = (
        f"Site {found.maps.version or 'without maps'}: {len(found.maps.translations)} local codes, "
        f"{len(shown.orders)} order codes, {len(shown.indicators)} indicators, {callers} tenants."
    )
    if library.switched_off:
        line += f"\nSwitched off: {', '.join(sorted(library.switched_off))}."
    if library.expansions is not None:
        refreshed = library.expansions.refreshed.date()
        line += f"\n{CACHE}: {len(library.expansions.sets)} sets of {refreshed}."
    return line


def _callers(site: Path | None) -> int:
    """How many tenants the site's trust.toml names, checked as the production profile would."""
    if site is None or not (site / TRUST).exists():
        return 0
    settings = read_settings(profile="production", public_url=_SOMEWHERE, site=site)
    return len(load_trust(settings, lambda: datetime.now(UTC)).callers)


def _day(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        message = f"--on {text}: give a day such as 2026-11-23"
        raise SettingsError(message) from None


def _tell_due(library: Library, day: datetime, console: Console) -> None:
    overdue = due(library, day.date())
    for topic in overdue:
        console.print(
            f"{topic.id}: due for review since {topic.next_review}; owner: {topic.owner}. Review "
            f"it, then set reviewed and next_review in cards/{topic.id}/topic.toml."
        )
    if overdue:
        raise typer.Exit(1)
    console.print(f"No topic is due for review on {day.date()}.")


@content.command("render")
def render(
    folder: Folder = None,
    site: Site = None,
    to: Annotated[Path, typer.Option(help="The folder to write.")] = Path("clinical-book"),
) -> None:
    """Write the clinical book of the content in use, to be read or printed."""
    settings = in_use(folder, site)
    library = load_content(settings.cards, settings.site).library
    typer.echo(write_book(library, to))


@content.command("questionnaire")
def build_form(folder: Folder = None, *, check: CheckOnly = False) -> None:
    """Build the FHIR Questionnaire of all findings that a clinician can be asked."""
    root = folder_in_use(folder)
    built = build_questionnaire(load_library(root), root)
    keep_built(root / "_codes" / BUILT, built, "content questionnaire", check=check)
