"""The vignettes are encoded as believable charts that use every way of saying a thing."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.spec import vignette as vignettes
from tests.spec.chart import ICD10CM_OID, Vignette, chart, patient
from tests.spec.encode import prefetch
from tests.spec.fhir_json import ICD10CM, LOINC, OWN, RXNORM, SNOMED

HLA_B27 = "4821-5"
ALL: tuple[Vignette, ...] = (*vignettes.vascular(), *vignettes.musculoskeletal())


@pytest.mark.parametrize("vignette", ALL, ids=lambda vignette: vignette.id)
def test_charts_are_valid_fhir(vignette: Vignette) -> None:
    """Every resource of every chart is valid FHIR R4."""
    for found in [patient(vignette), *chart(vignette)]:
        get_fhir_model_class(str(found["resourceType"])).model_validate(found)


def test_all_vignettes_are_here() -> None:
    """At least the ninety-seven of the first topics, each under an id of its own."""
    assert len({vignette.id for vignette in ALL}) == len(ALL) >= 97


@pytest.fixture(scope="module", name="resources")
def all_resources() -> list[dict[str, Any]]:
    """Every resource of every chart."""
    return [found for vignette in ALL for found in chart(vignette)]


def observations(resources: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Observations and their components."""
    for found in resources:
        if found["resourceType"] == "Observation":
            yield found
            yield from found.get("component", ())


def values(member: str) -> Callable[[dict[str, Any]], object]:
    """What an observation holds in a member, by its first coding if it is coded."""

    def read(observation: dict[str, Any]) -> object:
        value = observation.get(member, [])
        concepts = value if isinstance(value, list) else [value]
        return [concept["coding"][0]["code"] for concept in concepts]

    return read


FORMS: dict[str, Callable[[dict[str, Any]], object]] = {
    "true": lambda o: o.get("valueBoolean") is True,
    "false": lambda o: o.get("valueBoolean") is False,
    "quantity": lambda o: "valueQuantity" in o,
    "component": lambda o: "component" in o,
    "word": lambda o: "valueString" in o,
    "no value but a reason": lambda o: "dataAbsentReason" in o,
    "POS": lambda o: values("interpretation")(o) == ["POS"],
    "NEG": lambda o: values("interpretation")(o) == ["NEG"],
    "present": lambda o: values("valueCodeableConcept")(o) == ["52101004"],
    "positive": lambda o: values("valueCodeableConcept")(o) == ["10828004"],
    "yes": lambda o: values("valueCodeableConcept")(o) == ["373066001"],
    "absent": lambda o: values("valueCodeableConcept")(o) == ["2667000"],
    "negative": lambda o: values("valueCodeableConcept")(o) == ["260385009"],
    "no": lambda o: values("valueCodeableConcept")(o) == ["373067005"],
    "local answer first": lambda o: values("valueCodeableConcept")(o) == ["Y"],
    "assertion": lambda o: values("code")(o) == ["ASSERTION"],
    "period": lambda o: "effectivePeriod" in o,
    "retracted": lambda o: o.get("status") == "entered-in-error",
}


@pytest.mark.parametrize("form", FORMS)
def test_observations_use_every_form(form: str, resources: list[dict[str, Any]]) -> None:
    """Each way an Observation can answer occurs in some chart."""
    assert any(FORMS[form](observation) for observation in observations(resources))


def test_d_dimers_are_never_words(resources: list[dict[str, Any]]) -> None:
    """Only quantities stand for laboratory results; a gene is there or not."""
    labs = [o for o in resources if o.get("category", [{}])[0] == _laboratory()]
    assert labs
    genes = [lab for lab in labs if lab["code"]["coding"][0]["code"] == HLA_B27]
    assert all("valueQuantity" in lab for lab in labs if lab not in genes)


def _laboratory() -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {"coding": [{"system": system, "code": "laboratory"}]}


def codings(resources: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """The type and the codings of `code` of every resource."""
    for found in resources:
        code = found.get("code") or found.get("medicationCodeableConcept")
        if code:
            yield found["resourceType"], code["coding"]


@pytest.mark.parametrize("system", [SNOMED, ICD10CM, ICD10CM_OID, LOINC, RXNORM, OWN])
def test_every_code_system_occurs(system: str, resources: list[dict[str, Any]]) -> None:
    """No chart needs all code systems, all charts together do."""
    assert any(system == c["system"] for _, found in codings(resources) for c in found)


def test_conditions_vary(resources: list[dict[str, Any]]) -> None:
    """Conditions carry own codes, two systems side by side, ICD without dot, and refutations."""
    conditions = [found for kind, found in codings(resources) if kind == "Condition"]
    assert any(found[0]["system"] == OWN for found in conditions)
    assert any({c["system"] for c in found} >= {SNOMED, ICD10CM} for found in conditions)
    assert any(
        c["code"].islower() for found in conditions for c in found if c["code"][1:].isalnum()
    )
    assert any(
        found["verificationStatus"]["coding"][0]["code"] == "refuted"
        for found in resources
        if found["resourceType"] == "Condition"
    )


def test_deliveries_vary() -> None:
    """Empty queries come as null and as an empty Bundle, Observations split and unsplit."""
    deliveries = [prefetch(vignette) for vignette in ALL]
    answers = [answer for delivery in deliveries for answer in delivery.values()]
    assert None in answers
    assert any(isinstance(answer, dict) and answer.get("total") == 0 for answer in answers)
    assert {"observations" in delivery for delivery in deliveries} == {True, False}
