"""Which sentences of `cards/dvt/notes.toml` the chart calls for; their wording is content."""

from collections.abc import Iterator

from cds_service.clinical.assessment import Names, Note, Quoted, Value
from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.rulebook import Row, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous import wells_history, wells_signs
from cds_service.clinical.venous.d_dimer import DDimer
from cds_service.clinical.venous.leg import Leg
from cds_service.clinical.vital_signs import latest_reading

_STRAIN = "calf_strain_mechanism"
NOTES = frozenset(
    [
        "decide-likely",
        "decide-likely-unless-alternative",
        "decide-likely-despite-alternative",
        "decide-not-with-alternative",
        "decide-unlikely",
        "settle-likely",
        "only-alternative",
        "alternative-lowers",
        "alternative-risk",
        "candidates",
        "d-dimer-value",
        "d-dimer-ddu",
        "d-dimer-lab-flag",
        "d-dimer-does-not-cancel",
        "d-dimer-not-enough",
        "d-dimer-problem",
        "heart-rate",
        "previous-dvt",
        "other-leg",
        "other-leg-sign",
        "other-calf-larger",
        "side-not-recorded",
        "cellulitis",
        "postpartum-late",
        "pregnancy-outdated",
        "pelvic-clot",
        "left-score",
        "known-pe",
        "confirm-treatment",
        "dose-not-known",
        "foot-drop",
        "old-diagnosis",
        "surgery-hint",
        "cancer-hint",
        "calf-strain",
    ]
)


def notes(leg: Leg, row: Row, other: tuple[Leg, Row] | None) -> tuple[Note, ...]:
    """All notes for one leg in reading order; silent rows need none."""
    if row.card is None:
        return ()
    return (
        *_deciding(leg, row),
        *_d_dimer(leg, row),
        *_context(leg),
        *_history(leg),
        *_sides(leg, other),
    )


def _deciding(leg: Leg, row: Row) -> Iterator[Note]:
    """How many further items decide; clauses that ask for more than exist are left out."""
    if row.state == "likely-pending-alt":
        yield from _pending(leg)
    if row.state != "undetermined":
        return
    wells = leg.wells
    points, unknown, two = wells.present, wells.unknown, wells.alternative_points
    needed, despite = wells.likely_from - points, wells.likely_from + two - points
    negatives = points + unknown - (wells.likely_from - 1)
    if wells.alternative.present:
        yield Note("decide-likely", {"k": despite, "u": unknown})
        yield Note("decide-unlikely", {"k": negatives - two})
        return
    if wells.alternative.absent:
        yield Note("decide-likely", {"k": needed, "u": unknown})
    else:
        yield Note("decide-likely-unless-alternative", {"k": needed, "u": unknown})
        reachable = unknown >= despite
        yield (
            Note("decide-likely-despite-alternative", {"k": despite})
            if reachable
            else Note("decide-not-with-alternative")
        )
    yield Note("decide-unlikely", {"k": negatives})


def _pending(leg: Leg) -> Iterator[Note]:
    wells = leg.wells
    two = wells.alternative_points
    needed = wells.likely_from + two - wells.present
    if wells.unknown >= needed:
        yield Note("settle-likely", {"k": needed, "u": wells.unknown})
    else:
        yield Note("only-alternative")


def _d_dimer(leg: Leg, row: Row) -> Iterator[Note]:
    result = leg.episode.d_dimer
    if result.problem and result.statement:
        yield Note("d-dimer-problem", {"problem": result.problem, "raw": _raw(leg)})
    if result.value is None or result.threshold is None or result.kind is DDimer.UNINTERPRETABLE:
        return
    values: dict[str, Value] = {
        "raw": _raw(leg),
        "value": result.value,
        "threshold": result.threshold,
    }
    yield Note("d-dimer-ddu" if result.basis == "DDU" else "d-dimer-value", values)
    quantity = result.statement.quantity if result.statement else None
    if result.kind is DDimer.NEGATIVE and quantity and quantity.flagged_high:
        yield Note("d-dimer-lab-flag", {"threshold": result.threshold})
    if result.kind is DDimer.NEGATIVE and leg.likely:
        yield Note("d-dimer-does-not-cancel")
    if result.kind is DDimer.NEGATIVE and row.state == "undetermined":
        yield Note("d-dimer-not-enough")


def _raw(leg: Leg) -> Quoted:
    statement = leg.episode.d_dimer.statement
    quantity = statement.quantity if statement else None
    if quantity is None:
        return Quoted("")
    unit = quantity.unit or quantity.code
    return Quoted(f"{quantity.comparator}{quantity.value:g} {unit}".strip())


