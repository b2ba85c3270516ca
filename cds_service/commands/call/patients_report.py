"""The patients that `legpain-cds call --list` found, for people and for programs."""

from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cds_service.commands.call.patients import Search
from cds_service.commands.call.report import show_step

_NEXT = "Next: legpain-cds call --fhir-server {} --patient {} --why"
_HINT = "Old records are rightly silent today: add --as-of last-encounter, or a date."


def show_patients(console: Console, base: str, search: Search, most: int) -> None:
    """A line for each patient, and how to go on."""
    shown = search.patients[:most]
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("Patient", no_wrap=True)  # an id is there to be copied
    for heading in ("Recorded", "Status", "Complaint recorded last"):
        table.add_column(heading, overflow="fold")
    for one in shown:
        more = f" (and {one.count - 1} more)" if one.count > 1 else ""
        cells = (one.patient, one.recorded[:10], one.status, f"{one.complaint}{more}")
        table.add_row(*map(Text, cells))
    if shown:
        console.print(table)
    show_step(console, "Found", _found(search, len(shown)), search.seconds)
    if shown:
        console.print(Text(_NEXT.format(base, shown[0].patient)), soft_wrap=True)
        console.print(Text(_HINT, style="dim"))


def _found(search: Search, shown: int) -> str:
    count = len(search.patients)
    words = f"{count} patients with a coded leg or back complaint among their Conditions"
    if shown < count:
        words += f", {shown} shown (--limit)"
    return f"{words}; the server has more to look at" if search.cut else words


def patients_json(base: str, search: Search, most: int) -> dict[str, Any]:
    """The same for a program."""
    listed = [
        {
            "patient": one.patient,
            "complaint": one.complaint,
            "clinicalStatus": one.status,
            "recorded": one.recorded,
            "conditions": one.count,
        }
        for one in search.patients[:most]
    ]
    return {
        "fhirServer": base,
        "patients": listed,
        "found": len(search.patients),
        "complete": not search.cut,
    }
