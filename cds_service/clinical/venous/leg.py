"""One leg as the DVT table sees it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.fact import Statement, Status, Visit
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.d_dimer import DDimer
from cds_service.clinical.venous.episode import Episode
from cds_service.clinical.venous.scans import LegScan, Scan, read_scan
from cds_service.clinical.venous.wells import Wells, WellsState, read_wells


@dataclass(frozen=True, slots=True)
class Leg:
    """Everything the rows of the DVT table ask of one leg."""

    side: Side
    findings: Findings
    rules: TopicRules
    episode: Episode
    wells: Wells
    scan: LegScan
    earlier: tuple[Assessment, ...]

    @property
    def strong(self) -> bool:
        """T1: a strong trigger or a sign, on any leg."""
        return self.episode.triggers.opened

    @property
    def weak_only(self) -> bool:
        """T2: only weak triggers."""
        return bool(self.episode.triggers.weak) and not self.strong

    @property
    def likely_certain(self) -> bool:
        """Likely whatever the missing items are."""
        return self.wells.state is WellsState.LIKELY_CERTAIN

    @property
    def likely(self) -> bool:
        """Likely, for certain or pending the alternative item (ruling 51)."""
        return self.likely_certain or self.pending_alternative

    @property
    def pending_alternative(self) -> bool:
        """Only the alternative item can make it unlikely."""
        return self.wells.state is WellsState.LIKELY_PENDING_ALTERNATIVE

    @property
    def unlikely(self) -> bool:
        """Unlikely whatever the missing items are."""
        return self.wells.state is WellsState.UNLIKELY_CERTAIN

    @property
    def d_dimer(self) -> DDimer:
        """What the D-dimer says."""
        return self.episode.d_dimer.kind

    @property
    def positive(self) -> bool:
        """A valid positive D-dimer in this episode."""
        return self.d_dimer is DDimer.POSITIVE

    @property
    def qualitative(self) -> bool:
        """The D-dimer that counts is a result without a number."""
        return self.episode.d_dimer.value is None

    @property
    def settled_likely(self) -> bool:
        """What outranks the special-population rows (ruling 8)."""
        return self.positive or self.likely_certain

    @property
    def anticoagulated(self) -> Status:
        """Therapeutic anticoagulation, three-valued."""
        return self.episode.treated.status

    @property
    def treatment_unclear(self) -> bool:
        """The record cannot say whether an anticoagulant is taken (ruling 12)."""
        return self.anticoagulated is Status.UNKNOWN

    @property
    def off_treatment(self) -> bool:
        """The medications were read, and none is an anticoagulant."""
        return self.anticoagulated is Status.ABSENT

    @property
    def pregnant(self) -> bool:
        """Pregnant, or in the puerperium."""
        return self.episode.pregnancy.or_puerperium(self.rules)

    @property
    def history(self) -> Mapping[str, bool]:
        """The four history items: recorded present or not."""
        return {item: self.wells.items[item].present for item in self.rules.groups["history"]}

    @property
    def objective_sign(self) -> bool:
        """An examination item or a visible trigger on this leg."""
        leg_items = (self.wells.items[name] for name in self.rules.groups["leg_signs"])
        visible = self.rules.groups["visible_triggers"]
        return (
            any(item.present for item in leg_items)
            or any(
                s.finding in visible and s.side.covers(self.side)
                for s in self.episode.triggers.strong
            )
            or self._unsided_edema()
        )

    def _unsided_edema(self) -> bool:
        return any(
            s.status is Status.PRESENT
            and s.noted is not None
            and s.noted.within(self.rules.windows["exam_sign"], self.findings.as_of)
            and not s.side.one_sided
            for s in self.findings.statements("pitting_edema")
        )

    @property
    def inpatient(self) -> bool:
        """In hospital for more than 48 hours, by the encounter in context (ruling 42)."""
        return any(
            visit.start is not None
            and not visit.start.within(self.rules.windows["inpatient"], self.findings.as_of)
            for visit in self._inpatient_visits()
        )

    def _inpatient_visits(self) -> tuple[Visit, ...]:
        visits = self.findings.facts.visits
        named = tuple(visit for visit in visits if visit.in_context)
        if not named:
            recent = [
                visit
                for visit in visits
                if visit.in_progress
                and visit.start
                and visit.start.within(self.rules.windows["open_encounter"], self.findings.as_of)
            ]
            named = tuple(sorted(recent, key=_started, reverse=True)[:1])
        return tuple(visit for visit in named if visit.inpatient)

    @property
    def cellulitis(self) -> bool:
        """Cellulitis of this leg recorded in the trigger window."""
        return self.findings.present("cellulitis_same_leg", self.side)

    @property
    def amputated(self) -> bool:
        """Amputation recorded for exactly this leg, or for both."""
        return any(
            s.side in (self.side, Side.BOTH) and self.side.one_sided
            for s in self.findings.statements("amputated_side")
            if s.status is Status.PRESENT and not s.suspected
        )

    @property
    def scan_overdue_after_short_wait(self) -> bool:
        """Ordered more than four hours ago without a result."""
        return self._scan_waiting_longer_than("scan_wait_likely")

    @property
    def scan_overdue(self) -> bool:
        """Ordered more than a day ago without a result."""
        return self._scan_waiting_longer_than("scan_wait")

    def _scan_waiting_longer_than(self, window: str) -> bool:
        order = self.scan.order
        waited: Moment | None = order.authored if order else None
        return (
            self.scan.kind is Scan.ORDERED
            and waited is not None
            and self.findings.as_of - waited.first > self.rules.windows[window]
        )

    @property
    def known_dvt(self) -> tuple[Statement, ...]:
        """Confirmed DVT of this episode, on any leg."""
        return self.episode.known_dvt

    @property
    def new_sign_since_diagnosis(self) -> bool:
        """A strong trigger on the other leg, or recorded worsening, after the diagnosis."""
        diagnosed = earliest(*(s.onset or s.noted for s in self.known_dvt))
        sides = {s.side for s in self.known_dvt}
        other = any(
            self._on_other_leg(s.side, sides)
            and (diagnosed is None or s.noted is None or s.noted.not_before(diagnosed))
            for s in self.episode.triggers.strong + self.episode.triggers.signs
        )
        worse = self.findings.of("worsening_14d")
        after = diagnosed is None or worse.noted is None or worse.noted.not_before(diagnosed)
        return other or (worse.present and after)

    def _on_other_leg(self, side: Side, known: set[Side]) -> bool:
        """A DVT recorded without a side may be of either leg, so a sided new sign counts."""
        if not side.one_sided or side in known or Side.BOTH in known:
            return False
        return side.other in known or Side.UNSPECIFIED in known


def _started(visit: Visit) -> float:
    return visit.start.last.timestamp() if visit.start else 0.0


def read_leg(
    findings: Findings,
    rules: TopicRules,
    episode: Episode,
    side: Side,
    earlier: tuple[Assessment, ...],
) -> Leg:
    """Read one leg of the episode."""
    return Leg(
        side=side,
        findings=findings,
        rules=rules,
        episode=episode,
        wells=read_wells(findings, rules, side),
        scan=read_scan(findings, rules, side, episode.triggers.onset),
        earlier=earlier,
    )