def _context(leg: Leg) -> Iterator[Note]:
    heart = latest_reading(leg.findings, "reader:vital_heart_rate", leg.rules)
    if heart and heart.value > leg.rules.thresholds["heart_rate"] and heart.statement.noted:
        yield Note("heart-rate", {"value": int(heart.value), "time": heart.statement.noted})
    if leg.cellulitis:
        yield Note("cellulitis")
    if any(a.state == "pe-worked-up" for a in leg.earlier):
        yield Note("known-pe")
    days = leg.episode.pregnancy.postpartum_days
    if days is not None and not leg.pregnant and days <= leg.rules.windows["postpartum_late"].days:
        yield Note("postpartum-late", {"days": days})
    if leg.episode.pregnancy.outdated and not leg.pregnant:
        yield Note("pregnancy-outdated", {"date": leg.episode.pregnancy.outdated})
    if leg.episode.pregnancy.pregnant:
        yield Note("left-score", {"k": _left_points(leg, leg.rules)})
    if leg.anticoagulated is Status.UNKNOWN:
        yield Note("confirm-treatment")
    if leg.anticoagulated is Status.PRESENT and not leg.episode.treated.dose_known:
        yield Note("dose-not-known")


def _left_points(leg: Leg, rules: TopicRules) -> int:
    """LEFt items that the record can show: left leg, calf difference; information only."""
    larger = wells_signs.larger_calf(leg.findings, rules)
    swollen = larger is not None and larger[1] >= rules.thresholds["left_calf_difference"]
    measured = leg.wells.items["calf_swelling_3cm"].present
    return int(leg.side == "left") + int(swollen or measured)


def _history(leg: Leg) -> Iterator[Note]:
    wells, findings = leg.wells, leg.findings
    if wells.items["previous_dvt"].present:
        yield Note("previous-dvt")
        if {s.source for s in wells.items["previous_dvt"].evidence} & _active_dvt(leg):
            yield Note("old-diagnosis")
        if any(_beyond_leg(s) for s in wells.items["previous_dvt"].evidence):
            yield Note("pelvic-clot")
    yield from _hints(leg)
    if wells.items["paralysis_or_leg_immobilization"].present and findings.present("motor_deficit"):
        yield Note("foot-drop")
    told = {"cellulitis_same_leg"} if leg.cellulitis else set()
    candidates = tuple(
        name
        for name in leg.rules.groups["alternatives"]
        if name not in told and _on_record(leg, name)
    )
    if candidates and not wells.alternative.present:
        yield Note("candidates", {"names": Names(candidates)})
    if _strained(leg):
        yield Note("calf-strain")
    if wells.alternative.present and wells.present >= wells.likely_from and not leg.likely:
        yield Note("alternative-lowers", {"points": wells.present, "score": wells.interval.lower})
        if any(leg.history.values()):
            yield Note("alternative-risk")


def _hints(leg: Leg) -> Iterator[Note]:
    """Entries that ask about an item and never score it."""
    items = leg.wells.items
    if items["active_cancer"].unknown and wells_history.cancers_on_record(leg.findings):
        yield Note("cancer-hint")
    hinted = wells_history.surgery_hints(leg.findings, leg.rules)
    if hinted and items["bedridden_or_major_surgery"].unknown:
        yield Note("surgery-hint")


def _strained(leg: Leg) -> bool:
    """A strain mechanism and a focal sign of this leg (ruling 37)."""
    mechanism = leg.findings.present(_STRAIN, leg.side)
    return mechanism and leg.findings.any_present(leg.rules.groups["strain_signs"], leg.side)


def _on_record(leg: Leg, name: str) -> bool:
    """A diagnosis that is current or was recorded lately; it is named, never scored."""
    window = leg.rules.windows["trigger_onset"]
    return any(
        s.status is Status.PRESENT
        and s.current is not False
        and (s.current or (s.noted and s.noted.within(window, leg.findings.as_of)))
        and s.side.covers(leg.side)
        for s in leg.findings.statements(name)
    )


def _beyond_leg(statement: Statement) -> bool:
    """Of pelvic veins or the vena cava: their codes name no leg, and are weak for that (34)."""
    return statement.strength is Strength.WEAK


def _active_dvt(leg: Leg) -> set[str]:
    return {
        s.source
        for s in leg.findings.statements("current_dvt")
        if s.current and s.status is Status.PRESENT
    }


def _sides(leg: Leg, other: tuple[Leg, Row] | None) -> Iterator[Note]:
    entries = leg.episode.triggers.strong + leg.episode.triggers.signs
    sided = {s.finding for s in entries if s.side is not Side.UNSPECIFIED}
    unsided = leg.side is Side.UNSPECIFIED
    if unsided or any(s.finding not in sided for s in entries):
        yield Note("side-not-recorded")
    opposite = tuple(
        name
        for name in leg.rules.groups["leg_signs"]
        if leg.side.one_sided
        and any(s.side is leg.side.other for s in leg.findings.of(name, leg.side.other).evidence)
        and leg.findings.present(name, leg.side.other)
        and not leg.wells.items[name].present
    )
    if opposite:
        yield Note("other-leg-sign", {"names": Names(opposite), "leg": leg.side.other})
    larger = wells_signs.larger_calf(leg.findings, leg.rules)
    if larger and larger[0] is leg.side.other and larger[1] >= 1:
        yield Note("other-calf-larger", {"leg": larger[0], "difference": larger[1]})
    if other is not None and other[1].card:
        interval = other[0].wells.interval
        values: dict[str, Value] = {
            "leg": other[0].side,
            "lower": interval.lower,
            "upper": interval.upper,
        }
        yield Note("other-leg", values)
