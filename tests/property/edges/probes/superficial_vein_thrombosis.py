"""Superficial vein thrombosis: row O3 of vascular.md §2.4 with ruling 36."""

from tests.property.edges.probe import Probes, Window, state
from tests.property.entries import told

PROBES = Probes(
    windows=(
        Window(
            "thrombosis",
            lambda edge: [told("svt", edge.at, side="L")],
            state("superficial_vein_thrombosis"),
            inside="svt",
            outside=None,
        ),
    ),
)
