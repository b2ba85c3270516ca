"""`make book`: writes docs/clinical-book, or says what fails or is not covered."""

import sys

from cds_service.telemetry.logging import silence_logging
from tests.book.book import FOLDER, make_book
from tests.book.patients import FailingPatientError


def main() -> int:
    """Exit status: 0 written and covered, 1 written with holes, 2 a worked patient fails."""
    silence_logging()
    try:
        book = make_book()
    except FailingPatientError as error:
        print(f"Not printed, because these worked patients fail:\n{error}", file=sys.stderr)
        return 2
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.glob("*.md"):
        old.unlink()
    for name, text in book.pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"{len(book.pages)} pages in {FOLDER.relative_to(FOLDER.parents[1])}")
    for hole in book.holes:
        print(f"not covered: {hole}", file=sys.stderr)
    return 1 if book.holes else 0


sys.exit(main())
