"""Acute compartment syndrome of the leg: table E, row E4, at any age.

Pulses are not used: they are normally present. An unknown cause is not an absent one (ruling 18).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, distinct, first_match
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.limb.onset import recent
from cds_service.clinical.limb.treatment import in_surgical_hands
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.folded import folded_findings
from cds_service.clinical.venous.treatment import read_anticoagulation

ID = "compartment_syndrome"
SUPPLIES = frozenset({"leg", "signs"})
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    thresholds=frozenset({"delta_pressure", "signs_without_cause"}),
    windows=frozenset({"diagnosis", "exam_sign", "injury", "pressure_series", "treated"}),
    groups=frozenset({"cardinal", "causes", "hematoma", "treatments"}),
)

_DIAGNOSIS = "acs"
_PRESSURE = "delta_pressure"
_DVT = "dvt"


@dataclass(frozen=True, slots=True)
class Compartment:
    """One leg as the rows see it."""

    side: Side
    findings: Findings
    rules: TopicRules
    causes: tuple[Finding, ...]
    signs: tuple[Finding, ...]
    pressure: Finding | None
    diagnosis: Finding | None

    @property
    def cardinal(self) -> tuple[Finding, ...]:
        """Cardinal signs, a low pressure difference among them."""
        return (*self.signs, *((self.pressure,) if self.pressure else ()))

    @property
    def suspected(self) -> bool:
        """Any of the four ways into the row."""
        enough = len(self.cardinal) >= self.rules.thresholds["signs_without_cause"]
        caused = bool(self.causes and self.cardinal)
        return caused or enough or self.pressure is not None or self.diagnosis is not None

    @property
    def treated(self) -> bool:
        """In surgical hands already."""
        return in_surgical_hands(self.findings, self.rules, self.side)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Diagnosis, cardinal signs and causes."""
        return (*((self.diagnosis,) if self.diagnosis else ()), *self.cardinal, *self.causes)


PREDICATES: Mapping[str, Callable[[Compartment], bool]] = {
    "E4-treated": lambda leg: leg.suspected and leg.treated,
    "E4": lambda leg: leg.suspected and bool(leg.cardinal),
    "E4-diagnosis": lambda leg: leg.suspected,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; a DVT question of the same leg is folded into its card."""
    rules = book.topics[ID]
    del earlier
    table = rules.table("E")
    verdicts = [
        Verdict(side, row, leg.reasons)
        for side in LEGS
        if (row := first_match(table, PREDICATES, leg := _read(findings, rules, side)))
    ]
    verdict = joined(verdicts, table)
    if verdict is None:
        return ()
    folded = folded_findings(findings, book.topics[_DVT], verdict.leg)
    return (
        Assessment(
            topic=ID,
            row=verdict.row,
            side=verdict.leg,
            values={"leg": verdict.leg, "signs": Names(_signs_named(verdict, rules))},
            findings=distinct((*verdict.findings, *folded)),
            missing=_missing(verdict, findings, rules),
        ),
    )


def _read(findings: Findings, rules: TopicRules, leg: Side) -> Compartment:
    lately = rules.windows["exam_sign"]
    signs = tuple(
        found
        for name in rules.groups["cardinal"]
        if (found := findings.of(name, leg, window=lately)).present
        and not all(s.elsewhere for s in found.evidence)
    )
    return Compartment(
        side=leg,
        findings=findings,
        rules=rules,
        causes=_causes(findings, rules, leg),
        signs=signs,
        pressure=_pressure(findings, rules, leg),
        diagnosis=_recent(findings, rules, _DIAGNOSIS, leg, "diagnosis"),
    )


def _causes(findings: Findings, rules: TopicRules, leg: Side) -> tuple[Finding, ...]:
    """Injury, operation, cast or reperfusion of this leg; a bruised calf when anticoagulated."""
    names = rules.groups["causes"]
    if read_anticoagulation(findings).status is Status.PRESENT:
        names = (*names, *rules.groups["hematoma"])
    return tuple(
        found for name in names if (found := _recent(findings, rules, name, leg, "injury"))
    )


def _recent(
    findings: Findings, rules: TopicRules, name: str, leg: Side, window: str
) -> Finding | None:
    """Present on this leg and begun within the window; an old injury noted again is not new."""
    span = rules.windows[window]
    found = findings.of(name, leg, window=span)
    fresh = tuple(s for s in found.evidence if recent(findings, name, s, span))
    if not (found.present and fresh):
        return None
    return Finding(name, Status.PRESENT, fresh[0].side, fresh)


def _pressure(findings: Findings, rules: TopicRules, leg: Side) -> Finding | None:
    """The lowest value of the newest series, since one leg has several compartments."""
    window = rules.windows["exam_sign"]
    measured = findings.measurements(_PRESSURE, leg, window=window, doubtful=True)
    if not measured or measured[0].noted is None:
        return None
    newest = measured[0].noted.last
    low = tuple(
        s
        for s in measured
        if s.noted is not None
        and newest - s.noted.last <= rules.windows["pressure_series"]
        and _below(s, rules.thresholds["delta_pressure"])
    )
    return Finding(_PRESSURE, Status.PRESENT, low[0].side, low) if low else None


def _below(statement: Statement, limit: float) -> bool:
    """A bound decides only on its own side: `<30` is below 30, `>20` says nothing."""
    quantity = statement.quantity
    if quantity is None or quantity.comparator.startswith(">"):
        return False
    return quantity.value < limit or (quantity.comparator == "<" and quantity.value == limit)


def _signs_named(verdict: Verdict, rules: TopicRules) -> tuple[str, ...]:
    told = {finding.id for finding in verdict.findings}
    return tuple(name for name in (*rules.groups["cardinal"], _PRESSURE) if name in told)


def _missing(verdict: Verdict, findings: Findings, rules: TopicRules) -> tuple[str, ...]:
    """Cardinal signs that nobody recorded on this leg."""
    side = verdict.leg if verdict.leg.one_sided else None
    told = set(_signs_named(verdict, rules))
    lately = rules.windows["exam_sign"]
    if findings.measurements(_PRESSURE, side, window=lately, doubtful=True):
        told.add(_PRESSURE)
    names = (name for name in (*rules.groups["cardinal"], _PRESSURE) if name not in told)
    return tuple(name for name in names if findings.of(name, side).unknown)
