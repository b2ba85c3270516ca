"""`legpain-cds content try`: what one patient would get from the content in use, and why."""

import difflib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cds_service.app import build_service
from cds_service.commands.assess import assess_patient
from cds_service.commands.content.attempt_report import as_json, show
from cds_service.commands.content.trial import Trial, compared
from cds_service.commands.patient_file import UnreadableFileError, read_patients
from cds_service.ehr.stories import stories_folder
from cds_service.errors import SettingsError
from cds_service.hooks.service import Service
from cds_service.settings import read_settings
from cds_service.telemetry.logging import silence_logging


def attempt(
    patient: Annotated[
        str, typer.Argument(help="A sample patient (such as dvt-likely), a hook request, a Bundle.")
    ],
    as_of: Annotated[
        str | None, typer.Option(help="A date, an instant, or last-encounter; else now.")
    ] = None,
    topic: Annotated[
        str | None, typer.Option(help="Only this topic, also where it did not open.")
    ] = None,
    *,
    as_json_lines: Annotated[
        bool, typer.Option("--json", help="One JSON document per patient, one per line.")
    ] = False,
) -> None:
    """Say what this patient would get, why, and which missing finding would change it.

    The content is that of LEGPAIN_CARDS and LEGPAIN_SITE; what ships would do is told beside it.
    """
    silence_logging()
    path = _path(patient)
    settings = read_settings(profile="demo", database_url="sqlite://")
    service = build_service(settings)
    if topic and topic not in service.library.topics:
        message = f"--topic {topic}: there is no such topic; {_near(topic, service)}"
        raise SettingsError(message)
    shipped = build_service(settings.model_copy(update={"cards": None, "site": None}))
    other = shipped if shipped.library.version != service.library.version else None
    console, refused = Console(soft_wrap=True, highlight=False, markup=False), False
    for one in read_patients(path):
        result = assess_patient(service, one, as_of)
        refused |= result.advice is None
        trial = Trial(result, one.request, topic)
        told = compared(trial, service, other)
        if as_json_lines:
            sys.stdout.write(json.dumps(as_json(told, service)) + "\n")
        else:
            show(told, service, console)
    if refused:
        raise typer.Exit(1)


def _path(patient: str) -> Path:
    """A sample patient by name, else a file."""
    story = stories_folder() / patient / "request.json"
    if "/" not in patient and story.is_file():
        return story
    if Path(patient).is_file():
        return Path(patient)
    names = [path.parent.name for path in stories_folder().glob("*/request.json")]
    near = difflib.get_close_matches(patient, names, n=3, cutoff=0.3) or sorted(names)[:3]
    message = f"{patient}: neither a file nor a sample patient; did you mean {', '.join(near)}?"
    raise UnreadableFileError(message)


def _near(topic: str, service: Service) -> str:
    names = sorted(service.library.topics)
    near = difflib.get_close_matches(topic, names, n=3, cutoff=0.3)
    return f"did you mean {', '.join(near)}?" if near else f"one of {', '.join(names)}"
