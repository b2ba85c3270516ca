"""The leg episode: everything the venous rows look at, read once for all legs."""

from dataclasses import dataclass, field

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.pregnancy import Pregnancy, read_pregnancy
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous import wells_history
from cds_service.clinical.venous.d_dimer import DDimer, DDimerResult, read_d_dimer
from cds_service.clinical.venous.scans import positive_scan, scans_on_record
from cds_service.clinical.venous.treatment import Anticoagulation, read_anticoagulation
from cds_service.clinical.venous.triggers import Triggers, promote, read_triggers


@dataclass(frozen=True, slots=True)
class Episode:
    """Triggers with all promotions applied, the D-dimer, treatment, pregnancy and known DVT."""

    triggers: Triggers
    d_dimer: DDimerResult
    treated: Anticoagulation
    pregnancy: Pregnancy
    known_dvt: tuple[Statement, ...] = field(default=())


def read_episode(findings: Findings, rules: TopicRules) -> Episode:
    """Read the leg episode; `rules` are those of the topic dvt."""
    treated = read_anticoagulation(findings)
    first = read_triggers(findings, rules)
    d_dimer = read_d_dimer(findings, rules, first.onset, treated)
    company = (
        d_dimer.kind is DDimer.POSITIVE
        or scans_on_record(findings, rules, first.onset)
        or findings.present("suspected_dvt")
    )
    triggers = promote(first, findings, company=company)
    if d_dimer.kind is DDimer.PENDING:
        triggers = _lift_swelling(triggers)
    return Episode(
        triggers=triggers,
        d_dimer=d_dimer,
        treated=treated,
        pregnancy=read_pregnancy(findings, rules),
        known_dvt=_known_dvt(findings, rules, triggers),
    )


def _lift_swelling(triggers: Triggers) -> Triggers:
    """Sided swelling with a D-dimer on order is a strong trigger (ruling 21)."""
    lifted = tuple(s for s in triggers.weak if s.finding == "leg_swelling" and s.side.one_sided)
    weak = tuple(s for s in triggers.weak if s not in lifted)
    return Triggers(triggers.strong + lifted, weak, triggers.signs, triggers.onset)


def _known_dvt(findings: Findings, rules: TopicRules, triggers: Triggers) -> tuple[Statement, ...]:
    """Confirmed DVT of this episode, from the problem list or a positive scan."""
    listed = wells_history.current_dvt(findings, rules, triggered=triggers.opened)
    scans = (positive_scan(findings, rules, leg) for leg in (Side.LEFT, Side.RIGHT))
    seen = tuple(
        Statement(
            finding="current_dvt",
            status=Status.PRESENT,
            source=study.source,
            side=study.side,
            noted=study.done,
            onset=study.done,
        )
        for study in scans
        if study is not None
    )
    return listed + tuple({s.source: s for s in seen}.values())
