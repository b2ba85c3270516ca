"""Spinal metastasis: row 3 of musculoskeletal.md §2.2."""

from tests.property.edges.probe import Probes, Window, state
from tests.property.entries import LONG_AGO, problem, told

CANCER = problem("Z85.3", recorded=LONG_AGO)

PROBES = Probes(
    windows=(
        Window(
            "new_pain",
            lambda edge: [CANCER, told("low_back_pain", since=edge.at)],
            state("spinal_metastasis"),
            inside="spinal-metastasis-check",
            outside=None,
        ),
    ),
)
