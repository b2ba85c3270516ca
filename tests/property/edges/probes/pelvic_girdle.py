"""Pelvic girdle: musculoskeletal.md §2.7 with ruling 53; the score of the leg raise from §1.2."""

from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import measured, person, told

TOPIC = "pelvic_girdle"
EXAMINE, CONTINUE = "pelvic-girdle-examine", "pelvic-girdle-continue"
SUPPORTED = "pelvic-girdle-supported"
OTHERS = ("sij_faber", "sij_gaenslen", "ldl_palpation", "symphysis_palpation")
PAIN, PREGNANT = told("posterior_pelvic_pain", side="L"), told("pregnant")

PROBES = Probes(
    thresholds=(
        Threshold(
            "adult_age",
            lambda level: [person(level.born), PAIN, PREGNANT],
            state(TOPIC),
            (None, EXAMINE, EXAMINE),
        ),
        Threshold(
            "others_positive",
            lambda level: [PAIN, PREGNANT, *(told(t, side="L") for t in OTHERS[: level.count])],
            state(TOPIC),
            (CONTINUE, SUPPORTED, SUPPORTED),
        ),
        # One other test is positive: the leg raise decides whether there are two.
        Threshold(
            "leg_raise_score",
            lambda level: [
                PAIN,
                PREGNANT,
                told("sij_faber", side="L"),
                measured("aslr", level.number, side="L"),
            ],
            state(TOPIC),
            (CONTINUE, SUPPORTED, SUPPORTED),
        ),
    ),
    windows=(
        Window(
            "after_delivery",
            lambda edge: [PAIN, told("postpartum_24m", edge.at)],
            state(TOPIC),
            inside=EXAMINE,
            outside=None,
        ),
    ),
)
