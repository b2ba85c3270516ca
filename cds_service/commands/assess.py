"""`legpain-cds assess`: the same cards offline, from files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from cds_service.commands.patient_file import PatientFile, find_files, read_patients
from cds_service.commands.show import show_card, show_reasons
from cds_service.commands.silence import reasons
from cds_service.ehr.as_of import resolve
from cds_service.errors import ClientMistakeError, DataUnavailableError, LegPainError
from cds_service.hooks.assessing import assess_chart
from cds_service.hooks.explain import explain
from cds_service.hooks.gathering import chart_of
from cds_service.hooks.outcomes import in_words
from cds_service.hooks.request import HookRequest
from cds_service.hooks.response import HookResponse
from cds_service.hooks.service import Service
from cds_service.pipeline import Advice
from cds_service.trust.caller import DEMO

LIMITATION = (
    "A status changed after this date is read as it stands now; later entries are not seen."
)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome for one patient of one file; `problem` instead of advice when refused."""

    path: Path
    as_of: datetime | None = None
    advice: Advice | None = None
    problem: str = ""


def assess_files(
    service: Service, paths: list[Path], as_of: str | None, console: Console
) -> Iterator[Result]:
    """Assess every patient found, with a progress bar when there are several files."""
    files = find_files(paths)
    with Progress(console=console, transient=True, disable=len(files) < 2) as progress:  # noqa: PLR2004
        for path in progress.track(files, description="Assessing"):
            try:
                for patient in read_patients(path):
                    yield assess_patient(service, patient, as_of)
            except LegPainError as error:
                yield Result(path, problem=str(error))


def assess_patient(service: Service, patient: PatientFile, as_of: str | None) -> Result:
    """What one patient gets; a story's own date holds where none is given."""
    instant = resolve(as_of or _stated(patient.path), patient.document)
    found = advice_on(service, patient.request, instant)
    if isinstance(found, str):
        return Result(patient.path, instant, problem=found)
    return Result(patient.path, instant, found)


def advice_on(service: Service, request: HookRequest, instant: datetime) -> Advice | str:
    """What the service advises on what the request delivers, or why it does not."""
    if request.lay_user:
        return "the user is a patient or relative: no cards"
    try:
        return assess_chart(service, chart_of(request), instant)
    except DataUnavailableError as error:
        return f"required data not available: {', '.join(error.keys)}"
    except ClientMistakeError as error:
        return in_words(service.library, error)


def _stated(path: Path) -> str | None:
    """A story folder states its own date in expected.json."""
    beside = path.parent / "expected.json"
    if path.name != "request.json" or not beside.exists():
        return None
    return str(json.loads(beside.read_text(encoding="utf-8")).get("as_of"))


def as_json(service: Service, result: Result) -> dict[str, Any]:
    """The response as the wire would carry it, with the explanation."""
    shown: dict[str, Any] = {"file": str(result.path)}
    if result.as_of:
        shown["as_of"] = result.as_of.isoformat()
    if result.advice is None:
        return shown | {"problem": result.problem}
    return shown | {
        "cards": cards_of(service, result.advice),
        "explain": explain(result.advice, service.library),
    }


def cards_of(service: Service, advice: Advice) -> list[dict[str, Any]]:
    """The cards as the wire would carry them."""
    present = service.presentation(service.gate.anyone or DEMO)
    response = HookResponse(cards=[present.card(card) for card in advice.cards])
    cards: list[dict[str, Any]] = json.loads(response.to_json())["cards"]
    return cards


def show(console: Console, service: Service, result: Result, *, why: bool) -> None:
    """Readable cards; when there are none, always why."""
    dated = f" as of {result.as_of:%d %b %Y %H:%M %Z}" if result.as_of else ""
    console.rule(f"{result.path}{dated}")
    if result.advice is None:
        console.print(result.problem)
        return
    show_advice(console, service, result.advice, why=why)


def show_advice(console: Console, service: Service, advice: Advice, *, why: bool) -> None:
    """The cards, and why no others: always where there are none."""
    for card in advice.cards:
        show_card(console, card)
    if not advice.cards:
        console.print("No cards.")
    if why or not advice.cards:
        show_reasons(console, list(reasons(advice, service.library)))
        console.print(LIMITATION, style="dim")
