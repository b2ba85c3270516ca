"""Lumbar stenosis: musculoskeletal.md §2.9, LSS, with ruling 44."""

from tests.property.edges.probe import Probes, Threshold, notes, state
from tests.property.entries import person, told
from tests.spec.moments import birth_date

TOPIC = "lumbar_stenosis"
STENOSIS = "lumbar-stenosis"
FEATURES = ("no_pain_seated", "relief_bending_forward", "bilateral_leg_pain")
WALKING = [told("neurogenic_claudication"), told("leg_pain", side="L")]
FITTING = [*WALKING, told(FEATURES[0])]

PROBES = Probes(
    thresholds=(
        Threshold(
            "age",
            lambda level: [person(level.born), *FITTING],
            state(TOPIC),
            ("lumbar-stenosis-too-young", STENOSIS, STENOSIS),
        ),
        Threshold(
            "features",
            lambda level: [*WALKING, *(told(feature) for feature in FEATURES[: level.count])],
            state(TOPIC),
            ("lumbar-stenosis-silent", STENOSIS, STENOSIS),
        ),
        # Older than 70, in completed years.
        Threshold(
            "age_for",
            lambda level: [person(birth_date(level.count)), *FITTING],
            notes(TOPIC, "age-for"),
            (False, False, True),
        ),
        Threshold(
            "age_against",
            lambda level: [person(level.born), *FITTING],
            notes(TOPIC, "age-against"),
            (True, False, False),
        ),
    ),
)
