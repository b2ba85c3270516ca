"""Axial spondyloarthritis: table AX, the referral criteria counted with what is still unknown."""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, Names, Note, Value, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook
from cds_service.clinical.spine.inflammatory import BackPain, read_back_pain

ID = "axial_spa"
NOTES = frozenset({"began", "first-recorded"})
NEEDS = Needs(
    thresholds=frozenset({"early_onset_age", "features", "features_with_hla_b27", "onset_age"}),
    windows=frozenset({"lasting"}),
    groups=frozenset({"complaint", "features", "hard_facts"}),
)
SUPPLIES = frozenset({"finding", "positive"})

PREDICATES: Mapping[str, Callable[[BackPain], bool]] = {
    "AX1": lambda back: back.known,
    "AX2": lambda back: back.enough,
    "AX2-hla-b27": lambda back: back.hla_b27_decides and back.hla_b27.present,
    "AX3": lambda back: back.hla_b27_decides and back.hla_b27.unknown,
    "AX4": lambda back: back.reachable and bool(back.hard),
    "AX5": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """One assessment where the disease is known, or pain began young and has lasted."""
    rules = book.topics[ID]
    del earlier
    back = read_back_pain(findings, rules)
    if not back.known and not (back.young.present and back.lasting):
        return ()
    row = first_match(rules.rows, PREDICATES, back)
    return (_assessment(back, row),) if row else ()


def _assessment(back: BackPain, row: Row) -> Assessment:
    values: dict[str, Value] = {
        "finding": Names(tuple(fact.id for fact in back.hard), present=True),
        "positive": back.count,
    }
    return Assessment(
        topic=ID,
        row=row,
        values=values,
        notes=_notes(back),
        findings=_reasons(back),
        missing=_missing(back),
    )


def _notes(back: BackPain) -> tuple[Note, ...]:
    if back.began is None:
        return ()
    note = "began" if back.began.stated else "first-recorded"
    return (Note(note, {"date": back.began.when}),)


def _missing(back: BackPain) -> tuple[str, ...]:
    """The features not recorded, and the blood test first where it decides."""
    met = back.enough or (back.hla_b27_decides and back.hla_b27.present)
    if back.known or met:
        return ()
    asked = back.hla_b27_decides and back.hla_b27.unknown
    return (back.hla_b27.id, *back.open) if asked else back.open


def _reasons(back: BackPain) -> tuple[Finding, ...]:
    known = back.findings.of("axspa_known")
    features = (feature for feature in back.features.values() if not feature.unknown)
    entries = (*back.here, known, back.young, *features, back.hla_b27, *back.hard)
    unique = {found.id: found for found in entries if not found.unknown}
    return tuple(unique.values())
