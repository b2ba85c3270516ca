"""Pulmonary embolism signs beside a leg complaint: table E of the vascular document.

Neither PERC nor a PE-Wells total is computed: both need judgements that are not in the record.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, Value, distinct, first_match
from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.episode import Episode, read_episode
from cds_service.clinical.venous.folded import folded_findings
from cds_service.clinical.vital_signs import Reading, latest_reading

ID = "pulmonary_embolism"
SUPPLIES = frozenset({"symptoms", "vitals", "sbp", "time", "leg"})
NOTES = frozenset({"low-saturation", "bilateral-leg-signs"})
NEEDS = Needs(
    thresholds=frozenset(
        {"heart_rate", "respiratory_rate", "saturation", "saturation_symptom", "systolic"}
    ),
    windows=frozenset({"ctpa_order", "ctpa_result", "known_pe", "symptom"}),
    groups=frozenset({"symptoms"}),
)

_LEG_TOPIC = "dvt"
_GENERAL = "pe"
_VITALS = ("reader:vital_heart_rate", "reader:vital_spo2", "reader:vital_resp_rate")


@dataclass(frozen=True, slots=True)
class Chest:
    """Symptoms, vital signs and leg triggers as the rows see them."""

    rules: TopicRules
    findings: Findings
    episode: Episode
    symptoms: tuple[Statement, ...]
    vitals: Mapping[str, Reading]

    @property
    def leg_sign(self) -> bool:
        """A strong trigger or confirmed DVT."""
        return self.episode.triggers.opened or bool(self.episode.known_dvt)

    @property
    def one_leg(self) -> bool:
        """A strong trigger that is not bilateral only, or confirmed DVT (ruling 13)."""
        triggers = self.episode.triggers
        return (triggers.sure and not triggers.bilateral_only) or bool(self.episode.known_dvt)

    @property
    def symptom(self) -> bool:
        """A PE symptom, or a saturation low enough to count as one."""
        return bool(self.symptoms) or self._beyond("reader:vital_spo2", "saturation_symptom")

    @property
    def unstable(self) -> bool:
        """Latest systolic pressure below the threshold."""
        return self._beyond("reader:vital_sbp", "systolic")

    @property
    def strained(self) -> bool:
        """Fast heart, low saturation or fast breathing."""
        return (
            self._beyond("reader:vital_heart_rate", "heart_rate", above=True)
            or self._beyond("reader:vital_spo2", "saturation")
            or self._beyond("reader:vital_resp_rate", "respiratory_rate", above=True)
        )

    def _beyond(self, sign: str, threshold: str, *, above: bool = False) -> bool:
        reading = self.vitals.get(sign)
        if reading is None:
            return False
        limit = self.rules.thresholds[threshold]
        bound = reading.statement.quantity.comparator if reading.statement.quantity else ""
        if bound and bound[0] != (">" if above else "<"):
            return False
        if bound in ("<", ">") and reading.value == limit:
            return True
        return reading.value > limit if above else reading.value < limit

    @property
    def worked_up(self) -> bool:
        """Known PE, or pulmonary CT angiography ordered or done lately (row E0)."""
        return bool(_known_pe(self.findings, self.rules)) or _ctpa(self.findings, self.rules)


PREDICATES: Mapping[str, Callable[[Chest], bool]] = {
    "E1": lambda chest: (
        chest.unstable and (chest.leg_sign or (bool(chest.episode.triggers.weak) and chest.symptom))
    ),
    "E0": lambda chest: chest.worked_up,
    "E2": lambda chest: chest.symptom and chest.one_leg,
    "E6": lambda chest: chest.symptom and chest.strained and chest.episode.triggers.any,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one PE assessment; opens only beside a leg complaint or confirmed DVT."""
    rules = book.topics[ID]
    del earlier
    episode = read_episode(findings, book.topics[_LEG_TOPIC])
    if not (episode.triggers.any or episode.known_dvt):
        return ()
    chest = _read_chest(findings, rules, episode)
    row = first_match(rules.table("E"), PREDICATES, chest)
    if row is None:
        return ()
    return (
        Assessment(
            topic=ID,
            row=row,
            side=episode.triggers.legs()[0] if len(episode.triggers.legs()) == 1 else Side.BOTH,
            values=_values(chest),
            notes=_notes(chest),
            findings=_reasons(chest, book.topics[_LEG_TOPIC]),
            missing=tuple(v for v in (*_VITALS, "reader:vital_sbp") if v not in chest.vitals),
        ),
    )


