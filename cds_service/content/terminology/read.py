"""Reads the code table for the library, or reports in sentences what is wrong with it."""

import csv
from pathlib import Path

from cds_service.clinical.side import Side
from cds_service.content.files import ContentReader
from cds_service.content.models.codes import FindingsFile
from cds_service.content.terminology.check import check_table
from cds_service.content.terminology.table import CodeRow, missing_columns, read_rows, read_sides


def checked_rows(
    reader: ContentReader, path: Path, findings: FindingsFile | None, systems: frozenset[str]
) -> tuple[CodeRow, ...]:
    """The rows of the code table, none after reporting that they cannot be read."""
    if not path.is_file():
        reader.report(path, "the file is missing")
        return ()
    try:
        missing = missing_columns(path)
        rows = () if missing else read_rows(path)
    except (UnicodeDecodeError, csv.Error) as error:
        reader.report(path, f"not a table in CSV and UTF-8 ({error}); save it anew")
        return ()
    for column in missing:
        reader.report(path, f"column {column} is missing; add it")
    known = frozenset(findings.finding) if findings else frozenset()
    for sentence in check_table(rows, systems, known) if findings else ():
        reader.report(path, sentence)
    return rows


def checked_sides(reader: ContentReader, path: Path) -> dict[str, Side]:
    """The sides of ICD-10-CM codes, none after reporting that they cannot be read."""
    try:
        return read_sides(path)
    except FileNotFoundError:
        reader.report(path, "the file is missing")
    except (UnicodeDecodeError, csv.Error) as error:
        reader.report(path, f"not a table in CSV and UTF-8 ({error}); save it anew")
    except (KeyError, ValueError):
        choices = ", ".join(side.value for side in Side)
        reader.report(path, f"columns are code and side, and a side is one of {choices}; mend it")
    return {}
