"""The gate: musculoskeletal.md §2.0."""

from tests.property.edges.probe import Probes, Threshold, state
from tests.property.entries import person, told

PROBES = Probes(
    thresholds=(
        Threshold(
            "adult_age",
            lambda level: [person(level.born), told("leg_pain", side="L")],
            state("gate"),
            ("child-tables-only", "open", "open"),
        ),
    ),
)
