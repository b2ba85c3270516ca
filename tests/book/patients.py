"""Worked patients for the clinical book: each is run, and one that fails is never printed."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from cds_service.app import build_service
from cds_service.content.book.worked import Shown, Worked
from cds_service.ehr.stories import Story, read_stories
from cds_service.hooks.assessing import assess_chart
from cds_service.hooks.gathering import chart_of
from cds_service.hooks.request import decode_request
from cds_service.hooks.service import Service
from cds_service.settings import Settings
from tests.book.records import Record, musculoskeletal_record, story_record, vascular_record
from tests.spec import vignette as vignettes
from tests.spec.encode import hook_request
from tests.spec.moments import AS_OF
from tests.spec.vignette import stands_for

VASCULAR_CARDS = (
    "dvt-",
    "pe-",
    "phlegmasia",
    "limb-ischemia",
    "compartment-syndrome",
    "clti",
    "svt",
    "pad-",
)


class FailingPatientError(Exception):
    """Worked patients that do not get what the clinical documents demand."""


@dataclass(frozen=True, slots=True)
class Result:
    """What the service concluded: cards in order, and every row and state reached."""

    shown: tuple[Shown, ...]
    rows: frozenset[tuple[str, str]]
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Patient:
    """A worked patient that passed: what the record says, what follows and why."""

    record: Record
    result: Result

    @property
    def id(self) -> str:
        """The name it has in its file or folder."""
        return self.record.id

    @property
    def worked(self) -> Worked:
        """As the book prints it."""
        return Worked(
            id=self.id,
            title=self.record.title,
            says=self.record.says,
            why=self.record.why,
            states=frozenset(self.record.states),
            shown=self.result.shown,
            rows=self.result.rows,
        )


def worked_patients(service: Service | None = None) -> tuple[Patient, ...]:
    """Every vignette and story with its result, in a fixed order.

    Raises FailingPatientError naming each that does not pass.
    """
    service = service or build_service(Settings(profile="demo", database_url="sqlite://"))
    failing: list[str] = []
    patients = []
    for record, request, instant in _all():
        result = _run(service, request, instant)
        problem = _problem(record, result)
        if problem:
            failing.append(f"{record.id}: {problem}")
        patients.append(Patient(record, result))
    if failing:
        raise FailingPatientError("\n".join(failing))
    return tuple(patients)


def _all() -> Iterator[tuple[Record, dict[str, Any], datetime]]:
    for vascular in vignettes.vascular():
        yield vascular_record(vascular), hook_request(vascular), AS_OF
    for spinal in vignettes.musculoskeletal():
        yield musculoskeletal_record(spinal), hook_request(spinal), AS_OF
    for story in read_stories():
        yield story_record(story), story.request, _noon(story)


def _noon(story: Story) -> datetime:
    return datetime.combine(story.as_of, time(12, tzinfo=AS_OF.tzinfo))


def _run(service: Service, request: dict[str, Any], instant: datetime) -> Result:
    decoded = decode_request(json.dumps(request).encode())
    if decoded.lay_user:
        return Result((), frozenset(), frozenset())
    advice = assess_chart(service, chart_of(decoded), instant)
    made = [placed.assessment for placed in advice.placed]
    return Result(
        shown=tuple(Shown(c.id, c.indicator, c.summary) for c in advice.cards),
        rows=frozenset((a.topic, a.row.id) for a in made),
        states=frozenset(a.state for a in made),
    )


def _same(expected: Sequence[str], got: Sequence[str]) -> bool:
    """The same cards with the same indicators in the same order."""
    if len(expected) != len(got):
        return False
    pairs = ((w.rpartition("/"), g.rpartition("/")) for w, g in zip(expected, got, strict=True))
    return all(stands_for(w[0], g[0]) and w[2] == g[2] for w, g in pairs)


def _problem(record: Record, result: Result) -> str:
    got = [f"{shown.card}/{shown.indicator}" for shown in result.shown]
    if record.partial:
        got = [card for card in got if card.startswith(VASCULAR_CARDS)]
    if not _same(record.cards, got):
        return f"cards {got} instead of {list(record.cards)}"
    missing = set(record.states) - result.states
    return f"states {sorted(missing)} not reached" if missing else ""
