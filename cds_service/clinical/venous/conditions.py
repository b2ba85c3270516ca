"""The conditions of DVT rows that take more than one word; each asks one question of a leg."""

from cds_service.clinical.fact import Status
from cds_service.clinical.moment import earliest
from cds_service.clinical.venous.d_dimer import DDimer
from cds_service.clinical.venous.leg import Leg
from cds_service.clinical.venous.scans import Scan

_NEGATIVE = (Scan.NEGATIVE_WHOLE, Scan.NEGATIVE_PROXIMAL)
_ROOT_TRIGGERS = {"buttock_leg_pain", "radicular_pain"}


def phlegmasia(leg: Leg) -> bool:
    """The whole leg is swollen and blue or mottled, all of it lately."""
    swollen = leg.wells.items["entire_leg_swollen"].present
    lately = leg.rules.windows["trigger"]
    return swollen and any(
        leg.findings.present(name, leg.side, window=lately)
        for name in ("cyanosis", "leg_discoloration")
    )


def folded(leg: Leg) -> bool:
    """Only into an emergency of lung or of the same leg (ruling 11)."""
    rules = leg.rules.groups
    return any(
        a.card in rules["folds_any_side"]
        or (a.card in rules["folds_same_side"] and a.side.covers(leg.side))
        for a in leg.earlier
    )


def silent(leg: Leg) -> bool:
    """Nothing opens the table: no trigger and no DVT of this episode."""
    return not (leg.strong or leg.weak_only or leg.known_dvt)


def age_unknown(leg: Leg) -> bool:
    """No birth date on record."""
    return leg.findings.age is None


def child(leg: Leg) -> bool:
    """Younger than the adult rules allow."""
    age = leg.findings.age
    return age is not None and age < leg.rules.thresholds["adult_age"]


def untreated(leg: Leg) -> bool:
    """A DVT of this episode, and surely no anticoagulant."""
    return bool(leg.known_dvt) and leg.off_treatment


def known_treatment_unclear(leg: Leg) -> bool:
    """A DVT of this episode, and nobody can say whether it is treated."""
    return bool(leg.known_dvt) and leg.treatment_unclear


def treated(leg: Leg) -> bool:
    """A DVT of this episode under treatment."""
    return bool(leg.known_dvt) and leg.anticoagulated is Status.PRESENT


def diagnosed_lately(leg: Leg) -> bool:
    """Diagnosed so lately that joint tests and exercise still wait (ruling 10)."""
    diagnosed = earliest(*(s.onset or s.noted for s in leg.known_dvt))
    early = leg.rules.windows["known_dvt_early"]
    return diagnosed is not None and diagnosed.within(early, leg.findings.as_of)


def root_pain_with_card(leg: Leg) -> bool:
    """Root-type pain only, no history item, and a card that examines it really shows (ruling 9)."""
    weak = leg.episode.triggers.weak
    of_root = {s.source for s in weak if s.finding in _ROOT_TRIGGERS}
    shown = any(a.topic in leg.rules.groups["root_topics"] and a.card for a in leg.earlier)
    return {s.source for s in weak} <= of_root and not any(leg.history.values()) and shown


def scan_negative_lately(leg: Leg) -> bool:
    """A scan in pregnancy was negative within the days that a repeat is due."""
    done = leg.scan.study.done if leg.scan.study else None
    lately = leg.rules.windows["pregnancy_scan"]
    recent = done is not None and done.within(lately, leg.findings.as_of)
    return leg.scan.kind in _NEGATIVE and recent


def history_risk(leg: Leg) -> bool:
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


def closed_by_scan(leg: Leg) -> bool:
    """A negative proximal scan that score or D-dimer complete."""
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and (
        leg.unlikely or leg.d_dimer is DDimer.NEGATIVE
    )


def bilateral(leg: Leg) -> bool:
    """Both legs, neither worse, and nothing that settles it (ruling 8)."""
    few = leg.wells.present < leg.wells.likely_from
    return leg.episode.triggers.bilateral_only and few and not leg.settled_likely


def cellulitis(leg: Leg) -> bool:
    """Damps only where the four history items are recorded absent (ruling 8)."""
    items = (leg.wells.items[name] for name in leg.rules.groups["history"])
    return (
        leg.cellulitis
        and all(item.absent for item in items)
        and leg.wells.present <= leg.rules.thresholds["cellulitis_points"]
        and not leg.settled_likely
        and not leg.findings.present("antibiotic_failing", leg.side)
    )


def anticoagulated(leg: Leg) -> bool:
    """An undeterminable dose does not outrank a likely DVT (ruling 12e)."""
    outranked = leg.settled_likely and not leg.episode.treated.dose_known
    scanned = leg.scan.kind is Scan.NEGATIVE_WHOLE
    return leg.anticoagulated is Status.PRESENT and (scanned or not outranked)


def repeat_due(leg: Leg) -> bool:
    """A negative proximal scan, and no repeat on order."""
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and not leg.scan.repeat_ordered


def repeat_planned(leg: Leg) -> bool:
    """Silent only where the repeat is due; without a D-dimer the order alone settles nothing."""
    due = leg.positive or leg.anticoagulated is Status.PRESENT
    return leg.scan.kind is Scan.NEGATIVE_PROXIMAL and leg.scan.repeat_ordered and due
