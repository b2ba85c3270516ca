"""Cauda equina: musculoskeletal.md §2.1 with rulings 2, 4, 5 and 38."""

from datetime import timedelta

from tests.property.edges.limits import Dates
from tests.property.edges.probe import Probes, Threshold, Window, concludes, state
from tests.property.entries import NOW, measured, ordered, problem, told
from tests.spec.fhir_json import LOINC, coding, snomed
from tests.spec.moments import ago

TOPIC = "cauda_equina"
SUSPECTED, LATE = "cauda-equina-suspected", "cauda-equina-late"
ASK, ACTED = "cauda-equina-ask", "cauda-equina-acted"
MRI = coding(LOINC, "30679-5")
NEUROSURGEON = snomed("308482002", "Referral to neurosurgeon")
# Begun before any order of the allowed window, and still recent.
BEFORE_ANY_ORDER = ago(days=13)

PROBES = Probes(
    thresholds=(
        Threshold(
            "residual_volume",
            lambda level: [measured("pvr_ml", level.number)],
            state(TOPIC),
            (None, SUSPECTED, SUSPECTED),
        ),
    ),
    windows=(
        Window(
            "recent",
            lambda edge: [told("saddle_sensory_change", since=edge.at)],
            state(TOPIC),
            inside=SUSPECTED,
            outside=LATE,
        ),
        Window(
            "late",
            lambda edge: [told("low_back_pain"), problem("bladder_dysfunction", onset=edge.at)],
            state(TOPIC),
            inside=LATE,
            outside="cauda-equina-longstanding",
        ),
        Window(
            "residual",
            lambda edge: [measured("pvr_ml", 400, edge.at)],
            state(TOPIC),
            inside=SUSPECTED,
            outside=None,
        ),
        Window(
            "emergency_imaging",
            lambda edge: [
                told("saddle_sensory_change", since=BEFORE_ANY_ORDER),
                ordered(MRI, edge.at, priority="urgent"),
            ],
            state(TOPIC),
            inside=ACTED,
            outside=SUSPECTED,
        ),
        Window(
            "confirmed",
            lambda edge: [
                problem("ces_confirmed", onset=edge.at),
                ordered(NEUROSURGEON, NOW, priority="urgent"),
            ],
            concludes(TOPIC, ACTED),
            inside=True,
            outside=False,
        ),
        Window(
            "bilateral_pain",
            lambda edge: [told("bilateral_radicular_pain", edge.at)],
            state(TOPIC),
            inside=ASK,
            outside=None,
        ),
        Window(
            "pair_of_sides",
            lambda edge: [
                told("radicular_pain", edge.anchor, side="L"),
                told("radicular_pain", edge.at, side="R"),
            ],
            state(TOPIC),
            inside=ASK,
            outside=None,
            anchor=timedelta(hours=1),
            dates=Dates.APART,
        ),
    ),
)
