"""Sacroiliac joint pain: provocation tests counted with bounds, inside published clusters only.

Left and right are never added; a test that was not done is unknown, and one that should not be
done (over a prosthesis, in osteoporosis) does not count among the possible ones.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import (
    Assessment,
    Interval,
    Names,
    Note,
    Value,
    first_match,
    otherwise,
)
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Findings, Unknown
from cds_service.clinical.moment import latest
from cds_service.clinical.pregnancy import read_pregnancy
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side

ID = "sij"
SUPPLIES = frozenset({"side", "positive", "possible", "tests"})
NOTES = frozenset(
    [
        "bounds",
        "other-side-tests",
        "conflicting-test",
        "old-tests",
        "prior-fusion",
        "leg-length",
        "fortin-finger",
        "hip-signs",
        "side-not-recorded",
        "other-side",
        "radiculopathy-unlikely",
        "age-not-recorded",
        "not-suggested-prosthesis",
        "not-suggested-bone",
        "not-suggested-prone",
        "longstanding-incontinence",
        "core-negative",
        "safety-net",
    ]
)

_ANY_SIDE = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Joint:
    """One side as the rows see it."""

    side: Side
    findings: Findings
    rules: TopicRules
    tests: Mapping[str, Finding]
    unsuitable: frozenset[str]

    def cluster(self, name: str) -> Interval:
        """Positives now and at most possible in one published cluster."""
        tests = [self.tests[test] for test in self.rules.groups[name]]
        positive = sum(test.present for test in tests)
        open_ = sum(test.unknown and test.id not in self.unsuitable for test in tests)
        return Interval(positive, positive + open_)

    @property
    def clusters(self) -> Mapping[str, Interval]:
        """The three clusters by name."""
        return {name: self.cluster(name) for name in ("w5", "l5", "l4")}

    @property
    def reached(self) -> bool:
        """Three or more inside W5 or L5."""
        need = self.rules.thresholds["cluster_of_five"]
        return any(self.cluster(name).lower >= need for name in ("w5", "l5"))

    @property
    def two_of_four(self) -> bool:
        """Two or more of the best four."""
        return self.cluster("l4").lower >= self.rules.thresholds["cluster_of_four"]

    @property
    def five_out_of_reach(self) -> bool:
        """Neither cluster of five can be met any more."""
        need = self.rules.thresholds["cluster_of_five"]
        return all(self.cluster(name).upper < need for name in ("w5", "l5"))

    @property
    def out_of_reach(self) -> bool:
        """No cluster can be met any more."""
        four = self.rules.thresholds["cluster_of_four"]
        return self.five_out_of_reach and self.cluster("l4").upper < four

    @property
    def positive(self) -> int:
        """Positive tests among all six."""
        return sum(test.present for test in self.tests.values())

    @property
    def recorded(self) -> bool:
        """Whether any of the six is recorded."""
        return any(not test.unknown for test in self.tests.values())

    @property
    def left_to_do(self) -> tuple[str, ...]:
        """Suitable tests still open, in the order they should be done."""
        return tuple(
            name
            for name in self.rules.groups["test_order"]
            if self.tests[name].unknown and name not in self.unsuitable
        )

    @property
    def centralizes(self) -> bool:
        """Pain moves to the midline on repeated movement."""
        return self.findings.present("centralizes")


PREDICATES: Mapping[str, Callable[[Joint], bool]] = {
    "S0-spondyloarthritis": lambda joint: joint.findings.present("axspa_known"),
    "S0-fused": lambda joint: joint.findings.present("sij_fusion", joint.side),
    "S1": lambda joint: (
        all(test.unknown for test in joint.tests.values())
        and not any(test.reason is Unknown.CONFLICTING for test in joint.tests.values())
    ),
    "S2": lambda joint: (joint.reached or joint.two_of_four) and joint.centralizes,
    "S3": lambda joint: joint.reached,
    "S4-cannot-reach": lambda joint: joint.two_of_four and joint.five_out_of_reach,
    "S4": lambda joint: joint.two_of_four,
    "S5": lambda joint: all(test.absent for test in joint.tests.values()),
    "S6": lambda joint: (
        joint.out_of_reach and joint.positive >= joint.rules.thresholds["cluster_of_five"]
    ),
    "S7": lambda joint: joint.out_of_reach,
    "S8": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """Assess each painful side; the more telling one is reported and the other named."""
    rules = book.topics[ID]
    if not _opens(findings, rules):
        return ()
    joints = [_read_joint(findings, rules, side) for side in _sides(findings, rules)]
    decided = [(joint, first_match(rules.rows, PREDICATES, joint)) for joint in joints]
    ranked = sorted(
        ((joint, row) for joint, row in decided if row),
        key=lambda pair: rules.groups["sides_rank"].index(pair[1].state),
    )
    joint, row = ranked[0]
    alike = len(ranked) > 1 and ranked[1][1] is row and not joint.recorded
    other = ranked[1][0] if len(ranked) > 1 and not alike else None
    shown = Side.BOTH if alike else joint.side
    return (
        Assessment(
            topic=ID,
            row=row,
            side=shown,
            values={**_values(joint), "side": shown},
            notes=_notes(joint, other, earlier),
            findings=_reasons(joint),
            missing=joint.left_to_do,
            clusters=joint.clusters,
        ),
    )


def _opens(findings: Findings, rules: TopicRules) -> bool:
    """Buttock or posterior pelvic pain or Fortin's sign, outside pregnancy and its 24 months."""
    if not findings.any_present(rules.groups["complaint"]):
        return False
    postpartum = findings.present("postpartum_24m", window=rules.windows["pelvic_girdle"])
    return not (_pregnant(findings, rules) or postpartum)


