"""Sacroiliac joint: musculoskeletal.md §2.6, its clusters W5, L5 and L4."""

from tests.property.edges.probe import Probes, Threshold, concludes, state
from tests.property.entries import SIJ_TESTS, absent, told
from tests.spec.fhir_json import Json

TOPIC = "sij"
# In this order the first two positives leave the best four unmet, the third meets W5.
FIVE = ("sij_gaenslen", "sij_faber", "sij_thigh_thrust", "sij_distraction")
FOUR = ("sij_thigh_thrust", "sij_sacral_thrust", "sij_distraction", "sij_compression")


def _joint(order: tuple[str, ...], positive: int) -> list[Json]:
    """All six tests of the left side, the first ones positive."""
    present = order[:positive]
    rest = (test for test in SIJ_TESTS if test not in present)
    tests = (told(test, side="L") for test in present)
    return [told("buttock_pain", side="L"), *tests, *absent(*rest, side="L")]


PROBES = Probes(
    thresholds=(
        Threshold(
            "cluster_of_five",
            lambda level: _joint(FIVE, level.count),
            state(TOPIC),
            ("sij-unreachable", "sij-supported", "sij-supported"),
        ),
        Threshold(
            "cluster_of_four",
            lambda level: _joint(FOUR, level.count),
            concludes(TOPIC, "sij-two-of-four", "sij-supported"),
            (False, True, True),
        ),
    ),
)
