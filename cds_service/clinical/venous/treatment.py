"""Anticoagulation as present, unknown or absent (ruling 12)."""

from dataclasses import dataclass

from cds_service.clinical.fact import Medication, Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest

_ANTICOAGULANT = "anticoag"


@dataclass(frozen=True, slots=True)
class Anticoagulation:
    """Whether the patient is anticoagulated; `dose_known` tells a treatment dose from any dose.

    `first_dose` is the earliest recorded therapeutic dose or order, for the D-dimer.
    """

    status: Status
    dose_known: bool = False
    label: str = ""
    first_dose: Moment | None = None
    medications: tuple[Medication, ...] = ()
    read: bool = True


def read_anticoagulation(findings: Findings) -> Anticoagulation:
    """Unknown when medications were not read in full or one of them cannot be classified."""
    drugs = findings.facts.medications
    therapeutic = tuple(
        drug for drug in drugs if _ANTICOAGULANT in drug.uses and not drug.prophylactic
    )
    active = tuple(drug for drug in therapeutic if drug.active)
    answered = findings.of(_ANTICOAGULANT)
    read = findings.facts.complete("medications")
    first = earliest(*(drug.since for drug in therapeutic if drug.active or drug.given))
    if active or answered.present:
        return Anticoagulation(
            status=Status.PRESENT,
            dose_known=any(drug.dose_known for drug in active),
            label=active[0].label if active else "",
            first_dose=first,
            medications=active,
            read=read,
        )
    if answered.absent:
        return Anticoagulation(Status.ABSENT, first_dose=first, read=read)
    unclear = any(drug.active and not drug.classified for drug in drugs)
    status_code_only = bool(_status_codes(findings))
    known = read and not unclear and not status_code_only
    return Anticoagulation(Status.ABSENT if known else Status.UNKNOWN, first_dose=first, read=read)


def _status_codes(findings: Findings) -> list[Statement]:
    """Long-term-use status codes, which outlive the treatment (ruling 12b)."""
    return [
        statement
        for statement in findings.statements(_ANTICOAGULANT)
        if statement.status is Status.PRESENT and statement.current is not False
    ]
