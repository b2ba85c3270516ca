"""Children: musculoskeletal.md §2.0, CHILD."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import CHILD, measured, person, told

TOPIC = "child"
FLAG, SILENT = "child-red-flag", "child-silent"
PAIN = told("low_back_pain")

PROBES = Probes(
    thresholds=(
        Threshold(
            "adult_age",
            lambda level: [person(level.born), PAIN, told("night_pain")],
            state(TOPIC),
            (FLAG, None, None),
        ),
        Threshold(
            "fever",
            lambda level: [CHILD, PAIN, measured("8310-5", level.number)],
            state(TOPIC),
            (SILENT, FLAG, FLAG),
            step=0.1,
        ),
    ),
    windows=(
        Window(
            "fever",
            lambda edge: [CHILD, PAIN, measured("8310-5", 39.5, edge.at)],
            state(TOPIC),
            inside=FLAG,
            outside=SILENT,
        ),
        Window(
            "lasting",
            lambda edge: [CHILD, told("low_back_pain", since=edge.at)],
            state(TOPIC),
            inside=SILENT,
            outside=FLAG,
            inclusive=False,
        ),
    ),
)
