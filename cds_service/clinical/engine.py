"""Assesses every topic in order; a topic that fails is reported, never silently missing."""

from dataclasses import dataclass, replace
from types import ModuleType

from cds_service.clinical.assessment import Assessment, distinct
from cds_service.clinical.fact import Facts
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import Rulebook
from cds_service.clinical.topics import (
    axial_spa,
    calf_strain,
    cauda_equina,
    child,
    compartment_syndrome,
    deep_gluteal,
    dvt,
    fracture,
    gate,
    hip,
    leg_weakness,
    limb_ischemia,
    lumbar_stenosis,
    pelvic_girdle,
    peripheral_artery_disease,
    pulmonary_embolism,
    radiculopathy,
    sij,
    spinal_infection,
    spinal_metastasis,
    superficial_vein_thrombosis,
)

# Emergencies and red flags of any age; later topics see the assessments of earlier ones.
SAFETY_TOPICS: tuple[ModuleType, ...] = (
    pulmonary_embolism,
    limb_ischemia,
    compartment_syndrome,
    cauda_equina,
    spinal_metastasis,
    spinal_infection,
    fracture,
    leg_weakness,
    child,
)
SUPPORT_TOPICS: tuple[ModuleType, ...] = (radiculopathy,)
# Groin pain opens it though it opens no gate (ruling 53); DVT asks whether it speaks (ruling 9).
PREGNANCY_TOPICS: tuple[ModuleType, ...] = (pelvic_girdle,)
LEG_TOPICS: tuple[ModuleType, ...] = (
    dvt,
    superficial_vein_thrombosis,
    peripheral_artery_disease,
)
LATE_SUPPORT_TOPICS: tuple[ModuleType, ...] = (
    axial_spa,
    sij,
    lumbar_stenosis,
    hip,
    deep_gluteal,
    calf_strain,
)
TOPICS = (
    gate,
    *SAFETY_TOPICS,
    *SUPPORT_TOPICS,
    *PREGNANCY_TOPICS,
    *LEG_TOPICS,
    *LATE_SUPPORT_TOPICS,
)


@dataclass(frozen=True, slots=True)
class Crash:
    """A topic that failed, with the error for the log."""

    topic: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All assessments in the order they were made, and the topics that failed."""

    assessments: tuple[Assessment, ...]
    crashes: tuple[Crash, ...] = ()


def find(facts: Facts, book: Rulebook) -> Findings:
    """Facts as findings under the reading rules of the content."""
    return Findings(facts, book.findings, book.implied, book.carriers)


def assess_all(findings: Findings, book: Rulebook) -> Evaluation:
    """Gate first; then emergencies, root and girdle pain, the leg, and what depends on those.

    Later topics see the assessments of earlier ones, never the other way round.
    """
    gated, crashes = _guarded(gate, findings, book, ())
    assessments = list(gated)
    if any(a.state == "silent-deceased" for a in gated):
        return Evaluation(tuple(assessments))
    support = not gated or gate.support_tables_open(gated[0], book.topics[gate.ID])
    for topic in (
        *SAFETY_TOPICS,
        *(SUPPORT_TOPICS if support else ()),
        *PREGNANCY_TOPICS,
        *LEG_TOPICS,
        *(LATE_SUPPORT_TOPICS if support else ()),
    ):
        found, failed = _guarded(topic, findings, book, tuple(assessments))
        assessments += found
        crashes += failed
    return Evaluation(_telling_of_silent_rows(tuple(assessments), book), crashes)


def _telling_of_silent_rows(
    assessments: tuple[Assessment, ...], book: Rulebook
) -> tuple[Assessment, ...]:
    """What a row leaves to emergency cards is told among the reasons of the most urgent one."""
    urgent_first = sorted(
        (a for a in assessments if a.card), key=lambda a: book.triage.place(a.row)
    )
    left = [
        (next((a for a in urgent_first if a.card in silent.row.told_by), None), silent)
        for silent in assessments
        if silent.row.told_by
    ]
    return tuple(
        _telling(a, [silent for teller, silent in left if teller is a]) for a in assessments
    )


def _telling(teller: Assessment, silent: list[Assessment]) -> Assessment:
    present = (finding for one in silent for finding in one.findings if finding.present)
    findings = distinct((*teller.findings, *present))
    return replace(teller, findings=findings) if silent else teller


def _with_reasons(assessment: Assessment, findings: Findings) -> Assessment:
    """Why each missing item is not known; a topic may know better than the plain finding.

    What a topic tells beyond its missing items, because nothing hangs on it, follows them.
    """
    side = assessment.side if assessment.side.one_sided else None
    known = {finding.id: finding for finding in assessment.unknown if finding.reason}
    more = (f.id for f in assessment.unknown if f.id not in assessment.missing)
    unknown = (known.get(name) or findings.gap(name, side) for name in (*assessment.missing, *more))
    return replace(assessment, unknown=tuple(unknown))


def _guarded(
    topic: ModuleType, findings: Findings, book: Rulebook, earlier: tuple[Assessment, ...]
) -> tuple[tuple[Assessment, ...], tuple[Crash, ...]]:
    try:
        found = topic.assess(findings, book, earlier)
        return tuple(_with_reasons(a, findings) for a in found), ()
    except Exception as error:  # noqa: BLE001 - one failing topic must not silence the others
        return (), (Crash(topic.ID, error),)
