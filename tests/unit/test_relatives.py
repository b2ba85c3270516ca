"""Family history: first-degree relatives answer one question, and are never the patient."""

import pytest

from cds_service.clinical.fact import Statement
from tests.spec.fhir_json import Json, coding, concept, icd, own, resource, snomed
from tests.spec.moments import day_ago
from tests.unit.record import PATIENT, library, read

ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
SPONDYLITIS = concept(snomed("9631008", "Ankylosing spondylitis"))
DVT = concept(icd("I82.402", ""))


def relative(
    role: str = "MTH",
    disease: Json = SPONDYLITIS,
    *,
    system: str = ROLES,
    status: str = "completed",
    of: str = PATIENT,
) -> Json:
    """What a relative has; this resource names its patient by another member than most."""
    history = resource(
        "FamilyMemberHistory",
        status=status,
        relationship=concept(coding(system, role)),
        condition=[{"code": disease}],
        date=day_ago(90),
    )
    return history | {"patient": {"reference": f"Patient/{of}"}, "subject": None}


def told(*relatives: Json) -> tuple[Statement, ...]:
    """What is read of them."""
    return read(*relatives).statements


@pytest.mark.parametrize("role", ["MTH", "FTH", "NMTH", "SON", "DAU", "BRO", "SIS", "NSIB", "TWIN"])
def test_parents_children_and_siblings_are_first_degree(role: str) -> None:
    """One statement: a first-degree relative has spondyloarthritis."""
    (statement,) = told(relative(role))
    assert statement.finding == "fdr_spa"
    assert statement.source.startswith("FamilyMemberHistory/")
    assert statement.noted is not None


@pytest.mark.parametrize(
    "role", ["GRMTH", "UNCLE", "COUSN", "HSIB", "HBRO", "STPMTH", "ADOPTF", "SPS", "NBOR", ""]
)
def test_others_are_not(role: str) -> None:
    """Grandparents, half, step and adopted relatives, and those that are none."""
    assert told(relative(role)) == ()


def test_a_relationship_of_another_system_says_nothing() -> None:
    """A local code that looks alike, or none at all."""
    assert told(relative(system="https://ehr.example.org/relations")) == ()
    unrelated = {key: value for key, value in relative().items() if key != "relationship"}
    assert told(unrelated) == ()


@pytest.mark.parametrize("status", ["entered-in-error", "health-unknown", ""])
def test_only_what_was_told_counts(status: str) -> None:
    """Completed or partial histories alone."""
    assert told(relative(status=status)) == ()
    assert len(told(relative(status="partial"))) == 1


def test_another_disease_of_a_relative_is_nobodys_here() -> None:
    """A mother's thrombosis or cancer is neither the patient's nor asked for."""
    assert told(relative(disease=DVT), relative(disease=concept(icd("C61", "")))) == ()


@pytest.mark.parametrize(
    "disease", [concept(icd("M45.7", "")), concept(own("axspa_known")), concept(icd("L40.53", ""))]
)
def test_spondyloarthritis_has_several_codes(disease: Json) -> None:
    """Every code that makes the patient's own disease known makes the relative's known."""
    assert [statement.finding for statement in told(relative(disease=disease))] == ["fdr_spa"]


def test_the_history_of_another_patient_is_not_read() -> None:
    """It names its patient, like every resource."""
    assert told(relative(of="p2")) == ()


def test_what_is_asked_of_relatives_is_content() -> None:
    """One question so far; half-relatives are not among the roles."""
    model = library().findings.relatives
    assert set(model.diseases) == {"fdr_spa"}
    assert not {"HSIB", "HBRO", "HSIS", "STPPRN", "PRNINLAW"} & set(model.first_degree)
