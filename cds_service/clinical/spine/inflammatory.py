"""Inflammatory back pain: since what age, for how long, and with which of the nine features."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cds_service.clinical.fact import Statement, Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.spine import pain

_YOUNG, _EARLY, _DURATION = "onset_before_45", "onset_before_35", "duration_days"
_B27 = "hla_b27"


@dataclass(frozen=True, slots=True)
class Beginning:
    """When the pain began at the latest, and by which entries.

    `stated` is False where only the first record is known: it may have begun any time before.
    """

    when: Moment
    stated: bool
    evidence: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class BackPain:
    """Back or buttock pain as the rows see it."""

    findings: Findings
    rules: TopicRules
    here: tuple[Finding, ...]
    began: Beginning | None
    young: Finding
    features: Mapping[str, Finding]
    hard: tuple[Finding, ...]

    @property
    def known(self) -> bool:
        """Axial spondyloarthritis is on record."""
        return self.findings.present("axspa_known")

    @property
    def lasting(self) -> bool:
        """It has been there long enough, at least since its first record."""
        span = self.rules.windows["lasting"]
        return self.began is not None and self.began.when.age(self.findings.as_of) >= span

    @property
    def hla_b27(self) -> Finding:
        """The blood test, whenever it was done."""
        return self.findings.of(_B27)

    @property
    def count(self) -> int:
        """Features on record."""
        return sum(feature.present for feature in self.features.values())

    @property
    def open(self) -> tuple[str, ...]:
        """Features of which the record says nothing."""
        return tuple(name for name, feature in self.features.items() if feature.unknown)

    @property
    def enough(self) -> bool:
        """As many features as a referral asks for."""
        return self.count >= self.rules.thresholds["features"]

    @property
    def hla_b27_decides(self) -> bool:
        """Exactly as many features as need a positive HLA-B27 beside them."""
        return self.count == self.rules.thresholds["features_with_hla_b27"]

    @property
    def reachable(self) -> bool:
        """Too few yet, while the missing answers could still make enough."""
        needed = self.rules.thresholds["features"]
        few = self.count < self.rules.thresholds["features_with_hla_b27"]
        return few and self.count + len(self.open) >= needed


def read_back_pain(findings: Findings, rules: TopicRules) -> BackPain:
    """Read the pain, its beginning and the features."""
    here = pain.recorded(findings, rules.groups["complaint"])
    began = _beginning(findings, here)
    features = {name: findings.of(name) for name in rules.groups["features"]}
    features[_EARLY] = _before(findings, _EARLY, began, rules.thresholds["early_onset_age"])
    hard = (findings.of(name) for name in rules.groups["hard_facts"])
    return BackPain(
        findings=findings,
        rules=rules,
        here=here,
        began=began,
        young=_before(findings, _YOUNG, began, rules.thresholds["onset_age"]),
        features=features,
        hard=tuple(fact for fact in hard if fact.present),
    )


def _beginning(findings: Findings, here: tuple[Finding, ...]) -> Beginning | None:
    """The first of all onsets and records of the pain that is there now, and a told duration."""
    begun = [
        Beginning(when, stated=when is entry.onset and not entry.onset_assumed, evidence=(entry,))
        for entry in findings.statements(*(found.id for found in here))
        if entry.status is Status.PRESENT and entry.current is not False
        for when in (entry.onset, entry.noted)
        if when is not None
    ]
    for told in findings.measurements(_DURATION)[:1]:
        if told.noted and told.quantity and here:
            first = told.noted.first - timedelta(days=told.quantity.value)
            begun.append(Beginning(Moment(first, first), stated=True, evidence=(told,)))
    return min(begun, key=lambda one: (one.when.first, not one.stated), default=None)


def _before(findings: Findings, name: str, began: Beginning | None, age: float) -> Finding:
    """As answered, else by the birth date (ruling 44).

    Pain that is on record since an earlier age began earlier still; since a later age says nothing
    unless the onset is stated. A partial birth date decides where every date it can mean agrees.
    """
    answered, person = findings.of(name), findings.facts.person
    if began is None or not answered.unknown:
        return answered
    oldest, youngest = person.oldest_age(began.when.last), person.age(began.when.first)
    if oldest is not None and oldest < age:
        return Finding(name, Status.PRESENT, evidence=began.evidence)
    if began.stated and youngest is not None and youngest >= age:
        return Finding(name, Status.ABSENT, evidence=began.evidence)
    return answered
