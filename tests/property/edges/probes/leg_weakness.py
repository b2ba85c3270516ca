"""Leg weakness: musculoskeletal.md §2.4, MOT, with rulings 16 and 17."""

from datetime import timedelta

from tests.property.edges.limits import Dates
from tests.property.edges.probe import Probes, Threshold, Window, concludes, state
from tests.property.entries import NOW, measured, told
from tests.spec.fhir_json import Json, body_site, snomed
from tests.spec.moments import ago

TOPIC = "leg_weakness"
ACUTE, ESTABLISHED = "leg-weakness-acute", "leg-weakness-established"
BLOCKED, NOTED = "leg-weakness-after-injection", "leg-weakness-noted"
KNEE = body_site(snomed("72696002", "Knee region structure"), "L")
A_MONTH_AGO, TWO_MONTHS_AGO = ago(days=30), ago(days=60)


def graded(value: float, at: str = NOW, *, since: str | None = None) -> Json:
    """A power grade of the left leg."""
    return measured("mrc", value, at, since=since, side="L")


PROBES = Probes(
    thresholds=(
        Threshold(
            "severe_grade",
            lambda level: [graded(level.number)],
            state(TOPIC),
            (ACUTE, ACUTE, NOTED),
            recordable=(0, 5),
        ),
        # Full power in between ends the old episode: what is weak now is new. The grade in between
        # is of another muscle, so that it is no fall.
        Threshold(
            "full_power",
            lambda level: [
                graded(3, TWO_MONTHS_AGO),
                graded(level.number, A_MONTH_AGO) | {"bodySite": KNEE},
                graded(3),
            ],
            state(TOPIC),
            (ESTABLISHED, ACUTE, ACUTE),
            recordable=(0, 5),
        ),
        Threshold(
            "grade_drop",
            lambda level: [graded(2 + level.number, TWO_MONTHS_AGO), graded(2)],
            state(TOPIC),
            (ESTABLISHED, ACUTE, ACUTE),
        ),
    ),
    windows=(
        Window(
            "recent",
            lambda edge: [graded(3, since=edge.at)],
            state(TOPIC),
            inside=ACUTE,
            outside=ESTABLISHED,
        ),
        Window(
            "progression",
            lambda edge: [graded(4, edge.at), graded(3)],
            state(TOPIC),
            inside=ACUTE,
            outside=ESTABLISHED,
        ),
        # A date does not show that the block can still act: then it may be a hematoma.
        Window(
            "block",
            lambda edge: [
                told("sij_injection_48h", edge.at, side="L"),
                graded(4, ago(hours=20)),
            ],
            concludes(TOPIC, BLOCKED, ACUTE),
            inside=True,
            outside=False,
        ),
        Window(
            "block_wears_off",
            lambda edge: [told("sij_injection_48h", edge.at, side="L"), graded(4, edge.anchor)],
            state(TOPIC),
            inside=BLOCKED,
            outside=ACUTE,
            anchor=timedelta(hours=1),
            dates=Dates.STARTED,
        ),
    ),
)
