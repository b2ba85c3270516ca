"""The report for people: counts by theme, the 22 situations, then what was found, failures last."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cds_service.commands.conformance.catalog import SITUATIONS
from cds_service.commands.conformance.documents import of_situation, worst
from cds_service.commands.conformance.session import Report
from cds_service.commands.conformance.verdict import Result, Status

_COLORS = {
    Status.PASS: "green",
    Status.FAIL: "bold red",
    Status.WARN: "yellow",
    Status.NOT_APPLICABLE: "dim",
}
_NO_RESULT = Text("-", style="dim")


def show(console: Console, report: Report) -> None:
    """Print everything."""
    console.print(
        f"{report.base}: {', '.join(report.services)}; {len(report.results)} checks "
        f"in {report.seconds:.1f} s",
        highlight=False,
        markup=False,
    )
    if report.left_out:
        console.print(f"Not judged: {', '.join(report.left_out)}", highlight=False, markup=False)
    console.print(_themes(report))
    console.print(_situations(report))
    _not_judged(console, report)
    _explain(console, report, Status.WARN, "Warnings")
    _explain(console, report, Status.FAIL, "Failures")
    total = ", ".join(f"{report.count(status)} {status.value}" for status in Status)
    console.print(f"Total: {total}.", highlight=False, markup=False)


def _colored(status: Status) -> Text:
    return Text(status.value, style=_COLORS[status])


def _themes(report: Report) -> Table:
    table = Table(title="By theme", title_justify="left")
    table.add_column("Theme")
    for status in Status:
        table.add_column(status.value, justify="right")
    for theme in dict.fromkeys(result.check.theme for result in report.results):
        found = [r.verdict.status for r in report.results if r.check.theme == theme]
        cells = [
            Text(str(count), style=_COLORS[status])
            if (count := found.count(status))
            else _NO_RESULT
            for status in Status
        ]
        table.add_row(theme, *cells)
    return table


def _situations(report: Report) -> Table:
    table = Table(title="The 22 situations", title_justify="left")
    for heading in ("", "Situation", "Verdict", "Checks"):
        table.add_column(heading, justify="right" if not heading else "left")
    for number, name in SITUATIONS.items():
        found = of_situation(report, number)
        names = ", ".join(dict.fromkeys(result.check.name for result in found))
        table.add_row(str(number), name, _colored(worst(found)) if found else _NO_RESULT, names)
    return table


def _explain(console: Console, report: Report, status: Status, heading: str) -> None:
    found = [result for result in report.results if result.verdict.status is status]
    if not found:
        return
    _rule(console, status, f"{heading} ({len(found)})")
    for result in found:
        console.print(_line(result))


def _not_judged(console: Console, report: Report) -> None:
    """What was not judged, gathered by the reason."""
    found = [r for r in report.results if r.verdict.status is Status.NOT_APPLICABLE]
    if not found:
        return
    _rule(console, Status.NOT_APPLICABLE, f"Not applicable ({len(found)})")
    for reason in dict.fromkeys(result.verdict.sentence for result in found):
        names = dict.fromkeys(r.check.name for r in found if r.verdict.sentence == reason)
        console.print(f"{reason}\n    {', '.join(names)}", highlight=False, markup=False)


def _rule(console: Console, status: Status, heading: str) -> None:
    console.rule(heading, align="left", style=_COLORS[status])


def _line(result: Result) -> Text:
    check = result.check
    ids = ", ".join((check.level.value, *check.requirements))
    service = f" [{result.service}]" if result.service else ""
    line = Text(f"{check.name}", style=_COLORS[result.verdict.status])
    line.append(f"{service} {check.title} ({ids})\n", style="not bold default")
    line.append(f"    {result.verdict.sentence}", style="not bold default")
    return line
