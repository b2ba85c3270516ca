"""Cauda equina syndrome: table CES, with the rulings on what is new and what counts as acted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.assessment import Assessment, Names, Note, first_match
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import emergency_imaging
from cds_service.clinical.spine.deficits import bilateral_leg_deficit
from cds_service.clinical.spine.onset import CONTINENCE, sign_onset
from cds_service.clinical.spine.worsening import worsening

ID = "cauda_equina"
SUPPLIES = frozenset({"finding"})
NOTES = frozenset({"residual-small", "longstanding-too"})
NEEDS = Needs(
    thresholds=frozenset({"residual_volume"}),
    windows=frozenset(
        {
            "bilateral_pain",
            "confirmed",
            "emergency_imaging",
            "late",
            "pair_of_sides",
            "recent",
            "residual",
        }
    ),
    groups=frozenset({"alone", "leak_codes", "pain_or_leg", "undated_codes", "with_pain"}),
)

_SADDLE, _BLADDER, _BOWEL = "saddle_sensory_change", "bladder_dysfunction", "bowel_dysfunction"
_QUESTIONS = (_SADDLE, _BLADDER, _BOWEL, "sexual_dysfunction")
_BILATERAL = "bilateral_radicular_pain"


@dataclass(frozen=True, slots=True)
class Cauda:
    """Triggers of the table with the onset of the newest one; `worse` within 14 days."""

    findings: Findings
    rules: TopicRules
    triggers: tuple[Finding, ...]
    worse: bool

    @property
    def names(self) -> frozenset[str]:
        """The ids of the triggers present."""
        return frozenset(trigger.id for trigger in self.triggers)

    @property
    def dated(self) -> tuple[Finding, ...]:
        """The triggers without undated leaks of a chart that shows this visit only (ruling 5)."""
        return tuple(t for t in self.triggers if not _may_be_old(t, self.findings, self.rules))

    @property
    def onset(self) -> Moment | None:
        """The onset of the newest trigger: the one that makes it an emergency."""
        begun = [sign_onset(self.findings, trigger) for trigger in self.dated]
        if not begun or any(moment is None for moment in begun):
            return None
        return max((m for m in begun if m), key=lambda moment: moment.first)

    @property
    def recent(self) -> bool:
        """Onset within the window, unknown, or worsening."""
        return self.worse or (bool(self.dated) and self._within("recent"))

    def _within(self, window: str) -> bool:
        onset = self.onset
        return onset is None or onset.within(self.rules.windows[window], self.findings.as_of)

    @property
    def explained(self) -> bool:
        """Only continence, begun before the late window, not worsening."""
        return self.names <= CONTINENCE and not (self.worse or self._within("late"))

    @property
    def acted(self) -> bool:
        """Emergency imaging after the onset, or confirmed and referred (ruling 4)."""
        return emergency_imaging.acted(self.findings, self.rules, self.onset)

    @property
    def both_legs(self) -> bool:
        """Root pain in both legs, not merely re-recorded for years (ruling 38)."""
        pain = bilateral_root_pain(self.findings, self.rules)
        if not pain.present:
            return False
        stated = [s.onset for s in pain.evidence if s.onset and not s.onset_assumed]
        began = (
            max(stated, key=lambda moment: moment.first)
            if stated
            else self.findings.onset(_BILATERAL) or self.findings.onset("radicular_pain")
        )
        recent = began is None or began.within(self.rules.windows["late"], self.findings.as_of)
        return recent or self.worse or any(s.worse for s in pain.evidence)

    @property
    def screened(self) -> bool:
        """Saddle, bladder and bowel all recorded absent."""
        return all(self.findings.of(name).absent for name in (_SADDLE, _BLADDER, _BOWEL))


PREDICATES: Mapping[str, Callable[[Cauda], bool]] = {
    "C1": lambda cauda: bool(cauda.triggers) and cauda.acted,
    "C2": lambda cauda: bool(cauda.triggers) and cauda.recent,
    "C3": lambda cauda: bool(cauda.triggers) and cauda.explained,
    "C4": lambda cauda: bool(cauda.triggers),
    "C5": lambda cauda: cauda.both_legs and not cauda.screened,
    "C6": lambda cauda: cauda.both_legs,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without a trigger or bilateral root pain."""
    rules = book.topics[ID]
    del earlier
    triggers = _triggers(findings, rules)
    cauda = Cauda(findings, rules, triggers, worsening(findings, triggers, book))
    row = first_match(rules.table("CES"), PREDICATES, cauda)
    if row is None:
        return ()
    pain = bilateral_root_pain(findings, rules)
    reasons = (*cauda.triggers, *((pain,) if pain.present else ()))
    missing = tuple(name for name in _QUESTIONS if findings.of(name).unknown)
    return (
        Assessment(
            topic=ID,
            row=row,
            side=Side.BOTH if pain.present else Side.UNSPECIFIED,
            values={"finding": Names(tuple(trigger.id for trigger in cauda.triggers))},
            notes=_notes(cauda),
            findings=reasons,
            missing=missing,
        ),
    )


