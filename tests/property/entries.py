"""Entries of a record as short as a probe can say them; times are FHIR texts."""

from tests.spec.case_chart import GROUPS, WELLS_HISTORY, WELLS_SIGNS
from tests.spec.fhir_json import (
    HL7,
    LOINC,
    RXNORM,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import AS_OF, ago, day_ago
from tests.spec.signs import site
from tests.unit.record import PATIENT

NOW = ago(hours=1)
LONG_AGO = day_ago(900)
WELLS = WELLS_HISTORY + WELLS_SIGNS
SIJ_TESTS = GROUPS["SIJ-TESTS"]
NEGATIVE = snomed("260385009", "Negative")
UNITS: dict[str, tuple[str, str | None]] = {
    "8310-5": ("Cel", "Cel"),
    "8480-6": ("mmHg", "mm[Hg]"),
    "8867-4": ("/min", "/min"),
    "9279-1": ("/min", "/min"),
    "59408-5": ("%", "%"),
    "48065-7": ("ng/mL FEU", None),
    "48066-5": ("ng/mL DDU", None),
    "1988-5": ("mg/L", "mg/L"),
    "pvr_ml": ("mL", "mL"),
    "calf_circumference": ("cm", "cm"),
    "delta_pressure": ("mmHg", "mm[Hg]"),
    "mrc": ("", "{score}"),
    "abi": ("", "1"),
    "aslr": ("", "{score}"),
}
_LABORATORY = {"48065-7", "48066-5", "1988-5"}


def told(
    finding: str,
    at: str = NOW,
    *,
    since: str | None = None,
    value: bool = True,
    side: str | None = None,
) -> Json:
    """An answer or examination finding of ours by a practitioner, with the time it began."""
    return observation(
        "exam",
        concept(own(finding)),
        bodySite=site(finding, side),
        valueBoolean=value,
        performer=[{"reference": "Practitioner/1"}],
        **_timed(at, since),
    )


def _timed(at: str, since: str | None) -> Json:
    return {"effectivePeriod": {"start": since, "end": at}} if since else {"effectiveDateTime": at}


def absent(*findings: str, side: str | None = None) -> list[Json]:
    """Findings recorded absent."""
    return [told(finding, value=False, side=side) for finding in findings]


def wells(
    *present: str, unknown: tuple[str, ...] = (), alternative: bool | None = False
) -> list[Json]:
    """All Wells items of the left leg: those present, the others absent, less the unknown ones."""
    answers = [
        told(item, value=item in present, side="L" if item in WELLS_SIGNS else None)
        for item in WELLS
        if item not in unknown
    ]
    if alternative is not None:
        answered = ago(hours=0.5)
        answers.append(
            told("alternative_diagnosis_as_likely", answered, value=alternative, side="L")
        )
    return answers


def measured(
    name: str,
    value: float,
    at: str = NOW,
    *,
    since: str | None = None,
    side: str | None = None,
) -> Json:
    """A measurement by LOINC code or finding of ours, in its usual unit."""
    unit, ucum = UNITS[name]
    loinc = name[0].isdigit()
    category = "laboratory" if name in _LABORATORY else "vital-signs" if loinc else "exam"
    return observation(
        category,
        concept(coding(LOINC, name) if loinc else own(name)),
        bodySite=site(name, side),
        valueQuantity=quantity(value, unit, ucum),
        **_timed(at, since),
    )


def crp(at: str) -> Json:
    """A C-reactive protein above the laboratory's limit."""
    limit = [{"high": {"value": 5, "unit": "mg/L"}}]
    return measured("1988-5", 60, at) | {"referenceRange": limit}


def due(at: str) -> Json:
    """An expected date of delivery, told an hour ago."""
    return observation(
        "survey",
        concept(coding(LOINC, "11778-8")),
        effectiveDateTime=NOW,
        valueDateTime=at,
    )


def problem(code: str, *, onset: str | None = None, recorded: str = NOW) -> Json:
    """An active, confirmed problem by ICD-10-CM code, or by a finding of ours."""
    coded = icd(code, "") if code[0].isupper() else own(code)
    return condition(concept(coded), onsetDateTime=onset, recordedDate=recorded)


def ordered(code: Json, at: str, *, priority: str = "routine") -> Json:
    """An active order."""
    return resource(
        "ServiceRequest",
        status="active",
        intent="order",
        priority=priority,
        code=concept(code),
        authoredOn=at,
    )


def reported(loinc: str, at: str, conclusion: Json | None = None) -> Json:
    """A final report, its conclusion coded or not."""
    return resource(
        "DiagnosticReport",
        status="final",
        code=concept(coding(LOINC, loinc)),
        effectiveDateTime=at,
        conclusionCode=[concept(conclusion)] if conclusion else None,
    )


def operated(code: Json, at: str) -> Json:
    """A completed procedure."""
    return procedure(concept(code), at)


def treated(code: str, since: str) -> Json:
    """An active drug order by RxNorm code."""
    return resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=concept(coding(RXNORM, code)),
        authoredOn=since,
    )


APIXABAN, PREDNISONE = "1364445", "8640"


def admitted(since: str) -> Json:
    """An inpatient stay that is still open."""
    return resource(
        "Encounter",
        status="in-progress",
        period={"start": since},
        **{"class": coding(f"{HL7}/v3-ActCode", "IMP")},
    )


def person(born: str) -> Json:
    """The patient, born on a day."""
    return resource("Patient", id=PATIENT, birthDate=born)


CHILD = person(f"{AS_OF.year - 10}-04-17")
