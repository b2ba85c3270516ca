"""Sacroiliac joint pain: provocation tests counted with bounds, inside published clusters only.

Left and right are never added; a test that was not done is unknown, and one that should not be
done (over a prosthesis, in osteoporosis) does not count among the possible ones.
"""

from collections.abc import Callable, Mapping

from cds_service.clinical.assessment import Assessment, Names, Value, first_match, otherwise
from cds_service.clinical.finding import Finding, Unknown
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.side import Side
from cds_service.clinical.spine import joint_notes, pain
from cds_service.clinical.spine.girdle import expecting
from cds_service.clinical.spine.joint import Joint, read_joint

ID = "sij"
NOTES = joint_notes.NOTES
NEEDS = Needs(
    thresholds=frozenset({"cluster_of_five", "cluster_of_four"}),
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
_GIRDLE = "pelvic_girdle"


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
    if not _opens(findings, book):
        return ()
    sides = pain.assessed_sides(findings, rules.groups["complaint"], rules.groups["six"])
    joints = [read_joint(findings, rules, side) for side in sides]
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


def _opens(findings: Findings, book: Rulebook) -> bool:
    """Buttock or posterior pelvic pain or Fortin's sign, with the pelvic girdle's table shut."""
    painful = findings.any_present(book.topics[ID].groups["complaint"])
    return painful and not expecting(findings, book.topics[_GIRDLE])


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
