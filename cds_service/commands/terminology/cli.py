"""The commands `legpain-cds terminology build` and `refresh`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cds_service.commands.built_file import CheckOnly, folder_in_use, keep_built
from cds_service.commands.terminology.refresh import fetch_expansions, not_expanded, write_whole
from cds_service.commands.terminology.server import TerminologyServer
from cds_service.content.codes import CodeBook
from cds_service.content.load import load_library
from cds_service.content.terminology.expansions import CACHE, Expansions
from cds_service.content.terminology.published import BUILT, build_bundle
from cds_service.content.terminology.table import SNOMED
from cds_service.errors import SettingsError, TerminologyError
from cds_service.settings import read_settings

terminology = typer.Typer(
    help="Value sets: publish them as FHIR, or learn their members from a terminology server.",
    no_args_is_help=True,
)


@terminology.command("build")
def build(
    folder: Annotated[
        Path | None, typer.Argument(help="A content folder; without it, the one in use.")
    ] = None,
    *,
    check: CheckOnly = False,
) -> None:
    """Publish the CodeSystem and the value sets of the checked code table as a FHIR Bundle."""
    root = folder_in_use(folder)
    built = build_bundle(load_library(root), root)
    keep_built(root / "_codes" / BUILT, built, "terminology build", check=check)


@terminology.command("refresh")
def refresh(
    server: Annotated[
        str, typer.Option(help="Base of a FHIR terminology server with SNOMED CT.", metavar="URL")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help=f"File to write; without it, {CACHE} in the folder LEGPAIN_SITE."),
    ] = None,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for one page.", min=1)] = 60,
    count: Annotated[int, typer.Option(help="Members to ask for in one page.", min=1)] = 1000,
) -> None:
    """Fetch all descendants of the SNOMED CT rows into a file that the service reads at its start.

    An access token is taken from LEGPAIN_TERMINOLOGY_TOKEN. When anything fails, the file stays as
    it was (exit status 2).
    """
    settings = read_settings()
    path = output or (settings.site / CACHE if settings.site else None)
    if path is None:
        raise SettingsError("Where to? Set LEGPAIN_SITE to your site's folder, or give --output.")
    codes = load_library(settings.cards).codes
    token = settings.terminology_token
    asked = TerminologyServer(
        server,
        lambda address: codes.system(address) == SNOMED,
        token=token.get_secret_value() if token else "",
        timeout=timeout,
        count=count,
    )
    console = Console(soft_wrap=True, highlight=False, markup=False)
    try:
        now = datetime.now(UTC).replace(microsecond=0)
        found = fetch_expansions(codes, asked, now, console.print)
        write_whole(path, found)
    except TerminologyError as error:
        kept = f"{path} is as it was." if path.is_file() else "Nothing was written."
        raise TerminologyError(f"{error}\n{kept}") from None
    finally:
        asked.close()
    console.print(_summary(path, codes, found))


def _summary(path: Path, codes: CodeBook, found: Expansions) -> str:
    members = {code for one in found.sets for code in one.members}
    version = found.version or "SNOMED CT of an edition that the server does not name"
    lines = [f"{path}: {len(found.sets)} sets with {len(members):,} codes, {version}."]
    missing = sorted({f"{row.group} ({row.code})" for row in not_expanded(codes, found)})
    if missing:
        lines.append(f"Still known by enumerated members only: {', '.join(missing)}.")
    lines.append(f"The service reads {CACHE} below LEGPAIN_SITE when it starts; restart it.")
    return "\n".join(lines)
