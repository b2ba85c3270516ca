"""Lumbar spinal stenosis: table LSS, with rulings 40 and 44."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cds_service.clinical.assessment import Assessment, Names, Note, Value, first_match, otherwise
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.limb.leg import LEGS
from cds_service.clinical.limb.pressure_index import PressureIndex, pressure_indices
from cds_service.clinical.needs import Needs
from cds_service.clinical.rulebook import Row, Rulebook, TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.spine import pain, slip

ID = "lumbar_stenosis"
SUPPLIES = frozenset({"finding"})
NOTES = slip.NOTES | {"age-for", "age-against", "wide-based-gait", "index-on-record"}
NEEDS = Needs(
    thresholds=frozenset({"age", "age_against", "age_for", "features"}),
    groups=frozenset({"bilateral", "eased", "where"}),
)

_CLAUDICATION, _GAIT, _INDEX = "neurogenic_claudication", "wide_based_gait", "abi"
_BOTH_LEGS, _LEG_PAIN = "bilateral_leg_pain", "leg_pain"


@dataclass(frozen=True, slots=True)
class Walking:
    """Claudication of the spine as the rows see it; `oldest` is None where the age is unknown.

    A partial birth date gives the oldest possible age, so that it hides no stenosis (ruling 44).
    """

    findings: Findings
    rules: TopicRules
    features: tuple[Finding, ...]
    oldest: int | None
    index: PressureIndex | None

    @property
    def fits(self) -> bool:
        """Old enough, with enough of the pattern."""
        old = self.oldest is not None and self.oldest >= self.rules.thresholds["age"]
        return old and len(self.features) >= self.rules.thresholds["features"]

    @property
    def young(self) -> bool:
        """Surely younger than the table asks for."""
        return self.oldest is not None and self.oldest < self.rules.thresholds["age"]


PREDICATES: Mapping[str, Callable[[Walking], bool]] = {
    "LSS1-index": lambda walking: walking.fits and walking.index is not None,
    "LSS1": lambda walking: walking.fits,
    "LSS2": lambda walking: walking.young,
    "LSS3": otherwise,
}


def assess(
    findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[Assessment, ...]:
    """At most one assessment; none without claudication and pain of leg or buttock."""
    rules = book.topics[ID]
    del earlier
    claudication = findings.of(_CLAUDICATION)
    if not (claudication.present and pain.of_leg_or_buttock(findings, book)):
        return ()
    walking = _read(findings, rules)
    row = first_match(rules.rows, PREDICATES, walking)
    return (_concluded(row, claudication, walking),) if row else ()


def _concluded(row: Row, claudication: Finding, walking: Walking) -> Assessment:
    named = Names(tuple(feature.id for feature in walking.features), present=True)
    return Assessment(
        topic=ID,
        row=row,
        values={"finding": named},
        notes=_notes(walking),
        findings=(claudication, *_reasons(walking)),
        missing=_missing(walking),
    )


def _read(findings: Findings, rules: TopicRules) -> Walking:
    indices = pressure_indices(findings, rules.windows["abi"])
    both = _both_sides(findings, rules)
    return Walking(
        findings=findings,
        rules=rules,
        features=(*pain.recorded(findings, rules.groups["eased"]), *((both,) if both else ())),
        oldest=findings.facts.person.oldest_age(findings.as_of),
        index=indices[0] if indices else None,
    )


def _both_sides(findings: Findings, rules: TopicRules) -> Finding | None:
    """Pain of both legs or both buttocks: said in one word, or entered for each side."""
    told = pain.recorded(findings, rules.groups["bilateral"])
    if told:
        return told[0]
    for name in rules.groups["where"]:
        if pain.sides(findings, (name,)) == LEGS:
            said = _BOTH_LEGS if name == _LEG_PAIN else name
            return Finding(said, Status.PRESENT, Side.BOTH, findings.of(name).evidence)
    return None


def _reasons(walking: Walking) -> tuple[Finding, ...]:
    gait = walking.findings.of(_GAIT)
    index = (walking.index.as_finding(),) if walking.index else ()
    return (*walking.features, *((gait,) if gait.present else ()), *index)


def _missing(walking: Walking) -> tuple[str, ...]:
    """What was not asked or examined; without an index it is the next step."""
    asked = (*walking.rules.groups["eased"], _GAIT)
    open_ = tuple(name for name in asked if walking.findings.of(name).unknown)
    return open_ if walking.index else (*open_, _INDEX)


def _notes(walking: Walking) -> tuple[Note, ...]:
    findings, limits = walking.findings, walking.rules.thresholds
    youngest, oldest = findings.age, walking.oldest
    said: list[Note] = []
    if youngest is not None and youngest > limits["age_for"]:
        said.append(Note("age-for"))
    if oldest is not None and oldest < limits["age_against"]:
        said.append(Note("age-against"))
    if findings.present(_GAIT):
        said.append(Note("wide-based-gait"))
    if walking.index:
        values: Mapping[str, Value] = {"abi": walking.index.text, "side": walking.index.side}
        said.append(Note("index-on-record", values))
    return (*said, *slip.slip_notes(findings))
