"""Spinal infection: musculoskeletal.md §2.3, INF, with ruling 6."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import crp, measured, told

TOPIC = "spinal_infection"
SUSPECTED = "spinal-infection"
PAIN = told("low_back_pain")

PROBES = Probes(
    thresholds=(
        Threshold(
            "fever",
            lambda level: [PAIN, measured("8310-5", level.number)],
            state(TOPIC),
            (None, SUSPECTED, SUSPECTED),
            step=0.1,
        ),
    ),
    windows=(
        Window(
            "new_pain",
            lambda edge: [told("low_back_pain", since=edge.at), told("fever")],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "fever",
            lambda edge: [PAIN, measured("8310-5", 39.5, edge.at)],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "inflammation",
            lambda edge: [PAIN, told("ivdu"), crp(edge.at)],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
    ),
)
