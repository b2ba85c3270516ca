"""Sacroiliac joint pain: provocation tests counted with bounds, inside published clusters only.

Left and right are never added; a test that was not done is unknown, and one that should not be
done (over a prosthesis, in osteoporosis) does not count among the possible ones.
"""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, Names, Value, first_match, otherwise
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding, Findings, Unknown
from cds_service.clinical.needs import Needs
from cds_service.clinical.pregnancy import read_pregnancy
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import joint_notes
from cds_service.clinical.spine.joint import Joint, read_joint

ID = "sij"
NOTES = joint_notes.NOTES
NEEDS = Needs(
    thresholds=frozenset({"cluster_of_five", "cluster_of_four"}),
    windows=frozenset({"pelvic_girdle"}),
    groups=frozenset(
        {
            "bone_risk",
            "complaint",
            "core",
            "hip_signs",
            "l4",
            "l5",
            "loads_hip",
            "prone",
            "sides_rank",
            "six",
            "test_order",
            "w5",
        }
    ),
)
SUPPLIES = frozenset({"side", "positive", "possible", "tests"})
_ANY_SIDE = (Side.LEFT, Side.RIGHT)


PREDICATES: Mapping[str, Callable[[Joint], bool]] = {
    "S0-spondyloarthritis": lambda joint: joint.findings.present("axspa_known"),
    "S0-fused": lambda joint: joint.fused,
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
    joints = [read_joint(findings, rules, side) for side in _sides(findings, rules)]
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
            notes=joint_notes.notes(joint, other, earlier),
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


def _values(joint: Joint) -> Mapping[str, Value]:
    possible = joint.positive + len(joint.left_to_do)
    return {
        "side": joint.side,
        "positive": joint.positive,
        "possible": possible,
        "tests": Names(joint.left_to_do),
    }


def _reasons(joint: Joint) -> tuple[Finding, ...]:
    names = (*joint.rules.groups["complaint"], *joint.rules.groups["six"])
    found = [joint.findings.of(name, joint.side) for name in names]
    if joint.centralizes:
        found.append(joint.findings.of("centralizes"))
    return tuple(finding for finding in found if not finding.unknown)
