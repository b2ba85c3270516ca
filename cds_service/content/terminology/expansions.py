"""The cache of expansions: what a terminology server lists below our rows."""

from datetime import datetime
from pathlib import Path

import msgspec

# Where a site keeps it, below LEGPAIN_SITE.
CACHE = Path("terminology") / "expansions.json"
FORMAT = 1
_VERSION = "/version/"


class ExpandedSet(msgspec.Struct, frozen=True):
    """One row's code, the question asked of the server, and its members: code and display."""

    code: str
    groups: list[str]
    ecl: str
    count: int
    members: dict[str, str]


class Expansions(msgspec.Struct, frozen=True):
    """The file. `version` is the edition and version of SNOMED CT as the server names it.

    `table` tells for which code table the server was asked, `unknown` which codes it did not know.
    """

    format: int
    server: str
    version: str
    refreshed: datetime
    table: str
    unknown: list[str]
    sets: list[ExpandedSet]

    @property
    def edition(self) -> str:
        """The edition alone, without its version."""
        return self.version.partition(_VERSION)[0]
