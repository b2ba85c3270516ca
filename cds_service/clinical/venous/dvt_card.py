"""What the DVT card has to say: values, reasons and the notes that the chart calls for."""

from collections.abc import Mapping

from cds_service.clinical.assessment import (
    Assessment,
    Interval,
    Names,
    Quoted,
    Value,
    distinct,
)
from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.moment import earliest
from cds_service.clinical.rulebook import Row
from cds_service.clinical.venous import dvt_notes
from cds_service.clinical.venous.leg import Leg
from cds_service.clinical.venous.wells import ALTERNATIVE
from cds_service.clinical.venous.wells_history import cancers_on_record, surgery_hints

NOTES = dvt_notes.NOTES
SUPPLIES = frozenset(
    [
        "leg",
        "lower",
        "upper",
        "points",
        "unknown",
        "deciding",
        "first_item",
        "alt_lower",
        "alt_upper",
        "d_dimer",
        "threshold",
        "d_dimer_date",
        "anticoagulant",
        "scan_date",
        "scan_hours",
        "scan_days",
        "dvt_date",
        "risk",
    ]
)

# Where the missing items still decide, and where the score speaks though they no longer do.
_DECIDING_STATES = ("undetermined", "likely-pending-alt")
_EXAMINING_STATES = ("weak-trigger-risk", "preg-weak-examine")
_SCORED_STATES = (
    *_DECIDING_STATES,
    "likely-certain",
    "ddimer-positive",
    "unlikely-cancer",
    "unlikely-ddimer-neg",
    "ddimer-unusable",
    "unlikely-certain",
)


def assessment(topic: str, leg: Leg, row: Row, other: tuple[Leg, Row] | None) -> Assessment:
    """The assessment of one leg, with the other leg named where it was assessed too."""
    interval = leg.wells.interval
    return Assessment(
        topic=topic,
        row=row,
        side=leg.side,
        values=_values(leg),
        notes=dvt_notes.notes(leg, row, other),
        findings=reasons(leg),
        missing=_missing(leg, row),
        unknown=_unknown(leg) if row.state in _SCORED_STATES else (),
        score=Interval(interval.lower, interval.upper),
    )


def _missing(leg: Leg, row: Row) -> tuple[str, ...]:
    """What could still change the verdict: the items of the score, or the signs to look for."""
    if row.state in _DECIDING_STATES:
        return _deciding(leg)
    if row.state in _EXAMINING_STATES:
        signs = leg.rules.groups["leg_signs"]
        return tuple(name for name in _deciding(leg) if name in signs)
    return ()


def _unknown(leg: Leg) -> tuple[Finding, ...]:
    """Every item that is not known, with the reason where the item tells one."""
    items = {**leg.wells.items, ALTERNATIVE: leg.wells.alternative}
    return tuple(items[name] for name in _deciding(leg))


def _deciding(leg: Leg) -> tuple[str, ...]:
    """Unknown items, first those that the record hints at, then in the order of the table."""
    missing = set(leg.wells.missing)
    hinted = tuple(
        item
        for item, hints in (
            ("active_cancer", cancers_on_record(leg.findings)),
            ("bedridden_or_major_surgery", surgery_hints(leg.findings, leg.rules)),
        )
        if hints and item in missing
    )
    ordered = (item for item in leg.rules.groups["deciding_order"] if item in missing)
    items = tuple(dict.fromkeys((*hinted, *ordered)))
    return (*items, ALTERNATIVE) if leg.wells.alternative.unknown else items


def _values(leg: Leg) -> Mapping[str, Value]:
    wells, d_dimer = leg.wells, leg.episode.d_dimer
    interval, deciding = wells.interval, _deciding(leg)
    two = wells.alternative_points
    values: dict[str, Value] = {
        "leg": leg.side,
        "lower": interval.lower,
        "upper": interval.upper,
        "points": wells.present,
        "unknown": wells.unknown,
        "deciding": max(1, wells.likely_from - wells.present),
        "alt_lower": wells.present - two,
        "alt_upper": wells.present + wells.unknown - two,
        "risk": Names(tuple(item for item, there in leg.history.items() if there)),
        "anticoagulant": Quoted(leg.episode.treated.label),
    }
    if deciding:
        values["first_item"] = Names(deciding[:1])
    if d_dimer.value is not None and d_dimer.threshold is not None:
        values |= {"d_dimer": d_dimer.value, "threshold": d_dimer.threshold}
    if d_dimer.statement and d_dimer.statement.noted:
        values["d_dimer_date"] = d_dimer.statement.noted
    return values | _scan_values(leg) | _known_values(leg)


def _scan_values(leg: Leg) -> dict[str, Value]:
    values: dict[str, Value] = {}
    as_of = leg.findings.as_of
    if leg.scan.order and leg.scan.order.authored:
        waited = as_of - leg.scan.order.authored.first
        values["scan_hours"] = int(waited.total_seconds() // 3600)
    if leg.scan.study and leg.scan.study.done:
        values["scan_date"] = leg.scan.study.done
        values["scan_days"] = leg.scan.study.done.age(as_of).days
    return values


def _known_values(leg: Leg) -> dict[str, Value]:
    """The date of the known DVT; quoted as empty when no entry of it carries one."""
    if not leg.known_dvt:
        return {}
    diagnosed = earliest(*(s.onset or s.noted for s in leg.known_dvt))
    return {"dvt_date": diagnosed or Quoted("")}


def reasons(leg: Leg) -> tuple[Finding, ...]:
    """Triggers of this leg, recorded items and results, each statement once."""
    triggers = leg.episode.triggers
    both = (*triggers.strong, *triggers.weak)
    entries: list[Finding] = [
        _as_finding(statement)
        for statement in (
            *([s for s in both if s.side.covers(leg.side)] or both),
            *leg.known_dvt,
            *(leg.episode.pregnancy.evidence if leg.pregnant else ()),
        )
    ]
    entries += [item for item in leg.wells.items.values() if not item.unknown]
    if not leg.wells.alternative.unknown:
        entries.append(leg.wells.alternative)
    if leg.episode.d_dimer.statement:
        entries.append(_as_finding(leg.episode.d_dimer.statement))
    entries += _treatment_and_scan(leg)
    return distinct(entries)


def _treatment_and_scan(leg: Leg) -> list[Finding]:
    entries = [
        _as_finding(
            Statement("anticoag", Status.PRESENT, drug.source, drug.label, noted=drug.since)
        )
        for drug in leg.episode.treated.medications
    ]
    if leg.scan.study:
        study = leg.scan.study
        entries.append(
            _as_finding(
                Statement("img", Status.PRESENT, study.source, side=study.side, noted=study.done)
            )
        )
    if leg.scan.order:
        order = leg.scan.order
        entries.append(
            _as_finding(
                Statement(
                    "img", Status.PRESENT, order.source, side=order.side, noted=order.authored
                )
            )
        )
    if leg.cellulitis:
        entries.append(leg.findings.of("cellulitis_same_leg", leg.side))
    return entries


def _as_finding(statement: Statement) -> Finding:
    return Finding(statement.finding, statement.status, statement.side, (statement,))
