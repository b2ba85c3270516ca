"""Lumbar radiculopathy: table RAD for the painful side, and the imaging sub-table as a note."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, Value, first_match, otherwise
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Findings
from cds_service.clinical.moment import Moment, latest
from cds_service.clinical.rulebook import Rulebook, Tier, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits

ID = "radiculopathy"
SUPPLIES = frozenset({"leg", "missing"})
NOTES = frozenset(
    [
        "imaging-follow-emergency",
        "imaging-prior-surgery",
        "imaging-early",
        "imaging-persistent",
        "imaging-otherwise",
        "cauda-equina-questions",
        "side-not-recorded",
        "other-side",
        "longstanding-deficit",
        "back-pain-not-recorded",
        "longstanding-incontinence",
        "safety-net",
    ]
)

_KNOWN = "radiculopathy_known_managed"
_ANY_SIDE = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Root:
    """One side as the rows see it: the four items and the supporting features."""

    side: Side
    findings: Findings
    rules: TopicRules
    items: Mapping[str, Finding]

    @property
    def deficit(self) -> bool:
        """An asymmetric motor, reflex or sensory deficit."""
        return any(item.present for name, item in self.items.items() if name != "slr")

    @property
    def features(self) -> tuple[Finding, ...]:
        """Supporting features recorded present."""
        return tuple(
            found
            for name in self.rules.groups["features"]
            if (found := self.findings.of(name, self.side)).present
        )

    @property
    def several_features(self) -> bool:
        """As many features as the table asks for."""
        return len(self.features) >= self.rules.thresholds["features"]

    @property
    def crossed(self) -> Finding:
        """Crossed straight-leg raise for the painful leg."""
        return self.findings.of("crossed_slr", self.side)

    @property
    def recorded(self) -> int:
        """How many of the four items are recorded."""
        return sum(not item.unknown for item in self.items.values())

    @property
    def known_and_stable(self) -> bool:
        """Under care, same side, and nothing new after that (ruling 29)."""
        managed = _managed_since(self)
        if managed is None or self.findings.present("worsening_14d"):
            return False
        new = (*(i for name, i in self.items.items() if name != "slr"), self.crossed)
        return not any(
            item.present and item.noted is not None and item.noted.strictly_after(managed)
            for item in new
        )


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
    roots = [_read_root(findings, rules, side) for side in _sides(findings, rules)]
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
            notes=_notes(root, other, earlier),
            findings=_reasons(root),
            missing=missing,
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
    named = {
        statement.side
        for name in (*rules.groups["leg_pain"], "radicular_pain")
        for leg in _ANY_SIDE
        if (found := findings.of(name, leg)).present
        for statement in found.evidence
    }
    legs = tuple(leg for leg in _ANY_SIDE if leg in named or Side.BOTH in named)
    return legs or _tested_sides(findings, rules) or (Side.UNSPECIFIED,)


def _tested_sides(findings: Findings, rules: TopicRules) -> tuple[Side, ...]:
    """Pain without a side is assessed on the sides that were examined."""
    tested = {
        statement.side
        for name in rules.groups["tests"]
        for statement in findings.statements(name)
        if statement.side.one_sided
    }
    return tuple(leg for leg in _ANY_SIDE if leg in tested)


def _read_root(findings: Findings, rules: TopicRules, side: Side) -> Root:
    items = {
        "slr": findings.of("slr", side),
        deficits.MOTOR: _certain(deficits.motor(findings, side)),
        deficits.REFLEX: deficits.reflexes(findings, side),
        deficits.SENSORY: deficits.sensation(findings, side),
    }
    return Root(side, findings, rules, items)


def _certain(finding: Finding) -> Finding:
    """Support needs a definite entry; a doubtful one counts for the emergencies only."""
    doubtful = all(s.preliminary or s.suspected for s in finding.evidence)
    if finding.present and doubtful:
        return Finding(finding.id, Status.UNKNOWN, finding.side, finding.evidence)
    return finding


def _managed_since(root: Root) -> Moment | None:
    """When the known radiculopathy was last imaged or referred; None when it was not."""
    answered = root.findings.of(_KNOWN, root.side)
    if answered.present:
        return answered.noted
    conditions = [
        s
        for s in root.findings.statements("radicular_pain")
        if s.source.startswith("Condition/")
        and s.status is Status.PRESENT
        and s.side.covers(root.side)
        and s.current is not False
        and not s.suspected
    ]
    managed = _imaged_or_referred(root) if conditions else None
    began = root.findings.onset("radicular_pain")
    return managed if managed and (began is None or managed.not_before(began)) else None


def _imaged_or_referred(root: Root) -> Moment | None:
    """Spinal MRI within 12 months, or spinal or physiotherapy referral within 6 (ruling 29)."""
    findings, rules = root.findings, root.rules
    imaged = (
        study.done
        for study in findings.facts.studies
        if "reader:spine_mri" in study.kinds
        and study.done
        and study.done.within(rules.windows["known_mri"], findings.as_of)
    )
    referred = (
        order.authored
        for order in findings.facts.orders
        if order.kinds & set(rules.groups["care_orders"])
        and order.placed
        and order.authored
        and order.authored.within(rules.windows["known_referral"], findings.as_of)
    )
    return latest(*imaged, *referred)


def _notes(root: Root, other: Root | None, earlier: tuple[Assessment, ...]) -> tuple[Note, ...]:
    findings, rules = root.findings, root.rules
    notes = [Note(_imaging(root, earlier))]
    open_questions = tuple(
        name for name in rules.groups["cauda_equina_questions"] if findings.of(name).unknown
    )
    if open_questions:
        notes.append(Note("cauda-equina-questions", {"names": Names(open_questions)}))
    if all(findings.of(name).unknown for name in rules.groups["back_pain"]):
        notes.append(Note("back-pain-not-recorded"))
    if findings.present("motor_longstanding_stable"):
        notes.append(Note("longstanding-deficit"))
    if not root.side.one_sided:
        notes.append(Note("side-not-recorded"))
    if other is not None:
        notes.append(Note("other-side", {"leg": other.side}))
    if any(a.state == "cauda-equina-longstanding" for a in earlier):
        notes.append(Note("longstanding-incontinence"))
    notes.append(Note("safety-net"))
    return tuple(notes)


def _imaging(root: Root, earlier: tuple[Assessment, ...]) -> str:
    """The row of the imaging sub-table, as the id of its sentence."""
    findings, rules = root.findings, root.rules
    if any(a.card and a.tier in (Tier.EMERGENCY, Tier.URGENT) for a in earlier):
        return "imaging-follow-emergency"
    operated = findings.any_present(rules.groups["lumbar_surgery"])
    if operated and (root.deficit or findings.present("worsening_14d")):
        return "imaging-prior-surgery"
    began = findings.onset(*rules.groups["leg_pain"], "radicular_pain")
    if began is None or began.within(rules.windows["early"], findings.as_of):
        return "imaging-early"
    return "imaging-persistent" if root.deficit or root.several_features else "imaging-otherwise"


def _reasons(root: Root) -> tuple[Finding, ...]:
    findings, rules = root.findings, root.rules
    pain = (
        findings.of(name, root.side)
        for name in (*rules.groups["leg_pain"], "radicular_pain", *rules.groups["back_pain"])
    )
    tests = (*root.items.values(), root.crossed)
    entries = [f for f in (*pain, *tests) if not f.unknown] + list(root.features)
    unique = {(f.id, f.status): f for f in entries}
    return tuple(unique.values())
