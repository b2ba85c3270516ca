"""Fracture: musculoskeletal.md §2.3, FRX, with rulings 39 and 44."""

from tests.property.edges.limits import Level
from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import LONG_AGO, PREDNISONE, person, problem, told, treated
from tests.spec.fhir_json import Json
from tests.spec.moments import day_ago

TOPIC = "fracture"
FRAGILITY = "fracture-fragility"
PAIN, EVENT = told("low_back_pain"), told("sudden_onset")
OSTEOPOROSIS = problem("M81.0", recorded=LONG_AGO)


def _steroid(level: Level) -> list[Json]:
    """A steroid order of so many days beside new pain and an event."""
    return [PAIN, EVENT, treated(PREDNISONE, day_ago(level.number))]


PROBES = Probes(
    thresholds=(
        Threshold(
            "high_age",
            lambda level: [person(level.born), PAIN, EVENT],
            state(TOPIC),
            (None, FRAGILITY, FRAGILITY),
        ),
        Threshold("steroid_days", _steroid, state(TOPIC), (None, FRAGILITY, FRAGILITY)),
    ),
    windows=(
        Window(
            "known",
            lambda edge: [problem("S32.010A", recorded=edge.at)],
            state(TOPIC),
            inside="fracture-known",
            outside=None,
        ),
        Window(
            "new_pain",
            lambda edge: [OSTEOPOROSIS, EVENT, told("low_back_pain", since=edge.at)],
            state(TOPIC),
            inside=FRAGILITY,
            outside=None,
        ),
    ),
)