def bilateral_root_pain(findings: Findings, rules: TopicRules) -> Finding:
    """Recorded as such, coded bilateral, or two one-sided entries within 14 days."""
    recorded = findings.of(_BILATERAL, window=rules.windows["bilateral_pain"])
    if not recorded.unknown:
        return recorded
    found = findings.of("radicular_pain")
    spread = [s.noted for s in found.evidence if s.noted]
    apart = max(m.first for m in spread) - min(m.last for m in spread) if spread else timedelta.max
    close = apart <= rules.windows["pair_of_sides"]
    if found.present and found.side is Side.BOTH and close:
        return Finding(_BILATERAL, Status.PRESENT, Side.BOTH, found.evidence)
    return recorded


def _may_be_old(trigger: Finding, findings: Findings, rules: TopicRules) -> bool:
    """A leak without an onset, where the search for problems was limited to this visit."""
    codes = set(rules.groups["undated_codes"])
    return "conditions" in findings.facts.of_visit and all(
        s.onset_assumed and codes & {code.rpartition("|")[2] for code in s.codes}
        for s in trigger.evidence
    )


def _triggers(findings: Findings, rules: TopicRules) -> tuple[Finding, ...]:
    """Continence and sexual change need company: pain, a leg finding or another sign (ruling 2)."""
    found = [finding for name in rules.groups["alone"] if (finding := findings.of(name)).present]
    deficit = bilateral_leg_deficit(findings, rules)
    if deficit.present:
        found.append(deficit)
    residual = _residual(findings, rules)
    if residual is not None:
        found.append(residual)
    if found or findings.any_present(rules.groups["pain_or_leg"]):
        found += [f for name in rules.groups["with_pain"] if (f := findings.of(name)).present]
    return tuple(found)


def _residual(findings: Findings, rules: TopicRules) -> Finding | None:
    """A large residual volume without an old cause of retention (200 mL or more)."""
    limit = rules.thresholds["residual_volume"]
    large = tuple(
        s
        for s in findings.measurements("pvr_ml", window=rules.windows["residual"], doubtful=True)
        if s.quantity is not None
        and s.quantity.value >= limit
        and s.quantity.comparator in ("", ">", ">=")
    )
    if not large or _retention_explained(findings, rules):
        return None
    return Finding("pvr_ml", Status.PRESENT, evidence=large)


def _retention_explained(findings: Findings, rules: TopicRules) -> bool:
    """A leak does not explain retention, and a new entry explains nothing old."""
    leaks = set(rules.groups["leak_codes"])
    return any(
        s.status is Status.PRESENT
        and not {code.rpartition("|")[2] for code in s.codes} & leaks
        and (began := earliest(s.onset, s.noted)) is not None
        and not began.within(rules.windows["late"], findings.as_of)
        for s in findings.statements("longstanding_incontinence")
    )


def _notes(cauda: Cauda) -> tuple[Note, ...]:
    notes = []
    small = any(
        s.quantity is not None and s.quantity.value < cauda.rules.thresholds["residual_volume"]
        for s in cauda.findings.measurements("pvr_ml")
    )
    if small:
        notes.append(Note("residual-small"))
    if cauda.findings.present("longstanding_incontinence"):
        notes.append(Note("longstanding-too"))
    return tuple(notes)
