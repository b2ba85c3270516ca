"""Superficial vein thrombosis of the leg: rows O2 and O3, rulings 34 and 36."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Note, first_match
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.emergency import vascular_emergency
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.limb.onset import recent
from cds_service.clinical.needs import Needs
from cds_service.clinical.pregnancy import read_pregnancy
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.wells_history import active_cancer, previous_dvt

ID = "superficial_vein_thrombosis"
SUPPLIES = frozenset({"leg"})
NOTES = frozenset({"depth-not-stated"})
NEEDS = Needs(
    windows=frozenset({"thrombosis"}),
    groups=frozenset({"above_knee", "depth_unknown_codes", "emergencies", "pregnancy_codes"}),
)

_THROMBOSIS = "svt"
_HIGH = "svt_high"
_EMBOLISM = "reader:pe_diagnosis"
_DVT = "dvt"


@dataclass(frozen=True, slots=True)
class Vein:
    """One leg as the rows see it; `risks` are what makes the thrombosis high-risk."""

    thrombosis: Finding | None
    risks: tuple[Finding, ...]
    emergency: bool

    @property
    def high(self) -> bool:
        """A thrombosis surely superficial, with a risk (ruling 34: depth unknown is never O2)."""
        return self.thrombosis is not None and bool(self.risks)


PREDICATES: Mapping[str, Callable[[Vein], bool]] = {
    "O-emergency": lambda vein: vein.emergency and vein.thrombosis is not None,
    "O2": lambda vein: vein.high,
    "O3": lambda vein: vein.thrombosis is not None,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment, none without a recent thrombosis."""
    rules, dvt = book.topics[ID], book.topics[_DVT]
    table = rules.table("O")
    emergency = vascular_emergency(earlier, rules)
    verdicts = []
    for leg in LEGS:
        found = _thrombosis(findings, rules, leg)
        risks = _risks(findings, rules, dvt, found) if found else ()
        row = first_match(table, PREDICATES, Vein(found, risks, emergency))
        if found and row:
            verdicts.append(Verdict(leg, row, (found, *risks)))
    verdict = joined(verdicts, table)
    if verdict is None:
        return ()
    return (
        Assessment(
            topic=ID,
            row=verdict.row,
            side=verdict.leg,
            values={"leg": verdict.leg},
            notes=_notes(verdict, rules),
            findings=verdict.findings,
            missing=_missing(findings, dvt, verdict),
        ),
    )


def _missing(findings: Findings, dvt: TopicRules, verdict: Verdict) -> tuple[str, ...]:
    """The risks that nobody recorded, where none is present."""
    if len(verdict.findings) > 1:
        return ()
    side = verdict.leg if verdict.leg.one_sided else None
    risks = (findings.of(_HIGH, side), active_cancer(findings, dvt), previous_dvt(findings, dvt))
    return tuple(risk.id for risk in risks if risk.unknown)


def _thrombosis(findings: Findings, rules: TopicRules, leg: Side) -> Finding | None:
    """Present on this leg and begun within the window; chronic or re-recorded ones are not."""
    window = rules.windows["thrombosis"]
    entries = tuple(
        dict.fromkeys(
            s
            for name in (_THROMBOSIS, _HIGH)
            if (found := findings.of(name, leg, window=window)).present
            for s in found.evidence
            if recent(findings, name, s, window)
        )
    )
    if not entries:
        return None
    return Finding(_THROMBOSIS, Status.PRESENT, entries[0].side, entries)


def _risks(
    findings: Findings, rules: TopicRules, dvt: TopicRules, found: Finding
) -> tuple[Finding, ...]:
    """Site, length or junction as answered, pregnancy, cancer, earlier thrombosis."""
    superficial = tuple(s for s in found.evidence if _surely_superficial(s, rules))
    if not superficial:
        return ()
    answered = tuple(s for s in superficial if s.finding == _HIGH or _above_knee(s, rules))
    risks = [Finding(_HIGH, Status.PRESENT, answered[0].side, answered)] if answered else []
    risks += _pregnant(findings, rules, dvt, superficial)
    history = (active_cancer(findings, dvt), previous_dvt(findings, dvt), _embolism(findings))
    return (*risks, *(item for item in history if item and item.present))


def _surely_superficial(statement: Statement, rules: TopicRules) -> bool:
    return not _coded(statement, rules.groups["depth_unknown_codes"])


def _above_knee(statement: Statement, rules: TopicRules) -> bool:
    return bool({f"site:{site}" for site in statement.sites} & set(rules.groups["above_knee"]))


def _coded(statement: Statement, codes: tuple[str, ...]) -> bool:
    return any(code.rpartition("|")[-1] in codes for code in statement.codes)


def _pregnant(
    findings: Findings, rules: TopicRules, dvt: TopicRules, entries: tuple[Statement, ...]
) -> list[Finding]:
    """Pregnant or in the puerperium, by the record or by the thrombosis's own code."""
    pregnancy = read_pregnancy(findings, dvt)
    days = pregnancy.postpartum_days
    puerperal = days is not None and days <= dvt.windows["postpartum"].days
    coded = tuple(s for s in entries if _coded(s, rules.groups["pregnancy_codes"]))
    if not (pregnancy.pregnant or puerperal or coded):
        return []
    name = "pp_days" if puerperal and not pregnancy.pregnant else "pregnant"
    return [Finding(name, Status.PRESENT, evidence=pregnancy.evidence or coded)]


def _embolism(findings: Findings) -> Finding | None:
    """A pulmonary embolism on record at any time."""
    entries = tuple(
        s
        for s in findings.statements(_EMBOLISM)
        if s.status is Status.PRESENT and not (s.suspected or s.preliminary)
    )
    return Finding(_EMBOLISM, Status.PRESENT, evidence=entries) if entries else None


def _notes(verdict: Verdict, rules: TopicRules) -> tuple[Note, ...]:
    entries = verdict.findings[0].evidence
    unknown = not any(_surely_superficial(s, rules) for s in entries)
    return (Note("depth-not-stated"),) if unknown else ()
