"""Deep gluteal syndrome: table DGS, a diagnosis of exclusion after root and joint (ruling 37)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, first_match, otherwise
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS, Verdict, joined
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits
from cds_service.clinical.spine.joint import read_joint

ID = "deep_gluteal"
SUPPLIES = frozenset({"side"})
NOTES: frozenset[str] = frozenset()
NEEDS = Needs(
    groups=frozenset(
        {"complaint", "joint_unlikely", "leg_pain", "root_items", "root_unlikely", "tests"}
    )
)

_JOINT = "sij"


@dataclass(frozen=True, slots=True)
class Gluteal:
    """One buttock that hurts on sitting; what is excluded, and which piriformis tests are positive.

    `no_root_pain` is neither leg pain nor a neurological deficit on record: then the root table
    does not open, and nothing else asks for it.
    """

    complaint: tuple[Finding, ...]
    tests: tuple[Finding, ...]
    root_unlikely: bool
    no_root_pain: bool
    joint_unlikely: bool

    @property
    def positive(self) -> bool:
        """A piriformis test positive, with the joint made unlikely on the same side."""
        return bool(self.tests) and self.joint_unlikely


PREDICATES: Mapping[str, Callable[[Gluteal], bool]] = {
    "DGS1": lambda buttock: buttock.positive and buttock.root_unlikely,
    "DGS2": lambda buttock: buttock.positive and buttock.no_root_pain,
    "DGS3": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without buttock pain and intolerance of sitting on one side."""
    rules = book.topics[ID]
    verdict = joined(_verdicts(findings, book, earlier), rules.rows)
    if verdict is None:
        return ()
    return (
        Assessment(
            topic=ID,
            row=verdict.row,
            side=verdict.leg,
            values={"side": verdict.leg},
            findings=verdict.findings,
            missing=_missing(findings, rules, verdict),
        ),
    )


def _verdicts(findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]) -> list[Verdict]:
    rules = book.topics[ID]
    root_unlikely = _concluded(earlier, rules.groups["root_unlikely"])
    no_root_pain = not (
        findings.any_present(rules.groups["leg_pain"]) or deficits.on_record(findings)
    )
    joint_settled = _concluded(earlier, rules.groups["joint_unlikely"])
    verdicts = []
    for leg in LEGS:
        buttock = Gluteal(
            complaint=tuple(findings.of(name, leg) for name in rules.groups["complaint"]),
            tests=_positive(findings, rules, leg),
            root_unlikely=root_unlikely,
            no_root_pain=no_root_pain,
            joint_unlikely=joint_settled
            and read_joint(findings, book.topics[_JOINT], leg).unlikely,
        )
        row = first_match(rules.rows, PREDICATES, buttock)
        if row and all(found.present for found in buttock.complaint):
            verdicts.append(Verdict(leg, row, (*buttock.complaint, *buttock.tests)))
    return verdicts


def _missing(findings: Findings, rules: TopicRules, verdict: Verdict) -> tuple[str, ...]:
    """Without leg pain nobody asked for the root examination, so its items are named."""
    leg = verdict.leg if verdict.leg.one_sided else None
    asked = rules.groups["root_items" if verdict.row.variant else "tests"]
    return tuple(name for name in asked if findings.of(name, leg).unknown)


def _concluded(earlier: Iterable[Assessment], states: tuple[str, ...]) -> bool:
    """Whether an earlier topic came to one of these states; one that failed came to none."""
    return any(assessment.state in states for assessment in earlier)


def _positive(findings: Findings, rules: TopicRules, leg: Side) -> tuple[Finding, ...]:
    found = (findings.of(name, leg) for name in rules.groups["tests"])
    return tuple(test for test in found if test.present)
