"""Leg-vein imaging: ordered, reported, and what the report says of the index leg."""

from dataclasses import dataclass
from enum import StrEnum

from cds_service.clinical.fact import Order, Status, Study
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side

LEG_VEINS = "reader:leg_vein_imaging"


class Scan(StrEnum):
    """The state of leg-vein imaging for one leg in this episode."""

    NONE = "none"
    ORDERED = "ordered"
    UNREADABLE = "unreadable"
    INCONCLUSIVE = "inconclusive"
    NEGATIVE_WHOLE = "negative-whole-leg"
    NEGATIVE_PROXIMAL = "negative-proximal"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class LegScan:
    """The newest study or open order; `repeat_ordered` is an order placed after a study."""

    kind: Scan
    study: Study | None = None
    order: Order | None = None
    repeat_ordered: bool = False


def read_scan(findings: Findings, rules: TopicRules, leg: Side, onset: Moment | None) -> LegScan:
    """The newest study of this leg since symptom onset wins; else an open order counts."""
    study = _newest_study(findings, rules, leg, onset)
    order = _open_order(findings, rules, leg, onset)
    if study is None:
        return LegScan(Scan.ORDERED, order=order) if order else LegScan(Scan.NONE)
    repeat = order is not None and _after(order.authored, study.done)
    return LegScan(_kind(study), study, order, repeat)


def scans_on_record(findings: Findings, rules: TopicRules, onset: Moment | None) -> bool:
    """Whether any leg-vein scan was ordered or reported since onset, on either side."""
    legs = (Side.LEFT, Side.RIGHT)
    return any(read_scan(findings, rules, leg, onset).kind is not Scan.NONE for leg in legs)


def positive_scan(findings: Findings, rules: TopicRules, leg: Side) -> Study | None:
    """A positive study of this leg that belongs to a DVT of this episode (90 days)."""
    return max(
        (
            study
            for study in _leg_studies(findings, leg)
            if study.result is Status.PRESENT
            and study.done is not None
            and study.done.within(rules.windows["current_dvt"], findings.as_of)
        ),
        key=_when,
        default=None,
    )


def _leg_studies(findings: Findings, leg: Side) -> list[Study]:
    return [
        study
        for study in findings.facts.studies
        if LEG_VEINS in study.kinds and study.side.covers(leg) and study.done is not None
    ]


def _newest_study(
    findings: Findings, rules: TopicRules, leg: Side, onset: Moment | None
) -> Study | None:
    """Within a day of the newest study a coded result says more than an uncoded one."""
    studies = [
        study
        for study in _leg_studies(findings, leg)
        if study.done is not None
        and study.done.within(rules.windows["scan"], findings.as_of)
        and (onset is None or study.done.not_before(onset))
    ]
    newest = max(studies, key=_when, default=None)
    if newest is None:
        return None
    day = rules.windows["same_study"].total_seconds()
    same = [study for study in studies if _when(newest)[0] - _when(study)[0] <= day]
    return max(same, key=lambda study: (study.result is not Status.UNKNOWN, _when(study)))


def _when(study: Study) -> tuple[float, str]:
    return (study.done.last.timestamp() if study.done else 0.0), study.source


def _open_order(
    findings: Findings, rules: TopicRules, leg: Side, onset: Moment | None
) -> Order | None:
    """Beyond the scan window an order without result is ignored (ruling 31)."""
    orders = [
        order
        for order in findings.facts.orders
        if order.kinds & {LEG_VEINS, "order:us_leg_veins"}
        and order.placed
        and order.status == "active"
        and order.side.covers(leg)
        and order.authored is not None
        and order.authored.within(rules.windows["scan"], findings.as_of)
        and (onset is None or order.authored.not_before(onset))
    ]
    return max(
        orders,
        key=lambda order: order.authored.last if order.authored else findings.as_of,
        default=None,
    )


def _kind(study: Study) -> Scan:
    if study.inconclusive:
        return Scan.INCONCLUSIVE
    if study.result is Status.PRESENT:
        return Scan.POSITIVE
    if study.result is Status.ABSENT:
        return Scan.NEGATIVE_WHOLE if study.whole_leg else Scan.NEGATIVE_PROXIMAL
    return Scan.UNREADABLE


def _after(order: Moment | None, study: Moment | None) -> bool:
    return order is not None and study is not None and order.last > study.last
