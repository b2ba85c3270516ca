"""Fetches what lies below the rows of the code table, and keeps it in one file.

All or nothing: rows take members from one another, so that half an answer would be a wrong one.
When anything fails, the file of the last success stays as it is.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from cds_service.commands.terminology.server import TerminologyServer, ecl
from cds_service.content.codes import CodeBook
from cds_service.content.terminology.cache import table_version
from cds_service.content.terminology.expansions import FORMAT, ExpandedSet, Expansions
from cds_service.content.terminology.members import rows_by_code
from cds_service.content.terminology.table import DESCENDANTS, CodeRow, Fed, union
from cds_service.errors import TerminologyError

_INTERNATIONAL = "http://snomed.info/sct/900000000000207008"
Tell = Callable[[str], None]


def fetch_expansions(
    codes: CodeBook, server: TerminologyServer, now: datetime, tell: Tell
) -> Expansions:
    """Everything the service needs to know, asked code by code.

    First the rows that stand for their descendants and what they leave out, then every code with a
    row of its own among the members that says something else: its own descendants follow it.
    Raises TerminologyError naming the code.
    """
    asking = _Enquiry(codes, server, tell)
    asking.ask_all(asking.roots())
    asking.ask_all(asking.exceptions())
    if not asking.found:
        raise TerminologyError(
            f"{server.base} knows none of {len(asking.unknown)} SNOMED CT concepts; "
            "check that it is a terminology server with SNOMED CT"
        )
    return Expansions(
        format=FORMAT,
        server=server.base,
        version=asking.version,
        refreshed=now,
        table=table_version(codes.rows),
        unknown=sorted(asking.unknown),
        sets=[asking.set_of(code) for code in sorted(asking.found)],
    )


def write_whole(path: Path, expansions: Expansions) -> None:
    """Replace the file in one step, so that a reader sees the old one or the new one.

    Raises TerminologyError.
    """
    body = msgspec.json.format(msgspec.json.encode(expansions), indent=1)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise TerminologyError(
            f"{path} cannot be written ({error.strerror}); give another place with --output"
        ) from None
    finally:
        beside.unlink(missing_ok=True)


class _Enquiry:
    """What was found so far."""

    def __init__(self, codes: CodeBook, server: TerminologyServer, tell: Tell) -> None:
        self._rows = rows_by_code(codes.rows)
        self._readers = codes.reads.readers
        self._server = server
        self._tell = tell
        self.found: dict[str, dict[str, str]] = {}
        self.unknown: set[str] = set()
        self.version = ""

    def roots(self) -> list[str]:
        """Rows that stand for their descendants, and what they leave out; extensions last."""
        roots = {
            code
            for rows in self._rows.values()
            for row in rows
            if row.match == DESCENDANTS
            for code in (row.code, *row.minus)
        }
        editions = {code: self._rows[code][0].edition for code in roots}
        return sorted(roots, key=lambda code: (editions[code] != "international", code))

    def exceptions(self) -> list[str]:
        """Codes with a row of their own below a root that says something else."""
        return sorted(
            {
                code
                for root, listed in self.found.items()
                for code in (listed.keys() & self._rows.keys()) - self.found.keys()
                if self._fed(code) != self._fed(root)
            }
        )

    def ask_all(self, codes: list[str]) -> None:
        """Ask for each, telling how it went."""
        for code in codes:
            named = f"{code} ({', '.join(self._groups(code))})"
            if self._extension_of_another_edition(code):
                self.unknown.add(code)
                self._tell(f"{named}: not asked, the international edition has no US extension")
                continue
            try:
                self._tell(f"{named}: {self._ask(code)}")
            except TerminologyError as error:
                raise TerminologyError(f"{named}: {error}") from None

    def set_of(self, code: str) -> ExpandedSet:
        """One code's part of the file."""
        members = dict(sorted(self.found[code].items()))
        return ExpandedSet(code, self._groups(code), ecl(code), len(members), members)

    def _ask(self, code: str) -> str:
        """Ask for one code; how it went."""
        below = self._server.expand(code)
        if below is None:
            self.unknown.add(code)
            return "the server does not know it"
        if self.version and below.version and below.version != self.version:
            raise TerminologyError(
                f"the server changed from {self.version} to {below.version} meanwhile; run it again"
            )
        self.version = self.version or below.version
        self.found[code] = below.members
        return f"{len(below.members):,} codes"

    def _groups(self, code: str) -> list[str]:
        return sorted({row.group for row in self._rows[code]})

    def _fed(self, code: str) -> Fed:
        return union(self._rows[code], self._readers)

    def _extension_of_another_edition(self, code: str) -> bool:
        if not self.version.startswith(_INTERNATIONAL):
            return False
        return all(row.edition == "us" for row in self._rows[code])


def not_expanded(codes: CodeBook, expansions: Expansions) -> Iterator[CodeRow]:
    """Rows that stand for their descendants and still do not know them."""
    known = {one.code for one in expansions.sets}
    for row in codes.rows:
        if row.expands(codes.reads.readers) and row.code not in known:
            yield row
