"""Pelvic girdle pain in pregnancy and after birth: table PGP, each painful side by itself.

Groin pain opens it although it opens no other table (ruling 53), and a chart with groin pain alone
passes no gate; so the table keeps the age limit of the adult tables itself.
"""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, Names, Value, first_match, otherwise
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.side import Side
from cds_service.clinical.spine import girdle_notes, pain
from cds_service.clinical.spine.girdle import Girdle, complaints, expecting, read_girdle

ID = "pelvic_girdle"
NOTES = girdle_notes.NOTES
NEEDS = Needs(
    thresholds=frozenset({"adult_age", "leg_raise_score", "others_positive"}),
    windows=frozenset({"after_delivery"}),
    groups=frozenset(
        {
            "bony_pain_codes",
            "complaint",
            "core",
            "decides_alone",
            "loads_hip",
            "sides_rank",
            "tests",
        }
    ),
)
SUPPLIES = frozenset({"side", "tests"})

PREDICATES: Mapping[str, Callable[[Girdle], bool]] = {
    "PGP1": lambda girdle: not girdle.recorded,
    "PGP2": lambda girdle: girdle.supported,
    "PGP3-complete": lambda girdle: all(test.absent for test in girdle.tests.values()),
    "PGP3": lambda girdle: girdle.core_negative,
    "PGP4-none-left": lambda girdle: not girdle.left_to_do,
    "PGP4": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """Assess each painful side; the more telling one is reported and the other named."""
    rules = book.topics[ID]
    here = complaints(findings, rules)
    why = expecting(findings, rules) if here else ()
    child = findings.age is not None and findings.age < rules.thresholds["adult_age"]
    if child or not why:
        return ()
    sides = pain.assessed_sides(findings, rules.groups["complaint"], rules.groups["tests"])
    girdles = [read_girdle(findings, rules, side) for side in sides]
    decided = [(g, row) for g in girdles if (row := first_match(rules.rows, PREDICATES, g))]
    rank = rules.groups["sides_rank"]
    decided.sort(key=lambda pair: rank.index(pair[1].state))
    girdle, row = decided[0]
    alike = len(decided) > 1 and decided[1][1] is row and not girdle.recorded
    other = decided[1][0] if len(decided) > 1 and not alike else None
    shown = Side.BOTH if alike else girdle.side
    values: dict[str, Value] = {"side": shown, "tests": Names(girdle.left_to_do)}
    return (
        Assessment(
            topic=ID,
            row=row,
            side=shown,
            values=values,
            notes=girdle_notes.notes(girdle, other, earlier),
            findings=(*here, *why, *(t for t in girdle.tests.values() if not t.unknown)),
            missing=girdle.left_to_do,
        ),
    )
