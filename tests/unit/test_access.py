"""Which addresses belong to a FHIR server, and how a query's is written."""

import pytest

from cds_service.fhir.access import FhirAccess
from cds_service.fhir.queries import ENCOUNTER, QUERIES

SERVER = FhirAccess("https://ehr.example.org:8443/fhir/R4", "t")
QUERY = {query.key: query for query in QUERIES}


@pytest.mark.requirement("PREF-1", "PREF-10")
def test_a_template_is_filled_with_the_context() -> None:
    """Read and search are relative to the base."""
    assert SERVER.address(QUERY["patient"], "p.1", "") == f"{SERVER.base}/Patient/p.1"
    assert SERVER.address(QUERY["conditions"], "p1", "") == f"{SERVER.base}/Condition?patient=p1"
    assert SERVER.address(ENCOUNTER, "p1", "v1") == f"{SERVER.base}/Encounter/v1"


@pytest.mark.requirement("CTX-5")
def test_an_id_cannot_add_to_the_query() -> None:
    """Characters with a meaning in addresses are quoted."""
    address = SERVER.address(QUERY["conditions"], "p1&_include=*#/../x", "")
    assert address == f"{SERVER.base}/Condition?patient=p1%26_include%3D%2A%23%2F..%2Fx"


@pytest.mark.requirement("PREF-17", "AUTH-12")
@pytest.mark.parametrize(
    ("link", "address"),
    [
        (
            "https://ehr.example.org:8443/fhir/R4?page=2",
            "https://ehr.example.org:8443/fhir/R4?page=2",
        ),
        ("https://EHR.example.org:8443/fhir/R4/x", "https://EHR.example.org:8443/fhir/R4/x"),
        ("Condition?page=2", "https://ehr.example.org:8443/fhir/R4/Condition?page=2"),
        ("?page=2", "https://ehr.example.org:8443/fhir/R4/?page=2"),
        ("/fhir/R4/next", "https://ehr.example.org:8443/fhir/R4/next"),
    ],
)
def test_a_next_link_below_the_base_is_followed(link: str, address: str) -> None:
    """Absolute or relative to the base."""
    assert SERVER.page(link) == address


@pytest.mark.requirement("AUTH-12")
@pytest.mark.parametrize(
    "link",
    [
        "https://other.example.org:8443/fhir/R4?page=2",
        "https://ehr.example.org/fhir/R4?page=2",
        "http://ehr.example.org:8443/fhir/R4?page=2",
        "https://ehr.example.org:8443/fhir/R4x?page=2",
        "https://ehr.example.org:8443/fhir?page=2",
        "https://ehr.example.org:8443/fhir/R4/../admin",
        "https://ehr.example.org:8443/fhir/R4/%2e%2e/admin",
        "https://ehr.example.org:8443/fhir/R4/..%2fadmin",
        "https://ehr.example.org:8443@other.example.org/fhir/R4",
        "https://user@ehr.example.org:8443/fhir/R4",
        "https://ehr.example.org:8443\\@other.example.org/fhir/R4",
        "//other.example.org/fhir/R4",
        "/admin",
        "../../admin",
        "ftp://ehr.example.org:8443/fhir/R4",
        "javascript:alert(1)",
        "https://ehr.example.org:8443/fhir/R4?page=2#x",
        "https://ehr.example.org:8443/fhir/R4?page=2 x",
        "https://ehr.example.org:8443/fhir/R4?page=\n2",
        "https://ehr.example.org:port/fhir/R4",
        "https://[::1/fhir/R4",
        "https://ehr.example.org.:8443/fhir/R4",
    ],
)
def test_any_other_link_is_not(link: str) -> None:
    """The token would go there as well."""
    assert SERVER.page(link) is None


@pytest.mark.requirement("AUTH-8")
def test_the_token_is_not_shown() -> None:
    """A value that is printed by mistake tells nothing."""
    assert "secret" not in repr(FhirAccess("https://ehr.example.org", "secret"))
