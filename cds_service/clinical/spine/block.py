"""Weakness after a block or a spinal procedure: what the block explains, and what it may hide."""

from dataclasses import dataclass

from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.findings import Findings
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.spine.weakness import Weakness
from cds_service.clinical.venous.treatment import read_anticoagulation

_PERIPHERAL, _NEURAXIAL = "sij_injection_48h", "recent_spinal_procedure"


@dataclass(frozen=True, slots=True)
class Block:
    """The procedures that came before a weakness; `explains` where a peripheral block can.

    An epidural hematoma looks the same, so only weakness of one leg, that does not increase, of a
    patient without an anticoagulant, within the time a block lasts, is explained (ruling 17).
    """

    procedures: tuple[Finding, ...]
    explains: bool


def read_block(findings: Findings, rules: TopicRules, weakness: Weakness, *, alone: bool) -> Block:
    """Blocks within their time; one given after the weakness began has nothing to do with it."""
    before = tuple(
        given
        for name in (_PERIPHERAL, _NEURAXIAL)
        if (given := findings.of(name, window=rules.windows["block"])).present
        and _came_first(given, weakness)
    )
    explains = (
        [given.id for given in before] == [_PERIPHERAL]
        and alone
        and not weakness.progressive.present
        and read_anticoagulation(findings).status is not Status.PRESENT
        and not _outlasted(before[0], weakness, findings, rules)
    )
    return Block(before, explains)


def _came_first(given: Finding, weakness: Weakness) -> bool:
    if weakness.longstanding:
        return False
    if weakness.onset is None or given.noted is None:
        return True
    return weakness.onset.not_before(given.noted)


def _outlasted(given: Finding, weakness: Weakness, findings: Findings, rules: TopicRules) -> bool:
    """Recorded longer after the block than a block lasts, as far as the dates can tell."""
    seen = weakness.finding.noted
    if seen is None or given.noted is None:
        return False
    last = min(seen.last, findings.as_of)
    return last - given.noted.first > rules.windows["block_wears_off"]
