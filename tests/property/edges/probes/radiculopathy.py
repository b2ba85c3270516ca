"""Radiculopathy: musculoskeletal.md §2.5 with its imaging sub-table, and ruling 29."""

from tests.property.edges.probe import Probes, Threshold, Window, notes, state
from tests.property.entries import NOW, absent, ordered, problem, reported, told
from tests.spec.fhir_json import LOINC, Json, body_site, coding, concept, observation, snomed
from tests.spec.moments import day_ago

TOPIC = "radiculopathy"
FEATURES = (
    "leg_pain_below_knee",
    "leg_pain_dominant",
    "paresthesia",
    "pain_cough_sneeze",
    "radicular_quality",
)
DEFICITS = ("motor_deficit", "reflex_reduced", "sensory_deficit")
RAISED = [told("radicular_pain", side="L"), told("slr", side="L"), *absent(*DEFICITS, side="L")]
# Active since before any study or referral of the allowed windows.
ROOT_PAIN = problem("M54.16", onset=day_ago(700))
PHYSIOTHERAPY = snomed("306170007", "Referral to physiotherapy service")
LEG = body_site(snomed("61685007", "Lower limb structure"), "L")
BACK = body_site(snomed("52612000", "Structure of lumbar region of back"), None)
INDETERMINATE, SUPPORTED = "radiculopathy-indeterminate", "radiculopathy-supported"
KNOWN, EXAMINE = "radiculopathy-known", "radiculopathy-examine"


def pain_score(value: int, where: Json | None, at: str) -> Json:
    """Pain of 0 to 10 at a place."""
    return observation(
        "survey",
        concept(coding(LOINC, "72514-3", "Pain severity - 0-10 verbal numeric rating")),
        effectiveDateTime=at,
        bodySite=where,
        valueInteger=value,
    )


PROBES = Probes(
    thresholds=(
        Threshold(
            "features",
            lambda level: [
                *RAISED,
                *(told(feature, side="L") for feature in FEATURES[: level.count]),
            ],
            state(TOPIC),
            (INDETERMINATE, SUPPORTED, SUPPORTED),
            recordable=(0, len(FEATURES)),
        ),
    ),
    windows=(
        Window(
            "known_mri",
            lambda edge: [ROOT_PAIN, reported("24968-0", edge.at)],
            state(TOPIC),
            inside=KNOWN,
            outside=EXAMINE,
        ),
        Window(
            "known_referral",
            lambda edge: [ROOT_PAIN, ordered(PHYSIOTHERAPY, edge.at)],
            state(TOPIC),
            inside=KNOWN,
            outside=EXAMINE,
        ),
        # A leg that hurts more than the back is the second feature, while both scores count.
        Window(
            "pain_scores",
            lambda edge: [
                *RAISED,
                told("paresthesia", side="L"),
                pain_score(8, LEG, NOW),
                pain_score(3, BACK, edge.at),
            ],
            state(TOPIC),
            inside=SUPPORTED,
            outside=INDETERMINATE,
        ),
        Window(
            "early",
            lambda edge: [told("leg_pain", since=edge.at, side="L")],
            notes(TOPIC, "imaging-early"),
            inside=True,
            outside=False,
        ),
    ),
)
