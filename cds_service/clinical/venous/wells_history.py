"""Wells items 1, 2, 3 and 9: what the history says, never scored from a hint."""

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side

_CANCER = "active_cancer"
_PARALYSIS = "paralysis_or_leg_immobilization"
_BED = "bedridden_or_major_surgery"
_PREVIOUS = "previous_dvt"


def active_cancer(findings: Findings, rules: TopicRules) -> Finding:
    """A diagnosis alone is not active cancer: treatment, palliation or recent onset must show."""
    answered = findings.of(_CANCER, window=rules.windows["cancer"])
    answers = tuple(s for s in answered.evidence if _own_answer(s))
    if answers and not answered.unknown:
        return Finding(_CANCER, answers[0].status, Side.UNSPECIFIED, answers)
    diseases = tuple(s for s in cancers_on_record(findings) if not s.suspected)
    evidence = _treatment(findings, rules) + tuple(
        s
        for s in diseases
        if s.source in _sources(findings, "reader:metastatic_cancer")
        or _recent_onset(s, rules, findings)
    )
    if diseases and evidence:
        return Finding(_CANCER, Status.PRESENT, Side.UNSPECIFIED, (*diseases[:1], *evidence))
    return Finding(_CANCER, Status.UNKNOWN, Side.UNSPECIFIED, diseases)


def cancers_on_record(findings: Findings) -> tuple[Statement, ...]:
    """Malignant disease on the problem list, whether or not treatment is visible."""
    return tuple(
        s
        for s in findings.statements(_CANCER)
        if s.status is Status.PRESENT and s.current is not False and not _own_answer(s)
    )


def _own_answer(statement: Statement) -> bool:
    return any(code.endswith(f"|{_CANCER}") for code in statement.codes)


def _treatment(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    window = rules.windows["cancer"]
    procedures = tuple(
        s
        for s in findings.statements("reader:cancer_treatment", "reader:palliative_care")
        if s.status is Status.PRESENT and s.noted and s.noted.within(window, findings.as_of)
    )
    drugs = tuple(
        Statement(_CANCER, Status.PRESENT, drug.source, drug.label, noted=drug.since)
        for drug in findings.facts.medications
        if "reader:cancer_treatment" in drug.uses
        and not (drug.weak or drug.topical)
        and (drug.active or (drug.since and drug.since.within(window, findings.as_of)))
    )
    return procedures + drugs


def _recent_onset(statement: Statement, rules: TopicRules, findings: Findings) -> bool:
    """Onset is the earliest record of the same category, so re-recording is not new (ruling 35)."""
    families = _families(statement)
    began: Moment | None = earliest(
        *(
            earliest(s.onset, s.noted)
            for s in findings.statements(_CANCER)
            if s.status is Status.PRESENT and _families(s) & families
        )
    )
    return began is not None and began.within(rules.windows["cancer"], findings.as_of)


def _families(statement: Statement) -> set[str]:
    """ICD category (three characters) or the code itself."""
    family = 3
    return {
        code if "snomed" in code else f"{code.partition('|')[0]}|{code.rpartition('|')[2][:family]}"
        for code in statement.codes
    }


def paralysis(findings: Findings, rules: TopicRules) -> Finding:
    """Paresis or plaster of either leg; MRC 4 or an ungraded weakness leaves it unknown."""
    lasting = tuple(
        s
        for s in findings.statements(_PARALYSIS)
        if s.source.startswith("Condition/")
        and s.status is Status.PRESENT
        and s.current is not False
        and not s.suspected
    )
    recent = findings.of(_PARALYSIS, window=rules.windows["plaster"])
    graded = tuple(
        s
        for s in findings.measurements("mrc", window=rules.windows["plaster"])
        if s.quantity is not None and s.quantity.value <= rules.thresholds["paresis_mrc"]
    )
    if recent.present:
        return recent
    if lasting or graded:
        return Finding(_PARALYSIS, Status.PRESENT, Side.UNSPECIFIED, lasting or graded)
    return recent


def surgery_or_bed_rest(findings: Findings, rules: TopicRules) -> Finding:
    """Major surgery within 84 days, or bed rest of 3 days or more recorded lately."""
    answered = findings.of(_BED, window=rules.windows["bed_rest"])
    operations = tuple(
        s
        for s in findings.statements(_BED)
        if s.source.startswith("Procedure/")
        and s.status is Status.PRESENT
        and s.noted is not None
        and s.noted.within(rules.windows["surgery"], findings.as_of)
    )
    if operations:
        return Finding(_BED, Status.PRESENT, Side.UNSPECIFIED, operations)
    return answered


def surgery_hints(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    """Procedures or aftercare that may have been major surgery: a question, never a point."""
    return tuple(
        s
        for s in findings.statements("reader:surgery_hint")
        if s.status is Status.PRESENT
        and s.noted is not None
        and s.noted.within(rules.windows["surgery"], findings.as_of)
    )


def previous_dvt(findings: Findings, rules: TopicRules) -> Finding:
    """DVT documented before this episode, either leg, at any time."""
    current = {s.source for s in current_dvt(findings, rules)}
    entries = [
        s
        for s in findings.statements(_PREVIOUS)
        if s.source not in current and not (s.suspected or s.preliminary)
    ]
    present = tuple(s for s in entries if s.status is Status.PRESENT)
    if present:
        return Finding(_PREVIOUS, Status.PRESENT, present[0].side, present)
    answer = findings.of(_PREVIOUS)
    if answer.absent and not _refuted_only(answer):
        return answer
    return Finding(_PREVIOUS, Status.UNKNOWN)


def _refuted_only(finding: Finding) -> bool:
    """A refuted diagnosis of one episode says nothing of earlier ones."""
    return all(s.source.startswith("Condition/") for s in finding.evidence)


def current_dvt(
    findings: Findings, rules: TopicRules, *, triggered: bool = True
) -> tuple[Statement, ...]:
    """Confirmed DVT whose earliest record for the same leg is at most 90 days old (ruling 19).

    A diagnosis that names no leg needs a leg site, or a trigger, to be a leg DVT.
    """
    entries = [
        s
        for s in findings.statements("current_dvt")
        if s.status is Status.PRESENT
        and s.current is not False
        and not (s.suspected or s.preliminary)
        and (triggered or _names_leg(s, findings))
    ]
    window = rules.windows["current_dvt"]
    return tuple(
        s
        for s in entries
        if (began := _first_record(findings, s)) and began.within(window, findings.as_of)
    )


def _names_leg(statement: Statement, findings: Findings) -> bool:
    unstated = statement.source in _sources(findings, "reader:leg_not_stated")
    return not unstated or bool(statement.sites)


def _sources(findings: Findings, finding: str) -> set[str]:
    return {statement.source for statement in findings.statements(finding)}


def _first_record(findings: Findings, statement: Statement) -> Moment | None:
    """A stated onset counts as stated; without one the earliest record of the same leg does."""
    if statement.onset and not statement.onset_assumed:
        return statement.onset
    return earliest(
        *(
            earliest(s.onset, s.noted)
            for s in findings.statements("current_dvt", _PREVIOUS)
            if s.status is Status.PRESENT and s.side.covers(statement.side)
        )
    )
