"""Acute limb ischemia: row E3 of vascular.md §2.2 with ruling 18."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import told

TOPIC = "limb_ischemia"
SUSPECTED = "limb-ischemia"
SIX = ("cold", "leg_pain", "pallor", "pulseless", "paresthesia", "paralysis")
PAIN, COLD = told("leg_pain", side="R"), told("cold", side="R")

PROBES = Probes(
    thresholds=(
        Threshold(
            "signs",
            lambda level: [told(sign, side="R") for sign in SIX[: level.count]],
            state(TOPIC),
            (None, SUSPECTED, SUSPECTED),
            recordable=(0, len(SIX)),
        ),
    ),
    windows=(
        Window(
            "onset",
            lambda edge: [PAIN, told("cold", since=edge.at, side="R")],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "treated",
            lambda edge: [PAIN, COLD, told("revascularization", edge.at, side="R")],
            state(TOPIC),
            inside="limb-ischemia-treated",
            outside=SUSPECTED,
        ),
    ),
)
