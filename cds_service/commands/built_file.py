"""Files of the content that a command builds from others: written, or only compared."""

from pathlib import Path
from typing import Annotated

import typer

from cds_service.errors import ContentError

CheckOnly = Annotated[
    bool, typer.Option("--check", help="Only say whether the file is up to date.")
]


def keep_built(path: Path, built: str, command: str, *, check: bool) -> None:
    """Write the file, or raise ContentError when what stands there is not what would be written."""
    if check and (not path.is_file() or path.read_text(encoding="utf-8") != built):
        place = f"cards/{path.parent.name}/{path.name}"
        raise ContentError((f"{place}: out of date; run legpain-cds {command}",))
    if not check:
        path.write_text(built, encoding="utf-8")
    typer.echo(f"{path.name} is up to date.")
