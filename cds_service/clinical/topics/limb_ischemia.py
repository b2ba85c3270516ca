"""Acute limb ischemia: table E, row E3, at any age and without a pain finding.

Two of the six Ps on one leg, one of them pulseless, pale or cold, or the diagnosis itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, distinct, first_match
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.limb.onset import recent, stated
from cds_service.clinical.limb.treatment import in_surgical_hands
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.folded import folded_findings

ID = "limb_ischemia"
SUPPLIES = frozenset({"leg", "signs"})
NOTES = frozenset({"deficit", "pulse-of-unknown-age"})
NEEDS = Needs(
    thresholds=frozenset({"signs"}),
    windows=frozenset({"onset", "treated"}),
    groups=frozenset(
        {"aortic_codes", "chronic", "decisive", "motor", "pain", "sensory", "treatments"}
    ),
)

_DIAGNOSIS = "ali"
_ARTERIAL_DISEASE = "pad_known"
_DVT = "dvt"


@dataclass(frozen=True, slots=True)
class Limb:
    """One leg as the rows see it: its acute signs and diagnoses."""

    side: Side
    findings: Findings
    rules: TopicRules
    signs: tuple[Finding, ...]
    diagnosis: Finding | None

    @property
    def by_signs(self) -> bool:
        """Two of the six Ps, one of them pulseless, pale or cold."""
        decisive = self.rules.groups["decisive"]
        enough = len(self.signs) >= self.rules.thresholds["signs"]
        return enough and any(sign.id in decisive for sign in self.signs)

    @property
    def suspected(self) -> bool:
        """By signs or by diagnosis."""
        return self.by_signs or self.diagnosis is not None

    @property
    def treated(self) -> bool:
        """In surgical hands already."""
        return in_surgical_hands(self.findings, self.rules, self.side)

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """Diagnosis and signs."""
        return (*((self.diagnosis,) if self.diagnosis else ()), *self.signs)


PREDICATES: Mapping[str, Callable[[Limb], bool]] = {
    "E3-treated": lambda limb: limb.suspected and limb.treated,
    "E3": lambda limb: limb.by_signs,
    "E3-diagnosis": lambda limb: limb.suspected,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; a DVT question of the same leg is folded into its card."""
    rules = book.topics[ID]
    del earlier
    table = rules.table("E")
    verdicts = [
        Verdict(leg, row, limb.reasons)
        for leg in LEGS
        if (row := first_match(table, PREDICATES, limb := _read(findings, rules, leg)))
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
            values={
                "leg": verdict.leg,
                "signs": Names(tuple(dict.fromkeys(f.id for f in verdict.findings))),
            },
            notes=_notes(verdict, findings, rules),
            findings=distinct((*verdict.findings, *folded)),
            missing=_missing(verdict, findings, rules),
        ),
    )


def _read(findings: Findings, rules: TopicRules, leg: Side) -> Limb:
    groups = rules.groups
    decisive = tuple((name,) for name in groups["decisive"])
    signs = tuple(
        sign
        for members in (*decisive, groups["pain"], groups["sensory"], groups["motor"])
        if (sign := _first_acute(findings, rules, members, leg))
    )
    return Limb(leg, findings, rules, signs, _diagnosis(findings, rules, leg, signed=bool(signs)))


def _first_acute(
    findings: Findings, rules: TopicRules, names: tuple[str, ...], leg: Side
) -> Finding | None:
    """The first of several names for one P that is present on this leg and acute."""
    for name in names:
        found = findings.of(name, leg, window=rules.windows["onset"])
        acute = tuple(s for s in found.evidence if _acute(findings, rules, name, s))
        if found.present and acute:
            return Finding(name, Status.PRESENT, acute[0].side, acute)
    return None


def _acute(findings: Findings, rules: TopicRules, name: str, statement: Statement) -> bool:
    """Pain and deficits are old only by a stated onset; the other signs also by older records.

    With arterial disease on record an absent pulse of unstated onset is not acute (ruling 49).
    """
    window, onset = rules.windows["onset"], stated(statement)
    if statement.elsewhere:
        return False
    if statement.worse:
        return True
    undated_chronic = onset is None and name in rules.groups["chronic"]
    if undated_chronic and findings.present(_ARTERIAL_DISEASE):
        return False
    if name in rules.groups["decisive"]:
        return recent(findings, name, statement, window)
    return onset is None or onset.within(window, findings.as_of)


def _diagnosis(findings: Findings, rules: TopicRules, leg: Side, *, signed: bool) -> Finding | None:
    """A diagnosis of this leg, or of the aorta beside a leg sign (ruling 18)."""
    window = rules.windows["onset"]
    found = findings.of(_DIAGNOSIS, leg, window=window)
    entries = found.evidence if found.present else ()
    if signed:
        entries += _aortic(findings, rules)
    acute = tuple(dict.fromkeys(s for s in entries if recent(findings, _DIAGNOSIS, s, window)))
    return Finding(_DIAGNOSIS, Status.PRESENT, acute[0].side, acute) if acute else None


def _aortic(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    return tuple(
        s
        for s in findings.statements(_DIAGNOSIS)
        if s.status is Status.PRESENT
        and s.current is not False
        and {code.rpartition("|")[-1] for code in s.codes} & set(rules.groups["aortic_codes"])
    )


def _notes(verdict: Verdict, findings: Findings, rules: TopicRules) -> tuple[Note, ...]:
    found = {finding.id for finding in verdict.findings}
    notes = []
    if found & {*rules.groups["sensory"], *rules.groups["motor"]}:
        notes.append(Note("deficit"))
    side = verdict.leg if verdict.leg.one_sided else None
    chronic = [name for name in rules.groups["chronic"] if findings.present(name, side)]
    if set(chronic) - found and findings.present(_ARTERIAL_DISEASE):
        notes.append(Note("pulse-of-unknown-age"))
    return tuple(notes)


def _missing(verdict: Verdict, findings: Findings, rules: TopicRules) -> tuple[str, ...]:
    """The Ps that nobody recorded on this leg."""
    side = verdict.leg if verdict.leg.one_sided else None
    told = {finding.id for finding in verdict.findings}
    families = [rules.groups[name] for name in ("pain", "sensory", "motor")]
    others = tuple(members[0] for members in families if not told & set(members))
    wanted = (*rules.groups["decisive"], *others)
    return tuple(name for name in wanted if findings.of(name, side).unknown)
