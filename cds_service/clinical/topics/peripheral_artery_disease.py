"""Peripheral artery disease: rows O1 and O4 to O7, with rulings 6, 18, 40 and 49."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Note, Value, distinct, first_match
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.emergency import vascular_emergency
from cds_service.clinical.limb.onset import stated
from cds_service.clinical.limb.pressure_index import PressureIndex, pressure_indices
from cds_service.clinical.limb.treatment import in_surgical_hands
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side

ID = "peripheral_artery_disease"
SUPPLIES = frozenset({"abi", "leg", "side"})
NOTES = frozenset({"other-side-stiff"})
NEEDS = Needs(
    thresholds=frozenset({"abi_low", "abi_stiff", "adult_age"}),
    windows=frozenset({"chronic", "treated"}),
    groups=frozenset({"emergencies", "threat_coded", "threat_signs", "treatments"}),
)

_PAIN = "exertional_calf_pain"
_DISEASE = "pad_known"
_INDEX = "abi"


@dataclass(frozen=True, slots=True)
class Arteries:
    """The patient as the rows see it; `index` is the lower side's."""

    findings: Findings
    rules: TopicRules
    threat: tuple[Finding, ...]
    pain: Finding
    indices: tuple[PressureIndex, ...]
    emergency: bool

    @property
    def index(self) -> PressureIndex | None:
        """The lower of both sides, None without a readable one."""
        return self.indices[0] if self.indices else None

    @property
    def known(self) -> bool:
        """Arterial disease on record."""
        return self.findings.present(_DISEASE)

    @property
    def child(self) -> bool:
        """Surely younger than the guideline's patients."""
        age = self.findings.age
        return age is not None and age < self.rules.thresholds["adult_age"]

    @property
    def low(self) -> bool:
        """The lower index meets the threshold of disease."""
        return self.index is not None and self.index.at_most(self.rules.thresholds["abi_low"])

    @property
    def stiff(self) -> bool:
        """The lower index is above the range that can be relied on."""
        return self.index is not None and self.index.above(self.rules.thresholds["abi_stiff"])

    @property
    def treated(self) -> bool:
        """In surgical hands already."""
        return in_surgical_hands(self.findings, self.rules, _leg_of(self.threat))


PREDICATES: Mapping[str, Callable[[Arteries], bool]] = {
    "O-emergency": lambda legs: legs.emergency and (bool(legs.threat) or legs.pain.present),
    "O1-treated": lambda legs: bool(legs.threat) and legs.treated,
    "O1": lambda legs: bool(legs.threat),
    "O4-known": lambda legs: legs.pain.present and legs.known,
    "O4-child": lambda legs: legs.pain.present and legs.child,
    "O4": lambda legs: legs.pain.present and legs.index is None,
    "O5": lambda legs: legs.pain.present and legs.low,
    "O6": lambda legs: legs.pain.present and legs.stiff,
    "O7": lambda legs: legs.pain.present,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment: a threatened limb before the way to a diagnosis."""
    rules = book.topics[ID]
    indices = pressure_indices(findings, rules.windows["abi"])
    arteries = Arteries(
        findings=findings,
        rules=rules,
        threat=_threat(findings, rules, indices),
        pain=findings.of(_PAIN),
        indices=indices,
        emergency=vascular_emergency(earlier, rules),
    )
    row = first_match(rules.table("O"), PREDICATES, arteries)
    if row is None:
        return ()
    side = _leg_of(arteries.threat) if arteries.threat else arteries.pain.side
    return (
        Assessment(
            topic=ID,
            row=row,
            side=side,
            values=_values(arteries, side),
            notes=_notes(arteries),
            findings=_reasons(arteries),
            missing=() if arteries.index else (_INDEX,),
        ),
    )


def _threat(
    findings: Findings, rules: TopicRules, indices: tuple[PressureIndex, ...]
) -> tuple[Finding, ...]:
    """Codes of a threatened limb whatever their age; a sign beside disease unless it is new.

    Only a stated onset makes a sign too new: an unknown duration is not a short one (ruling 18).
    """
    coded = [f for name in rules.groups["threat_coded"] if (f := findings.of(name)).present]
    if coded:
        return tuple(coded)
    low = bool(indices) and indices[0].at_most(rules.thresholds["abi_low"])
    if not (low or findings.present(_DISEASE)):
        return ()
    found = (_lasting(findings, rules, name) for name in rules.groups["threat_signs"])
    return tuple(finding for finding in found if finding)


def _lasting(findings: Findings, rules: TopicRules, name: str) -> Finding | None:
    found = findings.of(name)
    entries = tuple(s for s in found.evidence if _chronic(s, findings, rules))
    if not (found.present and entries):
        return None
    return Finding(name, Status.PRESENT, found.side, entries)


def _chronic(statement: Statement, findings: Findings, rules: TopicRules) -> bool:
    """Present for two weeks: from that day on, to the day or to the instant."""
    onset, as_of = stated(statement), findings.as_of
    return not statement.elsewhere and (
        onset is None or onset.age(as_of) >= rules.windows["chronic"]
    )


def _leg_of(findings: tuple[Finding, ...]) -> Side:
    """The leg they name; both where they name both."""
    sides = {f.side for f in findings} - {Side.UNSPECIFIED}
    if len(sides) > 1:
        return Side.BOTH
    return sides.pop() if sides else Side.UNSPECIFIED


def _values(arteries: Arteries, side: Side) -> Mapping[str, Value]:
    values: dict[str, Value] = {"leg": side}
    if arteries.index:
        values |= {"abi": arteries.index.text, "side": arteries.index.side}
    return values


def _notes(arteries: Arteries) -> tuple[Note, ...]:
    """The lower side decides; a stiff artery of the other side is still told."""
    limit = arteries.rules.thresholds["abi_stiff"]
    other = any(index.above(limit) for index in arteries.indices[1:])
    return (Note("other-side-stiff"),) if other and not arteries.stiff else ()


def _reasons(arteries: Arteries) -> tuple[Finding, ...]:
    pain = (arteries.pain,) if arteries.pain.present else ()
    disease = arteries.findings.of(_DISEASE)
    known = (disease,) if disease.present else ()
    indices = (index.as_finding() for index in arteries.indices)
    return distinct((*arteries.threat, *pain, *known, *indices))