def _pregnant(findings: Findings, rules: TopicRules) -> bool:
    """A stray entry in a male chart is not enough; a due date or gestation is (ruling 25)."""
    pregnancy = read_pregnancy(findings, rules)
    return pregnancy.pregnant and (pregnancy.dated or not findings.facts.person.male)


def _sides(findings: Findings, rules: TopicRules) -> tuple[Side, ...]:
    """The painful sides; pain without a side is assessed on the sides that were tested."""
    for names in (rules.groups["complaint"], rules.groups["six"]):
        sides = {
            s.side
            for name in names
            for leg in _ANY_SIDE
            if not (found := findings.of(name, leg)).unknown
            for s in found.evidence
            if s.status is Status.PRESENT or names is rules.groups["six"]
        }
        legs = tuple(leg for leg in _ANY_SIDE if leg in sides or Side.BOTH in sides)
        if legs:
            return legs
    return (Side.UNSPECIFIED,)


def _read_joint(findings: Findings, rules: TopicRules, side: Side) -> Joint:
    tests = {name: findings.of(name, side) for name in rules.groups["six"]}
    unsuitable: set[str] = set()
    if findings.present("hip_arthroplasty", side):
        unsuitable |= set(rules.groups["loads_hip"])
    if findings.any_present(rules.groups["bone_risk"]) or _stray_pregnancy(findings):
        unsuitable |= set(rules.groups["prone"])
    return Joint(side, findings, rules, tests, frozenset(unsuitable))


def _stray_pregnancy(findings: Findings) -> bool:
    return findings.facts.person.male and findings.present("pregnant")


def _values(joint: Joint) -> Mapping[str, Value]:
    possible = joint.positive + len(joint.left_to_do)
    return {
        "side": joint.side,
        "positive": joint.positive,
        "possible": possible,
        "tests": Names(joint.left_to_do),
    }


def _notes(joint: Joint, other: Joint | None, earlier: tuple[Assessment, ...]) -> tuple[Note, ...]:
    notes = list(_test_notes(joint))
    findings = joint.findings
    for note, present in (
        ("prior-fusion", findings.present("prior_lumbar_fusion")),
        ("leg-length", findings.present("lld_recorded")),
        ("fortin-finger", findings.present("fortin_finger", joint.side)),
        ("hip-signs", findings.any_present(joint.rules.groups["hip_signs"])),
        ("side-not-recorded", not joint.side.one_sided),
        ("age-not-recorded", findings.age is None),
        ("radiculopathy-unlikely", _state(earlier, "radiculopathy-unlikely")),
        ("longstanding-incontinence", _state(earlier, "cauda-equina-longstanding")),
    ):
        if present:
            notes.append(Note(note))
    if other is not None:
        notes.append(Note("other-side", {"side": other.side}))
    notes.append(Note("safety-net"))
    return tuple(notes)


def _state(earlier: tuple[Assessment, ...], state: str) -> bool:
    return any(assessment.state == state for assessment in earlier)


def _test_notes(joint: Joint) -> list[Note]:
    notes = []
    if joint.positive or any(test.absent for test in joint.tests.values()):
        notes.append(Note("bounds", _bounds(joint)))
    conflicting = tuple(
        name for name, test in joint.tests.items() if test.reason is Unknown.CONFLICTING
    )
    if conflicting:
        notes.append(Note("conflicting-test", {"names": Names(conflicting)}))
    opposite = tuple(
        name
        for name in joint.rules.groups["six"]
        if joint.side.one_sided
        and joint.findings.present(name, joint.side.other)
        and joint.tests[name].unknown
    )
    if opposite:
        notes.append(Note("other-side-tests", {"names": Names(opposite), "side": joint.side.other}))
    return notes + _reach_notes(joint) + _unsuitable_notes(joint)


def _bounds(joint: Joint) -> Mapping[str, Value]:
    return {
        f"{name}_{end}": value
        for name, interval in joint.clusters.items()
        for end, value in (("lower", interval.lower), ("upper", interval.upper))
    }


def _reach_notes(joint: Joint) -> list[Note]:
    notes = []
    core = joint.rules.groups["core"]
    if joint.out_of_reach and all(joint.tests[name].absent for name in core):
        notes.append(Note("core-negative", {"names": Names(core)}))
    old = [
        s.noted
        for test in joint.tests.values()
        if test.reason is Unknown.OUTSIDE_WINDOW
        for s in test.evidence
    ]
    newest = latest(*old)
    if newest:
        notes.append(Note("old-tests", {"date": newest}))
    return notes


def _unsuitable_notes(joint: Joint) -> list[Note]:
    notes = []
    held = {name for name in joint.unsuitable if joint.tests[name].unknown}
    if held & set(joint.rules.groups["loads_hip"]):
        notes.append(Note("not-suggested-prosthesis"))
    if held & set(joint.rules.groups["prone"]):
        stray = _stray_pregnancy(joint.findings)
        notes.append(Note("not-suggested-prone" if stray else "not-suggested-bone"))
    return notes


def _reasons(joint: Joint) -> tuple[Finding, ...]:
    names = (*joint.rules.groups["complaint"], *joint.rules.groups["six"])
    found = [joint.findings.of(name, joint.side) for name in names]
    if joint.centralizes:
        found.append(joint.findings.of("centralizes"))
    return tuple(finding for finding in found if not finding.unknown)
