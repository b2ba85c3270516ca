"""Suspected deep vein thrombosis: one predicate per row of `cards/dvt/topic.toml`.

Rows are tried in file order and the first match wins. Special populations, finished imaging and
known thrombosis come before Wells, because Wells (or D-dimer) is not valid there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cds_service.clinical.assessment import Assessment, first_match
from cds_service.clinical.fact import Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook, Tier, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.triage import standing
from cds_service.clinical.venous import conditions, dvt_card
from cds_service.clinical.venous.d_dimer import DDimer
from cds_service.clinical.venous.episode import Episode, read_episode
from cds_service.clinical.venous.folded import telling_of_both_legs
from cds_service.clinical.venous.leg import Leg, read_leg
from cds_service.clinical.venous.scans import Scan
from cds_service.clinical.venous.wells_signs import measured_sign

ID = "dvt"
SUPPLIES = dvt_card.SUPPLIES
NOTES = dvt_card.NOTES
NEEDS = Needs(
    thresholds=frozenset(
        {
            "adult_age",
            "calf_difference",
            "cellulitis_points",
            "d_dimer",
            "d_dimer_age",
            "d_dimer_per_year",
            "ddu_factor",
            "heart_rate",
            "left_calf_difference",
            "paresis_mrc",
            "wells_alternative_points",
            "wells_likely",
        }
    ),
    windows=frozenset(
        {
            "alternative_answer",
            "bed_rest",
            "cancer",
            "circumference_pair",
            "current_dvt",
            "d_dimer",
            "d_dimer_order",
            "exam_sign",
            "inpatient",
            "known_dvt_early",
            "open_encounter",
            "plaster",
            "postpartum_late",
            "pregnancy_scan",
            "same_study",
            "scan",
            "scan_wait",
            "scan_wait_likely",
            "surgery",
            "trigger",
            "trigger_onset",
        }
    ),
    groups=frozenset(
        {
            "alternatives",
            "ddu_codes",
            "deciding_order",
            "feu_codes",
            "folds_any_side",
            "folds_same_side",
            "history",
            "leg_signs",
            "licensed_codes",
            "root_topics",
            "strain_signs",
            "strong_triggers",
            "unlicensed_codes",
            "visible_triggers",
            "weak_triggers",
            "wells_items",
        }
    ),
)

PREDICATES: Mapping[str, Callable[[Leg], bool]] = {
    "E5": conditions.phlegmasia,
    "D1": conditions.folded,
    "D2": conditions.silent,
    "D3a": lambda leg: conditions.age_unknown(leg) and leg.strong and not leg.known_dvt,
    "D3b": lambda leg: conditions.age_unknown(leg) and not leg.known_dvt,
    "D4a": lambda leg: conditions.child(leg) and leg.strong,
    "D4b": conditions.child,
    "D5a": conditions.untreated,
    "D5a-unread": lambda leg: (
        conditions.known_treatment_unclear(leg) and leg.strong and not leg.episode.treated.read
    ),
    "D5a-unclear": lambda leg: conditions.known_treatment_unclear(leg) and leg.episode.treated.read,
    "D5b": lambda leg: conditions.treated(leg) and leg.new_sign_since_diagnosis,
    "D5c-early": lambda leg: conditions.treated(leg) and conditions.diagnosed_lately(leg),
    "D5c": conditions.treated,
    "D5d": conditions.known_treatment_unclear,
    "D6a": lambda leg: leg.pregnant and leg.weak_only and conditions.root_pain_with_card(leg),
    "D6a-risk": lambda leg: leg.pregnant and leg.weak_only and any(leg.history.values()),
    "D6a-examine": lambda leg: leg.pregnant and leg.weak_only,
    "D6b": lambda leg: leg.pregnant and conditions.scan_negative_lately(leg),
    "D6c": lambda leg: leg.pregnant,
    "D7a": lambda leg: leg.weak_only and conditions.history_risk(leg),
    "D7b": lambda leg: leg.weak_only,
    "D8": lambda leg: leg.amputated and not leg.settled_likely,
    "D9a": lambda leg: leg.scan_overdue_after_short_wait and (leg.likely or leg.positive),
    "D9a-late": lambda leg: leg.scan_overdue,
    "D9b": lambda leg: leg.scan.kind is Scan.ORDERED,
    "D9c": lambda leg: leg.scan.kind is Scan.UNREADABLE,
    "D9d": lambda leg: leg.scan.kind is Scan.INCONCLUSIVE,
    "D9e-unclear": lambda leg: leg.scan.kind is Scan.NEGATIVE_WHOLE and leg.treatment_unclear,
    "D9e": lambda leg: leg.scan.kind is Scan.NEGATIVE_WHOLE and leg.off_treatment,
    "D9f-unclear": lambda leg: conditions.closed_by_scan(leg) and leg.treatment_unclear,
    "D9f": lambda leg: conditions.closed_by_scan(leg) and leg.off_treatment,
    "D9g": lambda leg: conditions.repeat_due(leg) and leg.positive,
    "D9g-anticoagulated": lambda leg: (
        conditions.repeat_due(leg) and leg.anticoagulated is Status.PRESENT
    ),
    "D9h": conditions.repeat_planned,
    "D9i": lambda leg: leg.scan.kind is Scan.NEGATIVE_PROXIMAL,
    "D10": conditions.anticoagulated,
    "D11": lambda leg: leg.inpatient and not leg.settled_likely,
    "D12": conditions.bilateral,
    "D13": conditions.cellulitis,
    "D14": lambda leg: leg.likely_certain,
    "D15-qualitative": lambda leg: leg.positive and leg.qualitative,
    "D15": lambda leg: leg.positive,
    "D16": lambda leg: leg.pending_alternative,
    "D17a": lambda leg: leg.unlikely and leg.wells.items["active_cancer"].present,
    "D17b-unclear-qualitative": lambda leg: (
        leg.unlikely
        and leg.d_dimer is DDimer.NEGATIVE
        and leg.treatment_unclear
        and leg.qualitative
    ),
    "D17b-unclear": lambda leg: (
        leg.unlikely and leg.d_dimer is DDimer.NEGATIVE and leg.treatment_unclear
    ),
    "D17b": lambda leg: leg.unlikely and leg.d_dimer is DDimer.NEGATIVE,
    "D17c": lambda leg: leg.unlikely and leg.d_dimer is DDimer.PENDING,
    "D17d": lambda leg: leg.unlikely and leg.d_dimer in (DDimer.UNINTERPRETABLE, DDimer.NOT_VALID),
    "D17e": lambda leg: leg.unlikely,
    "D18a": lambda leg: leg.wells.present > 0 or leg.objective_sign,
    "D18b": lambda leg: leg.strong,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """Assess each leg with a trigger; the more urgent leg is reported, the other named.

    A limb in danger takes the place of everything else said of the leg (row E5).
    """
    rules = book.topics[ID]
    episode = read_episode(findings, rules)
    legs = _sides(findings, rules, episode)
    both = tuple(dict.fromkeys((*legs, Side.LEFT, Side.RIGHT)))
    said = standing(earlier, book.triage)
    read = {side: read_leg(findings, rules, episode, side, said) for side in both}
    in_danger = _decided("E", read.values(), rules)
    if in_danger:
        danger = dvt_card.assessment(ID, *in_danger[0], None)
        return (telling_of_both_legs(danger, findings, rules),)
    decided = _decided("D", (read[side] for side in legs), rules)
    (leg, row), others = decided[0], decided[1:]
    if others and _alike(decided):
        return (dvt_card.assessment(ID, replace(leg, side=Side.BOTH), row, None),)
    return (dvt_card.assessment(ID, leg, row, others[0] if others else None),)


def _decided(table: str, legs: Iterable[Leg], rules: TopicRules) -> list[tuple[Leg, Row]]:
    """Each leg with the first row of the table that fits it, the most urgent leg first."""
    found = [
        (leg, row) for leg in legs if (row := first_match(rules.table(table), PREDICATES, leg))
    ]
    return sorted(found, key=lambda pair: _urgency(pair[1], rules))


def _sides(findings: Findings, rules: TopicRules, episode: Episode) -> tuple[Side, ...]:
    """The legs with a trigger, and one whose own signs alone would make DVT likely.

    An untreated DVT is spoken of by its own leg.
    """
    known = tuple(dict.fromkeys(s.side for s in episode.known_dvt))
    legs = episode.triggers.legs()
    if known and (legs == (Side.UNSPECIFIED,) or episode.treated.status is not Status.PRESENT):
        legs = known
    signed = tuple(leg for leg in (Side.LEFT, Side.RIGHT) if _many_signs(findings, rules, leg))
    return tuple(dict.fromkeys((*legs, *signed))) if Side.UNSPECIFIED not in legs else legs


def _alike(decided: list[tuple[Leg, Row]]) -> bool:
    """Bilateral complaints with the same conclusion for each leg are told as one."""
    first, row = decided[0]
    return first.episode.triggers.bilateral_only and all(
        other is row and leg.wells.interval == first.wells.interval for leg, other in decided
    )


def _many_signs(findings: Findings, rules: TopicRules, leg: Side) -> bool:
    """Recorded or measured of exactly this leg."""
    recorded = (findings.of(name, leg) for name in rules.groups["leg_signs"])
    own = {found.id for found in recorded if found.present and found.side is leg}
    measured = measured_sign(findings, rules)
    if measured is not None and measured.side is leg:
        own.add(measured.finding)
    return len(own) >= rules.thresholds["wells_likely"]


def _urgency(row: Row, rules: TopicRules) -> tuple[int, int, int]:
    tiers = [Tier.EMERGENCY, Tier.URGENT, Tier.ROUTINE, None]
    indicators = ["critical", "warning", "info", None]
    return tiers.index(row.tier), indicators.index(row.indicator), rules.rows.index(row)
