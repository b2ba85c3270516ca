"""Random orders, reports, operations, drugs, visits and due dates."""

from hypothesis import strategies as st

from tests.spec.fhir_json import (
    HL7,
    LOINC,
    RXNORM,
    Json,
    coding,
    concept,
    icd,
    observation,
    procedure,
    resource,
    snomed,
)
from tests.spec.moments import day_ago


@st.composite
def activities(draw: st.DrawFn, times: st.SearchStrategy[str]) -> Json:
    """One order, report, operation, drug, visit or due date."""
    when = draw(times)
    veins = concept(coding(LOINC, draw(st.sampled_from(["39432-0", "39443-7", "30881-7"]))))
    made = [*_scans(veins, when), *_treatment(when), *_visits(when)]
    return draw(st.sampled_from(made))


def _scans(veins: Json, when: str) -> list[Json]:
    """Orders and reports of leg veins, lung and spine."""
    order = {"status": "active", "intent": "order", "authoredOn": when}
    report = {"status": "final", "effectiveDateTime": when}
    negative = [concept(snomed("260385009", "Negative"))]
    spine, lung = concept(coding(LOINC, "30679-5")), concept(coding(LOINC, "72251-2"))
    return [
        resource("ServiceRequest", code=veins, **order),
        resource("ServiceRequest", code=spine, priority="urgent", **order),
        resource("ServiceRequest", code=lung, **order),
        resource("DiagnosticReport", code=veins, conclusionCode=negative, **report),
        resource("DiagnosticReport", code=veins, **report),
        resource("DiagnosticReport", code=spine, **report),
    ]


def _treatment(when: str) -> list[Json]:
    """Operations, blocks and drugs."""
    drugs = (coding(RXNORM, "1364445", "apixaban 5 MG Oral Tablet"), coding(RXNORM, "8640"))
    requests = [
        resource(
            "MedicationRequest",
            status="active",
            intent="order",
            medicationCodeableConcept=concept(drug),
            authoredOn=when,
        )
        for drug in drugs
    ]
    operations = (
        snomed("609588000", "Total knee replacement"),
        snomed("260647003", "Total laminectomy"),
        snomed("177184002", "Normal delivery procedure"),
    )
    return [*requests, *(procedure(concept(done), when) for done in operations)]


def _visits(when: str) -> list[Json]:
    """A due date and stays in hospital."""
    return [
        observation(
            "survey",
            concept(coding(LOINC, "11778-8")),
            effectiveDateTime=when,
            valueDateTime=day_ago(-100),
        ),
        *(
            resource(
                "Encounter",
                status="in-progress",
                period={"start": when},
                reasonCode=[concept(icd("M79.605", ""))],
                serviceType=service,
                **{"class": coding(f"{HL7}/v3-ActCode", "IMP")},
            )
            for service in (None, concept(snomed("408463005", "Vascular surgery")))
        ),
    ]
