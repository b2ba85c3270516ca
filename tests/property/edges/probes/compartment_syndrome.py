"""Compartment syndrome: row E4 of vascular.md §2.2 with ruling 18."""

from datetime import timedelta

from tests.property.edges.limits import Dates
from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import measured, told

TOPIC = "compartment_syndrome"
SUSPECTED = "compartment-syndrome"
SIGNS = ("pain_out_of_proportion", "passive_stretch_pain", "tense_compartment")

PROBES = Probes(
    thresholds=(
        Threshold(
            "delta_pressure",
            lambda level: [measured("delta_pressure", level.number, side="L")],
            state(TOPIC),
            (SUSPECTED, None, None),
        ),
        Threshold(
            "signs_without_cause",
            lambda level: [told(sign, side="L") for sign in SIGNS[: level.count]],
            state(TOPIC),
            (None, SUSPECTED, SUSPECTED),
            recordable=(0, len(SIGNS)),
        ),
    ),
    windows=(
        Window(
            "exam_sign",
            lambda edge: [told(sign, edge.at, side="L") for sign in SIGNS],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "injury",
            lambda edge: [told("limb_fracture", edge.at, side="L"), told(SIGNS[0], side="L")],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "diagnosis",
            lambda edge: [told("acs", edge.at, side="L")],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "pressure_series",
            lambda edge: [
                measured("delta_pressure", 10, edge.at, side="L"),
                measured("delta_pressure", 60, edge.anchor, side="L"),
            ],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
            anchor=timedelta(hours=1),
            dates=Dates.APART,
        ),
        Window(
            "treated",
            lambda edge: [
                told("fasciotomy", edge.at, side="L"),
                *(told(sign, side="L") for sign in SIGNS),
            ],
            state(TOPIC),
            inside="compartment-syndrome-treated",
            outside=SUSPECTED,
        ),
    ),
)
