"""Lumbar radiculopathy: table RAD for the painful side, and the imaging sub-table as a note."""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, Names, Value, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import pain, root_notes
from cds_service.clinical.spine.root import Root, read_root

ID = "radiculopathy"
NOTES = root_notes.NOTES
NEEDS = Needs(
    thresholds=frozenset({"features"}),
    windows=frozenset({"early", "known_mri", "known_referral", "pain_scores"}),
    groups=frozenset(
        {
            "back_pain",
            "back_sites",
            "care_orders",
            "cauda_equina_questions",
            "features",
            "leg_pain",
            "leg_sites",
            "lumbar_surgery",
            "neuro_features",
            "sides_rank",
            "tests",
        }
    ),
)
SUPPLIES = frozenset({"leg", "missing"})


PREDICATES: Mapping[str, Callable[[Root], bool]] = {
    "R1": lambda root: root.known_and_stable,
    "R2": lambda root: (
        root.deficit
        or root.crossed.present
        or (root.items["slr"].present and root.several_features)
    ),
    "R3": lambda root: root.recorded == 0,
    "R4": lambda root: root.recorded < len(root.items),
    "R5": lambda root: root.items["slr"].present or root.several_features,
    "R6": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """Assess each painful side; the row that comes first in the file is reported."""
    rules = book.topics[ID]
    if not _opens(findings, rules):
        return ()
    roots = [read_root(findings, rules, side) for side in _sides(findings, rules)]
    decided = [(root, row) for root in roots if (row := first_match(rules.rows, PREDICATES, root))]
    rank = rules.groups["sides_rank"]
    decided.sort(key=lambda pair: rank.index(pair[1].state))
    root, row = decided[0]
    missing = _missing(root)
    alike = len(decided) > 1 and decided[1][1] is row and _missing(decided[1][0]) == missing
    other = decided[1][0] if len(decided) > 1 and not alike else None
    shown = Side.BOTH if alike else root.side
    values: dict[str, Value] = {"leg": shown, "missing": Names(missing)}
    return (
        Assessment(
            topic=ID,
            row=row,
            side=shown,
            values=values,
            notes=root_notes.notes(root, other, earlier),
            findings=_reasons(root),
            missing=missing,
            unknown=tuple(root.items[name] for name in missing),
        ),
    )


def _missing(root: Root) -> tuple[str, ...]:
    return tuple(name for name, item in root.items.items() if item.unknown)


def _opens(findings: Findings, rules: TopicRules) -> bool:
    """Leg pain beyond calf or exertion, unless back and buttock pain are recorded absent."""
    if findings.present("radicular_pain"):
        return True
    if not findings.any_present(rules.groups["leg_pain"]):
        return False
    back = all(findings.of(name).absent for name in rules.groups["back_pain"])
    tested = any(not findings.of(name).unknown for name in rules.groups["tests"])
    return not back or tested or findings.any_present(rules.groups["neuro_features"])


def _sides(findings: Findings, rules: TopicRules) -> tuple[Side, ...]:
    legs = pain.sides(findings, (*rules.groups["leg_pain"], "radicular_pain"))
    return legs or _tested_sides(findings, rules) or (Side.UNSPECIFIED,)


def _tested_sides(findings: Findings, rules: TopicRules) -> tuple[Side, ...]:
    """Pain without a side is assessed on the sides that were examined."""
    tested = {
        statement.side
        for name in rules.groups["tests"]
        for statement in findings.statements(name)
        if statement.side.one_sided
    }
    return tuple(leg for leg in LEGS if leg in tested)


def _reasons(root: Root) -> tuple[Finding, ...]:
    findings, rules = root.findings, root.rules
    complaints = (
        findings.of(name, root.side)
        for name in (*rules.groups["leg_pain"], "radicular_pain", *rules.groups["back_pain"])
    )
    tests = (*root.items.values(), root.crossed)
    entries = [f for f in (*complaints, *tests) if not f.unknown] + list(root.features)
    unique = {(f.id, f.status): f for f in entries}
    return tuple(unique.values())
