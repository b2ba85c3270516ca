"""Peripheral artery disease: rows O1 and O4 to O7 of vascular.md §2.4 with ruling 18."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import measured, person, problem, told

TOPIC = "peripheral_artery_disease"
PAIN = told("exertional_calf_pain", side="R")
LOW, STIFF, BETWEEN = "pad-abi-low", "pad-tbi-needed", "pad-exercise-abi"
DISEASE = problem("pad_known")

PROBES = Probes(
    thresholds=(
        Threshold(
            "abi_low",
            lambda level: [PAIN, measured("abi", level.number, side="R")],
            state(TOPIC),
            (LOW, LOW, BETWEEN),
            step=0.01,
        ),
        Threshold(
            "abi_stiff",
            lambda level: [PAIN, measured("abi", level.number, side="R")],
            state(TOPIC),
            (BETWEEN, BETWEEN, STIFF),
            step=0.01,
        ),
        Threshold(
            "adult_age",
            lambda level: [person(level.born), PAIN],
            state(TOPIC),
            ("pad-not-adult", "pad-abi-needed", "pad-abi-needed"),
        ),
    ),
    windows=(
        Window(
            "chronic",
            lambda edge: [DISEASE, told("rest_pain", since=edge.at, side="R")],
            state(TOPIC),
            inside=None,
            outside="clti",
            inclusive=False,
        ),
        Window(
            "treated",
            lambda edge: [problem("clti"), told("revascularization", edge.at, side="R")],
            state(TOPIC),
            inside="clti-treated",
            outside="clti",
        ),
    ),
)
