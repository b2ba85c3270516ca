"""Suspected deep vein thrombosis: one predicate per row of `cards/dvt/topic.toml`.

Rows are tried in file order and the first match wins. Special populations, finished imaging and
known thrombosis come before Wells, because Wells (or D-dimer) is not valid there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from cds_service.clinical.assessment import Assessment, first_match
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Findings
from cds_service.clinical.moment import earliest
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook, Tier, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.triage import standing
from cds_service.clinical.venous import dvt_card
from cds_service.clinical.venous.d_dimer import DDimer
from cds_service.clinical.venous.episode import Episode, read_episode
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

_NEGATIVE = (Scan.NEGATIVE_WHOLE, Scan.NEGATIVE_PROXIMAL)
_ROOT_TRIGGERS = {"buttock_leg_pain", "radicular_pain"}


def _phlegmasia(leg: Leg) -> bool:
    swollen = leg.wells.items["entire_leg_swollen"].present
    lately = leg.rules.windows["trigger"]
    return swollen and any(
        leg.findings.present(name, leg.side, window=lately)
        for name in ("cyanosis", "leg_discoloration")
    )


def _folded(leg: Leg) -> bool:
    """Only into an emergency of lung or of the same leg (ruling 11)."""
    rules = leg.rules.groups
    return any(
        a.card in rules["folds_any_side"]
        or (a.card in rules["folds_same_side"] and a.side.covers(leg.side))
        for a in leg.earlier
    )


def _silent(leg: Leg) -> bool:
    return not (leg.strong or leg.weak_only or leg.known_dvt)


def _age_unknown(leg: Leg) -> bool:
    return leg.findings.age is None


def _child(leg: Leg) -> bool:
    age = leg.findings.age
    return age is not None and age < leg.rules.thresholds["adult_age"]


def _untreated(leg: Leg) -> bool:
    return bool(leg.known_dvt) and leg.anticoagulated is Status.ABSENT


def _treatment_unclear(leg: Leg) -> bool:
    return bool(leg.known_dvt) and leg.anticoagulated is Status.UNKNOWN


def _treated(leg: Leg) -> bool:
    return bool(leg.known_dvt) and leg.anticoagulated is Status.PRESENT


def _diagnosed_lately(leg: Leg) -> bool:
    diagnosed = earliest(*(s.onset or s.noted for s in leg.known_dvt))
    early = leg.rules.windows["known_dvt_early"]
    return diagnosed is not None and diagnosed.within(early, leg.findings.as_of)


def _root_pain_with_card(leg: Leg) -> bool:
    """Root-type pain only, no history item, and a card that examines it really shows (ruling 9)."""
    weak = leg.episode.triggers.weak
    of_root = {s.source for s in weak if s.finding in _ROOT_TRIGGERS}
    shown = any(a.topic in leg.rules.groups["root_topics"] and a.card for a in leg.earlier)
    return {s.source for s in weak} <= of_root and not any(leg.history.values()) and shown


def _scan_negative_lately(leg: Leg) -> bool:
    done = leg.scan.study.done if leg.scan.study else None
    lately = leg.rules.windows["pregnancy_scan"]
    recent = done is not None and done.within(lately, leg.findings.as_of)
    return leg.scan.kind in _NEGATIVE and recent


def _history_risk(leg: Leg) -> bool:
    """A root-type motor deficit scores, but does not alone make leg pain a DVT question."""
    present = [item for item, there in leg.history.items() if there]
    return any(not _root_deficit_only(leg, item) for item in present)


def _root_deficit_only(leg: Leg, item: str) -> bool:
    if item != "paralysis_or_leg_immobilization":
        return False
    graded = {s.source for s in leg.findings.statements("mrc")}
    weak = {s.source for s in leg.findings.statements("motor_deficit")}
    lasting = {s.source for s in leg.findings.statements("motor_longstanding_stable")}
    evidence = {s.source for s in leg.wells.items[item].evidence}
    return evidence <= (graded | weak) - lasting


def _closed_by_scan(leg: Leg) -> bool:
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and (
        leg.unlikely or leg.d_dimer is DDimer.NEGATIVE
    )


def _bilateral(leg: Leg) -> bool:
    few = leg.wells.present < leg.wells.likely_from
    return leg.episode.triggers.bilateral_only and few and not leg.settled_likely


def _cellulitis(leg: Leg) -> bool:
    """Damps only where the four history items are recorded absent (ruling 8)."""
    items = (leg.wells.items[name] for name in leg.rules.groups["history"])
    return (
        leg.cellulitis
        and all(item.absent for item in items)
        and leg.wells.present <= leg.rules.thresholds["cellulitis_points"]
        and not leg.settled_likely
        and not leg.findings.present("antibiotic_failing", leg.side)
    )


def _anticoagulated(leg: Leg) -> bool:
    """An undeterminable dose does not outrank a likely DVT (ruling 12e)."""
    outranked = leg.settled_likely and not leg.episode.treated.dose_known
    scanned = leg.scan.kind is Scan.NEGATIVE_WHOLE
    return leg.anticoagulated is Status.PRESENT and (scanned or not outranked)


def _unclear(leg: Leg) -> bool:
    return leg.anticoagulated is Status.UNKNOWN


def _off_treatment(leg: Leg) -> bool:
    return leg.anticoagulated is Status.ABSENT


def _repeat_due(leg: Leg) -> bool:
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and not leg.scan.repeat_ordered


def _repeat_planned(leg: Leg) -> bool:
    """Silent only where the repeat is due; without a D-dimer the order alone settles nothing."""
    due = leg.positive or leg.anticoagulated is Status.PRESENT
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and leg.scan.repeat_ordered and due


PREDICATES: Mapping[str, Callable[[Leg], bool]] = {
    "E5": _phlegmasia,
    "D1": _folded,
    "D2": _silent,
    "D3a": lambda leg: _age_unknown(leg) and leg.strong and not leg.known_dvt,
    "D3b": lambda leg: _age_unknown(leg) and not leg.known_dvt,
    "D4a": lambda leg: _child(leg) and leg.strong,
    "D4b": _child,
    "D5a": _untreated,
    "D5a-unread": lambda leg: (
        _treatment_unclear(leg) and leg.strong and not leg.episode.treated.read
    ),
    "D5a-unclear": lambda leg: _treatment_unclear(leg) and leg.episode.treated.read,
    "D5b": lambda leg: _treated(leg) and leg.new_sign_since_diagnosis,
    "D5c-early": lambda leg: _treated(leg) and _diagnosed_lately(leg),
    "D5c": _treated,
    "D5d": _treatment_unclear,
    "D6a": lambda leg: leg.pregnant and leg.weak_only and _root_pain_with_card(leg),
    "D6a-risk": lambda leg: leg.pregnant and leg.weak_only and any(leg.history.values()),
    "D6a-examine": lambda leg: leg.pregnant and leg.weak_only,
    "D6b": lambda leg: leg.pregnant and _scan_negative_lately(leg),
    "D6c": lambda leg: leg.pregnant,
    "D7a": lambda leg: leg.weak_only and _history_risk(leg),
    "D7b": lambda leg: leg.weak_only,
    "D8": lambda leg: leg.amputated and not leg.settled_likely,
    "D9a": lambda leg: leg.scan_overdue_after_short_wait and (leg.likely or leg.positive),
    "D9a-late": lambda leg: leg.scan_overdue,
    "D9b": lambda leg: leg.scan.kind is Scan.ORDERED,
    "D9c": lambda leg: leg.scan.kind is Scan.UNREADABLE,
    "D9d": lambda leg: leg.scan.kind is Scan.INCONCLUSIVE,
    "D9e-unclear": lambda leg: leg.scan.kind is Scan.NEGATIVE_WHOLE and _unclear(leg),
    "D9e": lambda leg: leg.scan.kind is Scan.NEGATIVE_WHOLE and _off_treatment(leg),
    "D9f-unclear": lambda leg: _closed_by_scan(leg) and _unclear(leg),
    "D9f": lambda leg: _closed_by_scan(leg) and _off_treatment(leg),
    "D9g": lambda leg: _repeat_due(leg) and leg.positive,
    "D9g-anticoagulated": lambda leg: _repeat_due(leg) and leg.anticoagulated is Status.PRESENT,
    "D9h": _repeat_planned,
    "D9i": lambda leg: leg.scan.kind is Scan.NEGATIVE_PROXIMAL,
    "D10": _anticoagulated,
    "D11": lambda leg: leg.inpatient and not leg.settled_likely,
    "D12": _bilateral,
    "D13": _cellulitis,
    "D14": lambda leg: leg.likely_certain,
    "D15-qualitative": lambda leg: leg.positive and leg.qualitative,
    "D15": lambda leg: leg.positive,
    "D16": lambda leg: leg.pending_alternative,
    "D17a": lambda leg: leg.unlikely and leg.wells.items["active_cancer"].present,
    "D17b-unclear-qualitative": lambda leg: (
        leg.unlikely and leg.d_dimer is DDimer.NEGATIVE and _unclear(leg) and leg.qualitative
    ),
    "D17b-unclear": lambda leg: leg.unlikely and leg.d_dimer is DDimer.NEGATIVE and _unclear(leg),
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
        return (dvt_card.assessment(ID, *in_danger[0], None),)
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
