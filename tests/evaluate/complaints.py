"""Everyday complaints laid over charts of patients whose generator knows none."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tests.spec.fhir_json import ICD10CM, SNOMED, Json, body_site, coding, concept, condition

_FILE = Path(__file__).with_name("complaints.toml")
_SYSTEMS = {"icd10cm": ICD10CM, "snomed": SNOMED}


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint as it is coded; `group` is the kind whose frequency is estimated."""

    id: str
    group: str
    entries: tuple[Mapping[str, Any], ...]


@cache
def everyday_complaints() -> tuple[Complaint, ...]:
    """All complaints in file order."""
    return tuple(
        Complaint(item["id"], item["group"], tuple(item["entries"]))
        for item in _content()["complaint"]
    )


@cache
def openings_per_1000() -> Mapping[str, float]:
    """How often each group is met among 1,000 openings of adult charts, as estimated."""
    found: Mapping[str, float] = _content()["openings_per_1000"]
    return found


def laid_over(
    complaint: Complaint, patient: str, encounter: str, as_of: datetime
) -> Iterator[Json]:
    """The Conditions of a complaint recorded at this opening, older records of it included."""
    for number, entry in enumerate(complaint.entries):
        visit = {"encounter": {"reference": f"Encounter/{encounter}"}} if encounter else {}
        yield _condition(entry, patient, f"complaint-{number}", as_of) | visit
        if "earlier_days" in entry:
            before = as_of - timedelta(days=entry["earlier_days"])
            yield _condition(entry, patient, f"complaint-{number}-earlier", before)


def _condition(entry: Mapping[str, Any], patient: str, name: str, recorded: datetime) -> Json:
    site = body_site(None, entry.get("side"))
    return condition(
        concept(coding(_SYSTEMS[entry["system"]], entry["code"])),
        id=name,
        subject={"reference": f"Patient/{patient}"},
        bodySite=[site] if site else None,
        recordedDate=recorded.isoformat(),
    )


def _content() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
