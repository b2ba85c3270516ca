"""Records of one patient that hold a text wherever a record holds words: display, unit, name."""

from datetime import UTC, datetime
from types import MappingProxyType

from cds_service.ehr.shift import shift_dates
from tests.spec.fhir_json import (
    LOINC,
    RXNORM,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import AS_OF, ago, day_ago
from tests.unit.record import PATIENT, prefetch
from tests.unit.red_flag_record import crp, temperature


def drug(name: str) -> list[Json]:
    """Calf pain while taking an anticoagulant of this name."""
    code = concept(coding(RXNORM, "1364445", name), text=name)
    order = resource(
        "MedicationRequest",
        status="active",
        intent="order",
        medicationCodeableConcept=code,
        authoredOn=day_ago(100),
        note=[{"text": name}],
    )
    return [calf(name), order]


def unit(text: str) -> list[Json]:
    """Calf pain with a D-dimer in this unit."""
    lab = observation(
        "laboratory",
        concept(coding(LOINC, "48065-7", text), text=text),
        effectiveDateTime=ago(hours=1),
        valueQuantity=quantity(700, text, None) | {"unit": text, "comparator": ""},
        note=[{"text": text}],
    )
    return [calf(text), lab]


def score(text: str) -> list[Json]:
    """Sciatica with pain scores of leg and back in this unit."""
    scored = [
        observation(
            "survey",
            concept(coding(LOINC, "72514-3", text), text=text),
            effectiveDateTime=ago(hours=1),
            bodySite=concept(snomed(site, text)),
            valueQuantity={"value": value, "unit": text},
        )
        for site, value in (("61685007", 7), ("52612000", 3))
    ]
    tested = observation(
        "exam", concept(own("slr")), effectiveDateTime=ago(hours=1), valueBoolean=True
    )
    return [condition(concept(icd("M54.32", text)), recordedDate=day_ago(1)), tested, *scored]


def inflammation(text: str) -> list[Json]:
    """Fever and back pain with a raised CRP in this unit."""
    lab = crp(80)
    lab["valueQuantity"] = {"value": 80, "unit": text}
    return [condition(concept(icd("M54.50", text)), recordedDate=day_ago(1)), temperature(39), lab]


def told(text: str) -> list[Json]:
    """Calf pain with this text wherever people and codes are named."""
    said_by = {"reference": "Practitioner/p", "display": text}
    named = [{"system": "urn:local", "value": text, "type": {"text": text}}]
    leg = condition(
        concept(icd("M79.605", text) | {"display": text}, text=text),
        recordedDate=day_ago(1),
        note=[{"text": text}],
        text={"status": "generated", "div": text},
        bodySite=[concept(snomed("61685007", text), text=text)],
        recorder=said_by,
        asserter=said_by,
        identifier=named,
    )
    visit = resource(
        "Encounter",
        status="in-progress",
        reasonCode=[concept(text=text)],
        period={"start": ago(hours=2)},
        participant=[{"individual": said_by}],
        identifier=named,
    )
    said = observation(
        "exam",
        concept(own("slr"), text=text),
        effectiveDateTime=ago(hours=1),
        valueString=text,
        bodySite=concept(text=text),
        performer=[said_by],
    )
    return [calf(text), leg, visit, said]


def everywhere(text: str) -> list[Json]:
    """The same, and a scan whose report is this text."""
    said_by = {"reference": "Practitioner/p", "display": text}
    report = resource(
        "DiagnosticReport",
        status="final",
        code=concept(coding(LOINC, "39432-0", text), text=text),
        effectiveDateTime=ago(hours=1),
        conclusion=text,
        performer=[said_by],
    )
    return [*told(text), report]


def treated(text: str) -> list[Json]:
    """All that a card may quote at once: the anticoagulant, and the unit of a D-dimer."""
    return [*drug(text), *unit(text), *told(text)]


def calf(text: str) -> Json:
    """Calf pain, and the same in words."""
    code = concept(own("calf_pain"), coding("urn:local", text[:64] or "x", text), text=text)
    return condition(code, recordedDate=day_ago(1))


CHANNELS = MappingProxyType(
    {
        "drug": drug,
        "unit": unit,
        "score": score,
        "inflammation": inflammation,
        "everywhere": everywhere,
    }
)


def patient_named(text: str) -> Json:
    """A woman of 60 with this text for name, address and number."""
    return {
        "resourceType": "Patient",
        "id": PATIENT,
        "birthDate": "1966-04-17",
        "name": [{"text": text, "family": text}],
        "address": [{"text": text}],
        "identifier": [{"system": "urn:local", "value": text}],
        "generalPractitioner": [{"reference": "Practitioner/p", "display": text}],
    }


def hook_request(text: str) -> Json:
    """A call of patient-view about somebody whose results were there yesterday."""
    days = (datetime.now(UTC).date() - AS_OF.date()).days - 1
    record = prefetch(*treated(text), patient=patient_named(text))
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/p", "patientId": PATIENT},
        "prefetch": shift_dates(record, days),
    }
