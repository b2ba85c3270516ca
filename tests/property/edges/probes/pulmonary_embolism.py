"""Pulmonary embolism signs: rows E0, E1, E2 and E6 of vascular.md §2.2 with ruling 13."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import measured, ordered, problem, reported, told
from tests.spec.fhir_json import LOINC, Json, coding

TOPIC = "pulmonary_embolism"
CTPA = "72251-2"
SUSPECTED, CONSIDER, WORKED_UP = "pe-suspected", "pe-consider", "pe-worked-up"
SIGN, PAIN, DYSPNEA = told("calf_pain", side="L"), told("leg_pain", side="L"), told("dyspnea_new")


def _weak(loinc: str, value: float) -> list[Json]:
    """Leg pain and a chest symptom: only an abnormal vital sign speaks of the lung."""
    return [PAIN, DYSPNEA, measured(loinc, value)]


PROBES = Probes(
    thresholds=(
        Threshold(
            "systolic",
            lambda level: [SIGN, measured("8480-6", level.number)],
            state(TOPIC),
            ("pe-unstable", None, None),
        ),
        Threshold(
            "heart_rate",
            lambda level: _weak("8867-4", level.number),
            state(TOPIC),
            (None, None, CONSIDER),
        ),
        Threshold(
            "saturation",
            lambda level: _weak("59408-5", level.number),
            state(TOPIC),
            (CONSIDER, None, None),
        ),
        Threshold(
            "saturation_symptom",
            lambda level: [SIGN, measured("59408-5", level.number)],
            state(TOPIC),
            (SUSPECTED, None, None),
        ),
        Threshold(
            "respiratory_rate",
            lambda level: _weak("9279-1", level.number),
            state(TOPIC),
            (None, None, CONSIDER),
        ),
    ),
    windows=(
        Window(
            "symptom",
            lambda edge: [SIGN, told("dyspnea_new", since=edge.at)],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "known_pe",
            lambda edge: [SIGN, DYSPNEA, problem("I26.99", onset=edge.at)],
            state(TOPIC),
            inside=WORKED_UP,
            outside=SUSPECTED,
        ),
        Window(
            "ctpa_order",
            lambda edge: [SIGN, DYSPNEA, ordered(coding(LOINC, CTPA), edge.at)],
            state(TOPIC),
            inside=WORKED_UP,
            outside=SUSPECTED,
        ),
        Window(
            "ctpa_result",
            lambda edge: [SIGN, DYSPNEA, reported(CTPA, edge.at)],
            state(TOPIC),
            inside=WORKED_UP,
            outside=SUSPECTED,
        ),
    ),
)
