"""Writes the clinical book of a content into a folder."""

from pathlib import Path

from cds_service.content.book.book import content_pages
from cds_service.content.book.printable import PRINTABLE, printable
from cds_service.content.library import Library
from cds_service.errors import SettingsError


def write_book(library: Library, folder: Path) -> str:
    """Write every page, and all of them as one to print; the sentence that says where.

    A folder with other files in it is refused, so that no page of an older book stays behind and
    nothing else is lost.
    """
    pages = content_pages(library)
    count = len(pages)
    pages |= {PRINTABLE: printable(pages, library.version)}
    try:
        if folder.is_dir() and (strange := _strangers(folder, pages)):
            message = f"--to {folder}: holds {strange}, which is no page; name an empty folder"
            raise SettingsError(message)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"--to {folder}: cannot be written ({error.strerror}); name another folder"
        raise SettingsError(message) from None
    return f"{count} pages of content {library.version}; {folder / PRINTABLE} holds them all."


def _strangers(folder: Path, pages: dict[str, str]) -> str:
    return ", ".join(sorted(path.name for path in folder.iterdir() if path.name not in pages))
