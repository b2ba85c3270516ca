"""The clinical book of this repository: content, worked patients, and what covers them."""

from dataclasses import dataclass
from pathlib import Path

from cds_service.content.book.book import content_pages
from cds_service.content.book.findings import readings
from cds_service.content.load import load_library
from tests.book.coverage import register
from tests.book.guards import guards
from tests.book.patients import worked_patients

FOLDER = Path(__file__).parents[2] / "docs" / "clinical-book"


@dataclass(frozen=True, slots=True)
class Book:
    """File name → text; `holes` are sentences of the coverage register."""

    pages: dict[str, str]
    holes: tuple[str, ...]


def make_book() -> Book:
    """The book of the content and tests as they stand.

    Raises FailingPatientError when a worked patient does not get what it should.
    """
    library = load_library()
    patients = worked_patients()
    coverage = register(library, patients, guards(), readings(library))
    pages = content_pages(library, [patient.worked for patient in patients])
    pages["coverage.md"] = "\n".join(coverage.lines).rstrip() + "\n"
    return Book(pages, tuple(coverage.holes))