def _read_chest(findings: Findings, rules: TopicRules, episode: Episode) -> Chest:
    vitals = {
        sign: reading
        for sign in (*_VITALS, "reader:vital_sbp")
        if (reading := latest_reading(findings, sign, rules))
    }
    bare = Chest(rules, findings, episode, (), vitals)
    return Chest(
        rules, findings, episode, _symptoms(findings, rules, strained=bare.strained), vitals
    )


def _symptoms(findings: Findings, rules: TopicRules, *, strained: bool) -> tuple[Statement, ...]:
    """New symptoms; unspecific ones count only with abnormal vital signs (ruling 13)."""
    return tuple(
        s
        for s in findings.statements(*rules.groups["symptoms"])
        if s.status is Status.PRESENT
        and s.current is not False
        and (s.strength is Strength.STRONG or strained)
        and not findings.of(s.finding).absent
        and _new(s, findings, rules)
    )


def _new(statement: Statement, findings: Findings, rules: TopicRules) -> bool:
    window = rules.windows["symptom"]
    if statement.onset and not statement.onset_assumed:
        return statement.onset.within(window, findings.as_of)
    family = findings.onset(statement.finding)
    return family is None or family.within(window, findings.as_of)


def _known_pe(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    return tuple(
        s
        for s in findings.statements("reader:pe_diagnosis")
        if s.status is Status.PRESENT
        and s.current is not False
        and not s.suspected
        and (began := _embolism_onset(s, findings))
        and began.within(rules.windows["known_pe"], findings.as_of)
    )


def _embolism_onset(statement: Statement, findings: Findings) -> Moment | None:
    """A stated onset; without one the earliest record of any embolism."""
    if statement.onset and not statement.onset_assumed:
        return statement.onset
    return findings.onset("reader:pe_diagnosis")


def _ctpa(findings: Findings, rules: TopicRules) -> bool:
    ordered = any(
        order.kinds & {"reader:ctpa", "order:ct_pe"}
        and order.placed
        and order.authored
        and order.authored.within(rules.windows["ctpa_order"], findings.as_of)
        for order in findings.facts.orders
    )
    done = any(
        "reader:ctpa" in study.kinds
        and study.done
        and study.done.within(rules.windows["ctpa_result"], findings.as_of)
        for study in findings.facts.studies
    )
    return ordered or done


def _values(chest: Chest) -> Mapping[str, Value]:
    pressure = chest.vitals.get("reader:vital_sbp")
    legs = chest.episode.triggers.legs()
    values: dict[str, Value] = {
        "symptoms": Names(_symptom_names(chest)),
        "vitals": Names(
            tuple(
                f"{sign}={chest.vitals[sign].value:g}" for sign in _VITALS if sign in chest.vitals
            )
        ),
        "leg": legs[0] if len(legs) == 1 else Side.BOTH,
    }
    if pressure and pressure.statement.noted:
        values |= {"sbp": int(pressure.value), "time": pressure.statement.noted}
    return values


def _symptom_names(chest: Chest) -> tuple[str, ...]:
    """Named symptoms before the general one; low saturation when nothing else is on record."""
    found = tuple(dict.fromkeys(s.finding for s in chest.symptoms))
    specific = tuple(name for name in found if name != _GENERAL)
    return specific or found or ("low_saturation",)


def _notes(chest: Chest) -> tuple[Note, ...]:
    low = chest.vitals.get("reader:vital_spo2")
    notes = []
    if low and low.value < chest.rules.thresholds["saturation_symptom"]:
        notes.append(Note("low-saturation", {"value": int(low.value)}))
    if chest.episode.triggers.bilateral_only:
        notes.append(Note("bilateral-leg-signs"))
    return tuple(notes)


def _reasons(chest: Chest, leg_rules: TopicRules) -> tuple[Finding, ...]:
    """Symptoms, everything of both legs that asks for DVT, and the vital signs."""
    named = {s.source for s in chest.symptoms if s.finding != _GENERAL}
    symptoms = (s for s in chest.symptoms if s.finding != _GENERAL or s.source not in named)
    return distinct(
        (
            *(Finding(s.finding, s.status, s.side, (s,)) for s in symptoms),
            *folded_findings(chest.findings, leg_rules, Side.BOTH),
            *(reading.as_finding() for reading in chest.vitals.values()),
        )
    )
