"""Files of the content that a command builds from others: written, or only compared."""

from pathlib import Path
from typing import Annotated

import typer

from cds_service.content.load import content_folder
from cds_service.errors import ContentError
from cds_service.settings import read_settings

CheckOnly = Annotated[
    bool, typer.Option("--check", help="Only say whether the file is up to date.")
]


def folder_in_use(named: Path | None) -> Path:
    """The content folder that was named, else that of LEGPAIN_CARDS, else the one that ships."""
    return named or read_settings().cards or content_folder()


def refuse_outdated(*files: tuple[Path, str, str]) -> None:
    """Raises ContentError naming each file that is not what its command would write."""
    problems = tuple(
        f"cards/{path.parent.name}/{path.name}: out of date; run legpain-cds {command}"
        for path, built, command in files
        if not path.is_file() or path.read_text(encoding="utf-8") != built
    )
    if problems:
        raise ContentError(problems)


def keep_built(path: Path, built: str, command: str, *, check: bool) -> None:
    """Write the file, or raise ContentError when what stands there is not what would be written."""
    if check:
        refuse_outdated((path, built, command))
    else:
        path.write_text(built, encoding="utf-8")
    typer.echo(f"{path.name} is up to date.")
