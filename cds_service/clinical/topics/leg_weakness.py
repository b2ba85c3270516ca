"""Acute leg weakness: table MOT, with rulings 16, 17 and 56."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, first_match, otherwise
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook, Tier, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine.block import Block, read_block
from cds_service.clinical.spine.deficits import MOTOR
from cds_service.clinical.spine.weakness import Weakness, read_weakness
from cds_service.clinical.venous.treatment import read_anticoagulation

ID = "leg_weakness"
SUPPLIES = frozenset({"leg", "grade"})
NOTES = frozenset({"cauda-equina-questions", "foot-drop", "longstanding-progressive", "other-leg"})
NEEDS = Needs(
    thresholds=frozenset({"severe_grade", "full_power", "grade_drop"}),
    windows=frozenset({"recent", "progression", "block", "block_wears_off"}),
    groups=frozenset({"foot_drop_codes", "handled_by", "questions", "rank"}),
)

_LEGS = (Side.LEFT, Side.RIGHT)
_ANTICOAGULANT = "anticoag"


@dataclass(frozen=True, slots=True)
class Leg:
    """One weak leg as the rows see it; `alone` tells that the other one is not weak."""

    weakness: Weakness
    alone: bool
    block: Block
    findings: Findings
    rules: TopicRules
    earlier: tuple[Assessment, ...]

    @property
    def severe(self) -> bool:
        """MRC 3 or less, not documented as old."""
        grade = self.weakness.grade
        weak = grade is not None and grade <= self.rules.thresholds["severe_grade"]
        return weak and not self.weakness.longstanding

    @property
    def recent(self) -> bool:
        """Began within 14 days, or nobody knows when."""
        onset = self.weakness.onset
        return onset is None or onset.within(self.rules.windows["recent"], self.findings.as_of)

    @property
    def ungraded(self) -> bool:
        """Recorded without a grade and not documented as old."""
        return self.weakness.grade is None and not self.weakness.longstanding

    @property
    def after_block(self) -> bool:
        """A peripheral block explains it."""
        return self.block.explains

    @property
    def may_bleed(self) -> bool:
        """It came after a block or a spinal procedure, and no block explains it (ruling 17)."""
        return bool(self.block.procedures) and not self.block.explains


PREDICATES: Mapping[str, Callable[[Leg], bool]] = {
    "M1": lambda leg: any(a.card in leg.rules.groups["handled_by"] for a in leg.earlier),
    "M3": lambda leg: leg.after_block,
    "M4": lambda leg: (
        leg.weakness.progressive.present or (leg.severe and leg.recent) or leg.may_bleed
    ),
    "M-ungraded": lambda leg: leg.ungraded and leg.recent,
    "M5": lambda leg: leg.severe,
    "M6": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """The more urgent of the weak legs; none where no weakness is recorded."""
    rules = book.topics[ID]
    weak = [w for side in _LEGS if (w := read_weakness(findings, rules, side))]
    alone = not _both_named(weak)
    legs = [
        Leg(w, alone, read_block(findings, rules, w, alone=alone), findings, rules, earlier)
        for w in weak
    ]
    table = rules.table("MOT")
    decided = [(leg, row) for leg in legs if (row := first_match(table, PREDICATES, leg))]
    if not decided:
        return ()
    rank = rules.groups["rank"]
    decided.sort(key=lambda pair: (rank.index(pair[1].state), not _named(pair[0].weakness)))
    return (_assessment(*decided[0], others=[leg for leg, _ in decided[1:]]),)


def _named(weakness: Weakness) -> bool:
    """Whether an entry or a grade names this leg; those without a side fit either."""
    entries = (*weakness.finding.evidence, *weakness.graded)
    return any(entry.side is weakness.side for entry in entries)


def _both_named(weak: list[Weakness]) -> bool:
    named = {s.side for w in weak for s in w.finding.evidence}
    return Side.BOTH in named or named >= set(_LEGS)


def _assessment(leg: Leg, row: Row, others: list[Leg]) -> Assessment:
    weakness, findings = leg.weakness, leg.findings
    side = weakness.finding.side
    questions = tuple(n for n in leg.rules.groups["questions"] if findings.of(n).unknown)
    reasons = (weakness.finding, *_grade(weakness), *_begun(weakness), *leg.block.procedures)
    if weakness.progressive.present:
        reasons = (*reasons, weakness.progressive)
    if row.tier is Tier.EMERGENCY or row.told_by:  # an emergency's card tells it then
        reasons = (*reasons, *_anticoagulants(findings))
    return Assessment(
        topic=ID,
        row=row,
        side=side,
        values={"leg": side, "grade": Names((_graded(weakness),))},
        notes=_notes(leg, questions, others),
        findings=reasons,
        missing=questions,
    )


def _grade(weakness: Weakness) -> tuple[Finding, ...]:
    """The newest grade, where the finding itself does not show it."""
    if not weakness.graded or weakness.graded[0] in weakness.finding.evidence:
        return ()
    return (Finding("mrc", Status.PRESENT, weakness.side, weakness.graded[:1]),)


def _begun(weakness: Weakness) -> tuple[Finding, ...]:
    """The entry that says since when, where the finding itself does not show it."""
    if not weakness.dated or set(weakness.dated) & set(weakness.finding.evidence):
        return ()
    return (Finding(MOTOR, Status.PRESENT, weakness.side, weakness.dated[:1]),)


def _graded(weakness: Weakness) -> str:
    """The weakest grade as a term of the content: measured, by a foot-drop code, or none."""
    if weakness.graded and weakness.grade is not None:
        return f"mrc={weakness.grade:g}"
    return "grade_by_code" if weakness.grade is not None else "grade_missing"


def _anticoagulants(findings: Findings) -> tuple[Finding, ...]:
    """What makes an epidural hematoma possible is told with the weakness (ruling 17)."""
    treated = read_anticoagulation(findings)
    drugs = treated.medications if treated.status is Status.PRESENT else ()
    return tuple(
        Finding(
            _ANTICOAGULANT,
            Status.PRESENT,
            evidence=(
                Statement(
                    _ANTICOAGULANT, Status.PRESENT, drug.source, drug.label, noted=drug.since
                ),
            ),
        )
        for drug in drugs
    )


def _notes(leg: Leg, questions: tuple[str, ...], others: list[Leg]) -> tuple[Note, ...]:
    said = []
    if questions:
        said.append(Note("cauda-equina-questions"))
    if leg.weakness.grade is not None and not leg.weakness.graded:
        said.append(Note("foot-drop"))
    if leg.weakness.longstanding and leg.weakness.progressive.present:
        said.append(Note("longstanding-progressive"))
    if others and not leg.alone:
        said.append(Note("other-leg", {"leg": others[0].weakness.side}))
    return tuple(said)
