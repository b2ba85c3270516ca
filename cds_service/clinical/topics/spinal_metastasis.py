"""Spinal metastasis and cord compression: tables MSC and CORD, with rulings 2, 14 and 15."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, first_match
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import deficits, pain
from cds_service.clinical.spine.onset import new_continence
from cds_service.clinical.spine.root import read_root
from cds_service.clinical.spine.worsening import worsening

ID = "spinal_metastasis"
SUPPLIES = frozenset({"finding"})
NOTES = frozenset({"skin-cancer"})
NEEDS = Needs(
    windows=frozenset({"new_pain"}),
    groups=frozenset(
        {"cord_signs", "features", "new_pain", "questions", "radicular", "spinal_pain"}
    ),
)

_CANCER, _UMN = "cancer_history", "umn_signs"
_LEGS = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Spine:
    """The spine of a patient as the rows see it."""

    findings: Findings
    rules: TopicRules
    cancer: Finding
    pain: tuple[Finding, ...]
    cord: tuple[Finding, ...]
    deficit: tuple[Finding, ...]
    root: tuple[Finding, ...]
    features: tuple[Finding, ...]

    @property
    def neurology(self) -> tuple[Finding, ...]:
        """What makes the pain neurological: deficits always, root symptoms when new (14)."""
        return (*self.cord, *((*self.deficit, *self.root) if self.pain else ()))

    @property
    def new_pain(self) -> bool:
        """Back or buttock pain that began within half a year."""
        here = pain.recorded(self.findings, self.rules.groups["new_pain"])
        return pain.is_new(self.findings, here, self.rules.windows["new_pain"])


PREDICATES: Mapping[str, Callable[[Spine], bool]] = {
    "MSC1": lambda spine: spine.cancer.present and bool(spine.neurology),
    "MSC2": lambda spine: spine.cancer.present and bool(spine.pain and spine.features),
    "MSC3": lambda spine: spine.cancer.present and spine.new_pain,
    "CORD": lambda spine: spine.findings.present(_UMN),
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without cancer or upper motor neuron signs."""
    rules = book.topics[ID]
    del earlier
    spine = _read(findings, book)
    row = first_match(rules.table("MSC"), PREDICATES, spine)
    if row is None:
        return ()
    cancer = (spine.cancer,) if spine.cancer.present else ()
    signs = {"MSC2": spine.features, "MSC3": ()}.get(row.id, spine.neurology)
    asked = (deficits.examined(findings, rules, name) for name in rules.groups["questions"])
    open_ = tuple(finding for finding in asked if finding.unknown)
    return (
        Assessment(
            topic=ID,
            row=row,
            side=_side(spine.pain),
            values={"finding": Names(tuple(sign.id for sign in signs), present=True)},
            notes=_notes(spine),
            findings=_unique(*cancer, *signs, *spine.features, *spine.pain),
            missing=tuple(finding.id for finding in open_),
            unknown=open_,
        ),
    )


def _read(findings: Findings, book: Rulebook) -> Spine:
    rules = book.topics[ID]
    groups = rules.groups
    bilateral = deficits.bilateral_leg_deficit(findings, rules)
    return Spine(
        findings=findings,
        rules=rules,
        cancer=_cancer(findings),
        pain=pain.recorded(findings, groups["spinal_pain"]),
        cord=(
            *pain.recorded(findings, groups["cord_signs"]),
            *((bilateral,) if bilateral.present else ()),
        ),
        deficit=_deficit(findings, book),
        root=_root(findings, book),
        features=pain.recorded(findings, groups["features"]),
    )


def _cancer(findings: Findings) -> Finding:
    """Any malignancy, past or current, other than of the skin; a suspected one counts (27)."""
    recorded = findings.of(_CANCER)
    suspected = tuple(
        s
        for s in findings.statements(_CANCER)
        if s.status is Status.PRESENT and s.suspected and s.current is not False
    )
    if recorded.unknown and suspected:
        return Finding(_CANCER, Status.PRESENT, evidence=suspected)
    return recorded


def _deficit(findings: Findings, book: Rulebook) -> tuple[Finding, ...]:
    """Weakness, gait, sensory loss and continence, whatever the age of the pain (ruling 14)."""
    rules = book.topics[ID]
    found = (
        deficits.motor(findings, rules, None),
        deficits.new_gait(findings, rules),
        deficits.sensation(findings, None),
        *new_continence(findings, book),
    )
    return tuple(finding for finding in found if finding.present)


def _root(findings: Findings, book: Rulebook) -> tuple[Finding, ...]:
    """Root pain and tingling, when they or the back pain are new or worse, not under care."""
    rules = book.topics[ID]
    window = rules.windows["new_pain"]
    tingling = deficits.tingling(findings)
    family = rules.groups["radicular"]
    found = (
        *pain.recorded(findings, family),
        *((tingling,) if tingling.present else ()),
    )
    back = pain.recorded(findings, rules.groups["new_pain"])
    new = pain.is_new(findings, back, window) or pain.family_is_new(findings, found, family, window)
    if not (new or worsening(findings, (*found, *back), book)) or _managed(findings, book, found):
        return ()
    return found


def _managed(findings: Findings, book: Rulebook, found: tuple[Finding, ...]) -> bool:
    """Every leg that has the symptoms is a known radiculopathy under care and stable."""
    rules = book.topics["radiculopathy"]
    legs = [leg for leg in _LEGS if any(findings.present(f.id, leg) for f in found)]
    return all(read_root(findings, rules, leg).known_and_stable for leg in legs)


def _side(found: tuple[Finding, ...]) -> Side:
    sides = {finding.side for finding in found if finding.side is not Side.UNSPECIFIED}
    return sides.pop() if len(sides) == 1 else Side.UNSPECIFIED


def _unique(*found: Finding) -> tuple[Finding, ...]:
    return tuple({finding.id: finding for finding in found}.values())


def _notes(spine: Spine) -> tuple[Note, ...]:
    return (Note("skin-cancer"),) if spine.findings.present("nmsc_history") else ()
