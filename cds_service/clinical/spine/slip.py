"""A slipped vertebra: never a card of its own, only a line on the cards of root and canal."""

from cds_service.clinical.assessment import Note
from cds_service.clinical.findings import Findings

_KNOWN, _STEP, _SILL = "spondylolisthesis_dx", "step_off_palpation", "low_midline_sill"
NOTES = frozenset({"slip-known", "slip-step", "slip-sill"})


def slip_notes(findings: Findings) -> tuple[Note, ...]:
    """A known slip or a palpable step opens the line; the sill sign only adds its own figures."""
    known, step = findings.present(_KNOWN), findings.present(_STEP)
    sill = (known or step) and findings.present(_SILL)
    said = (("slip-known", known), ("slip-step", step), ("slip-sill", sill))
    return tuple(Note(note) for note, there in said if there)
