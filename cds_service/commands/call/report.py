"""What a call showed, for people and for programs."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cds_service.clinical.fact import Outcome
from cds_service.commands.assess import show_advice
from cds_service.commands.call.callee import Answered, InProcess
from cds_service.commands.call.exchange import Exchange
from cds_service.commands.call.question import Question
from cds_service.commands.show import show_reasons, show_sent_card
from cds_service.ehr.plain import plain
from cds_service.ehr.prefetch import QueryRun

_COLORS = {
    Outcome.COMPLETE: "green",
    Outcome.PARTIAL: "yellow",
    Outcome.FAILED: "red",
    Outcome.NOT_ASKED: "yellow",
}


def show_exchange(console: Console, exchange: Exchange, *, why: bool) -> None:
    """The steps with their times, the cards, and where there are none the reasons."""
    entry, question, answered = exchange.entry, exchange.question, exchange.answered
    show_step(
        console,
        "FHIR server",
        f"{exchange.base}  {exchange.introduction.told}",
        exchange.introduced_in,
    )
    show_step(console, "Patient", question.patient)
    whole = len(exchange.runs) - sum(1 for run in exchange.judged if _short(run))
    show_step(
        console,
        "Prefetch",
        f"{whole} of {len(exchange.runs)} queries complete, all at once",
        exchange.prefetched_in,
    )
    console.print(_queries(exchange))
    dated = f", as of {answered.as_of:%d %b %Y %H:%M %Z}" if answered.as_of else ""
    called = f"{plain(str(entry['id']))} ({question.hook}) {exchange.callee.place}{dated}"
    show_step(console, "Service", called, answered.seconds)
    _show_answer(console, exchange, why=why)


def _short(run: QueryRun) -> bool:
    return run.outcome is not Outcome.COMPLETE


def show_step(console: Console, name: str, text: str, seconds: float | None = None) -> None:
    """One step of the way, and how long it took."""
    took = f"  {seconds * 1000:,.0f} ms" if seconds is not None else ""
    console.print(Text.assemble((f"{name:12}", "bold"), text, (took, "dim")))


def _queries(exchange: Exchange) -> Table:
    table = Table(box=None, pad_edge=True, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for run in exchange.judged:
        table.add_row(
            Text(f"  {plain(run.key)}"),
            Text(_outcome(run), style=_COLORS[run.outcome]),
            f"{len(run.resources):,}" if not run.why or run.resources else "",
            f"{run.seconds * 1000:,.0f} ms",
            Text(_told(run, exchange.question), style="dim"),
        )
    return table


def _outcome(run: QueryRun) -> str:
    """In words; what the server keeps from us goes into the request as if nobody had asked."""
    return "withheld" if run.withheld else run.outcome.value.replace("-", " ")


def _told(run: QueryRun, question: Question) -> str:
    """The query, shorter by the patient it is always about, and what went wrong."""
    query = (
        plain(run.query)
        .replace(f"?patient={question.patient}&", "?")
        .replace(f"?patient={question.patient}", "")
    )
    pages = f", {run.pages} pages" if run.pages > 1 else ""
    return f"{query}{pages}{': ' if run.why else ''}{run.why}"


def _show_answer(console: Console, exchange: Exchange, *, why: bool) -> None:
    answered = exchange.answered
    if answered.problem:
        console.print(Text(f"Not answered: {answered.problem}"))
    elif answered.advice is not None and isinstance(exchange.callee, InProcess):
        show_advice(console, exchange.callee.service, answered.advice, why=why)
    else:
        for card in answered.cards:
            show_sent_card(console, card)
        if not answered.cards:
            console.print("No cards.")
        if why or not answered.cards:
            show_reasons(console, list(_explained(answered)))


def _explained(answered: Answered) -> Iterator[str]:
    """What a service on the wire tells of its reasons, if it does."""
    if answered.explanation is None:
        yield (
            "the service does not say; LEGPAIN_EXPLAIN=true makes it, and so does calling without "
            "--cds"
        )
        return
    for one in answered.explanation.get("assessments") or []:
        if isinstance(one, dict) and one.get("shown") is not True:
            held = f"; withheld by {one['deferredBy']}" if one.get("deferredBy") else ""
            yield plain(f"{one.get('topic')}: {one.get('state')}{held}")


def as_json(exchange: Exchange) -> dict[str, Any]:
    """The same for a program."""
    answered, question = exchange.answered, exchange.question
    told: dict[str, Any] = {
        "fhirServer": exchange.base,
        "software": exchange.introduction.software,
        "fhirVersion": exchange.introduction.version,
        "patient": question.patient,
        "hook": question.hook,
        "service": exchange.entry["id"],
        "queries": [_query(run) for run in exchange.judged],
        "milliseconds": {
            "metadata": _milliseconds(exchange.introduced_in),
            "prefetch": _milliseconds(exchange.prefetched_in),
            "service": _milliseconds(answered.seconds),
        },
    }
    if answered.as_of:
        told["as_of"] = answered.as_of.isoformat()
    if answered.problem:
        return told | {"problem": answered.problem}
    return (
        told
        | {"cards": answered.cards}
        | ({"explain": answered.explanation} if answered.explanation is not None else {})
    )


def _query(run: QueryRun) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": run.key,
        "query": run.query,
        "outcome": run.outcome.value,
        "resources": len(run.resources),
        "pages": run.pages,
        "milliseconds": _milliseconds(run.seconds),
    }
    return told | ({"why": run.why} if run.why else {})


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
