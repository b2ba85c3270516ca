"""One side as the radiculopathy table sees it: the four items and the supporting features."""

from collections.abc import Mapping
from dataclasses import dataclass

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, latest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits

_KNOWN = "radiculopathy_known_managed"
_DOMINANT, _SCORE = "leg_pain_dominant", "reader:pain_score"


@dataclass(frozen=True, slots=True)
class Root:
    """One side as the rows see it: the four items and the supporting features."""

    side: Side
    findings: Findings
    rules: TopicRules
    items: Mapping[str, Finding]

    @property
    def deficit(self) -> bool:
        """An asymmetric motor, reflex or sensory deficit."""
        return any(item.present for name, item in self.items.items() if name != "slr")

    @property
    def features(self) -> tuple[Finding, ...]:
        """Supporting features recorded present."""
        recorded = (
            self.findings.of(name, self.side)
            for name in self.rules.groups["features"]
            if name != _DOMINANT
        )
        found = (*recorded, _dominant(self.findings, self.rules, self.side))
        return tuple(feature for feature in found if feature.present)

    @property
    def several_features(self) -> bool:
        """As many features as the table asks for."""
        return len(self.features) >= self.rules.thresholds["features"]

    @property
    def crossed(self) -> Finding:
        """Crossed straight-leg raise for the painful leg."""
        return self.findings.of("crossed_slr", self.side)

    @property
    def recorded(self) -> int:
        """How many of the four items are recorded."""
        return sum(not item.unknown for item in self.items.values())

    @property
    def known_and_stable(self) -> bool:
        """Under care, same side, and nothing new after that (ruling 29)."""
        managed = _managed_since(self)
        if managed is None or self.findings.present("worsening_14d"):
            return False
        new = (*(i for name, i in self.items.items() if name != "slr"), self.crossed)
        return not any(
            item.present and item.noted is not None and item.noted.strictly_after(managed)
            for item in new
        )


def read_root(findings: Findings, rules: TopicRules, side: Side) -> Root:
    """Read the items of one side; doubtful ones support nothing."""
    items = {
        "slr": findings.of("slr", side),
        deficits.MOTOR: _certain(deficits.motor(findings, rules, side)),
        deficits.REFLEX: deficits.reflexes(findings, side),
        deficits.SENSORY: deficits.sensation(findings, side),
    }
    return Root(side, findings, rules, items)


def _certain(finding: Finding) -> Finding:
    """Support needs a definite entry; a doubtful one counts for the emergencies only."""
    doubtful = all(s.preliminary or s.suspected or s.issued_only for s in finding.evidence)
    if finding.present and doubtful:
        return Finding(finding.id, Status.UNKNOWN, finding.side, finding.evidence)
    return finding


def _dominant(findings: Findings, rules: TopicRules, side: Side) -> Finding:
    """Leg worse than back as answered, else by the newest pain scores of both; equal is unknown."""
    answered = findings.of(_DOMINANT, side)
    if not answered.unknown:
        return answered
    leg = _newest_score(findings, rules, "leg_sites", side)
    back = _newest_score(findings, rules, "back_sites", None)
    if leg is None or back is None or leg.quantity is None or back.quantity is None:
        return answered
    if leg.quantity.value == back.quantity.value:
        return answered
    worse = leg.quantity.value > back.quantity.value
    return Finding(_DOMINANT, Status.PRESENT if worse else Status.ABSENT, leg.side, (leg, back))


def _newest_score(
    findings: Findings, rules: TopicRules, group: str, side: Side | None
) -> Statement | None:
    sites = {site.removeprefix("site:") for site in rules.groups[group]}
    scores = findings.measurements(_SCORE, side, window=rules.windows["pain_scores"])
    return next((score for score in scores if score.sites & sites), None)


def _managed_since(root: Root) -> Moment | None:
    """When the known radiculopathy was last imaged or referred; None when it was not."""
    answered = root.findings.of(_KNOWN, root.side)
    if answered.present:
        return answered.noted
    conditions = [
        s
        for s in root.findings.statements("radicular_pain")
        if s.source.startswith("Condition/")
        and s.status is Status.PRESENT
        and s.side.covers(root.side)
        and s.current is not False
        and not s.suspected
    ]
    managed = _imaged_or_referred(root) if conditions else None
    began = root.findings.onset("radicular_pain")
    return managed if managed and (began is None or managed.not_before(began)) else None


def _imaged_or_referred(root: Root) -> Moment | None:
    """Spinal MRI within 12 months, or spinal or physiotherapy referral within 6 (ruling 29)."""
    findings, rules = root.findings, root.rules
    imaged = (
        study.done
        for study in findings.facts.studies
        if "reader:spine_mri" in study.kinds
        and study.done
        and study.done.within(rules.windows["known_mri"], findings.as_of)
    )
    referred = (
        order.authored
        for order in findings.facts.orders
        if order.kinds & set(rules.groups["care_orders"])
        and order.placed
        and order.authored
        and order.authored.within(rules.windows["known_referral"], findings.as_of)
    )
    return latest(*imaged, *referred)
