"""Discovery, and the addresses the service answers on."""

import re

import httpx
import pytest

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.settings import Settings, read_settings
from tests.contract.http_calls import (
    FEEDBACK,
    TEMPLATES,
    Connect,
    cards_of,
    request_of,
)


@pytest.mark.requirement("DISC-1", "DISC-2", "DISC-4", "DISC-5", "DISC-6", "DISC-7", "DISC-8")
async def test_discovery_lists_three_services(client: httpx.AsyncClient) -> None:
    """One service for each hook, each with an id of its own and what it is for."""
    response = await client.get("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].partition(";")[0] == "application/json"
    services = response.json()["services"]
    assert [(service["id"], service["hook"]) for service in services] == [
        ("leg-pain", "patient-view"),
        ("leg-pain-encounter", "encounter-start"),
        ("leg-pain-problem", "problem-list-item-create"),
    ]
    for service in services:
        assert all(service[text].strip() for text in ("title", "description", "usageRequirements"))
    assert len({service["description"] for service in services}) == len(services)


@pytest.mark.requirement("DISC-10", "DISC-11")
async def test_discovery_tells_the_versions(client: httpx.AsyncClient) -> None:
    """The specification by semantic version, each hook by the string its page publishes."""
    services = (await client.get("/cds-services")).json()["services"]
    assert {service["version"] for service in services} == {"2.0.1"}
    assert [service["hookVersion"] for service in services] == ["1.0", "1.0", "0.1.0"]


@pytest.mark.requirement("DISC-8", "PREF-6")
async def test_prefetch_keys_and_templates(client: httpx.AsyncClient) -> None:
    """The keys of the design; only the hook that always has an encounter asks for it."""
    view, encounter, problem = (await client.get("/cds-services")).json()["services"]
    assert list(view["prefetch"].items()) == list(TEMPLATES.items())
    assert problem["prefetch"] == TEMPLATES
    assert encounter["prefetch"] == TEMPLATES | {"encounter": "Encounter/{{context.encounterId}}"}


# What each hook page marks as usable in a template.
TOKENS = {
    "patient-view": {"userId", "patientId", "encounterId"},
    "encounter-start": {"userId", "patientId", "encounterId"},
    "problem-list-item-create": {"userId", "patientId", "encounterId"},
}
# Search parameters that US Core or IPA demand of a server for these types.
SEARCHES = {
    "Condition": {"patient"},
    "Observation": {"patient", "category"},
    "Encounter": {"patient"},
    "Procedure": {"patient"},
    "MedicationRequest": {"patient", "status"},
    "DiagnosticReport": {"patient"},
    "ServiceRequest": {"patient", "status"},
}


@pytest.mark.requirement("PREF-1", "PREF-2", "PREF-3", "PREF-4", "PREF-5", "DISC-16")
async def test_templates_stay_within_the_subset(client: httpx.AsyncClient) -> None:
    """Reads and plain searches with tokens of the hook; no chains, modifiers, includes or dates."""
    for service in (await client.get("/cds-services")).json()["services"]:
        for template in service["prefetch"].values():
            tokens = re.findall(r"{{(.*?)}}", template)
            assert {token.removeprefix("context.") for token in tokens} <= TOKENS[service["hook"]]
            bare = re.sub(r"{{.*?}}", "x", template)
            read = re.fullmatch(r"([A-Z][A-Za-z]+)/x", bare)
            search = re.fullmatch(r"([A-Z][A-Za-z]+)\?([a-z]+=[^?/]+)", bare)
            assert read or search, template
            if search:
                names = {pair.partition("=")[0] for pair in re.split("&", bare.partition("?")[2])}
                assert names <= SEARCHES[search[1]] | {"_sort", "_count"}, template


@pytest.mark.requirement("DISC-9", "AUTH-11")
async def test_usage_names_keys_and_scopes(client: httpx.AsyncClient) -> None:
    """Required keys, optional ones, and the scopes of every template in both SMART spellings."""
    for service in (await client.get("/cds-services")).json()["services"]:
        usage = service["usageRequirements"]
        required, _, optional = usage.partition("Optional:")
        assert "Required prefetch keys: patient, conditions." in required
        assert all(
            key in optional for key in service["prefetch"].keys() - {"patient", "conditions"}
        )
        for template in service["prefetch"].values():
            kind = re.split(r"[/?]", template)[0]
            assert f"patient/{kind}.read" in usage
            assert f"patient/{kind}.rs" in usage


@pytest.mark.requirement("DISC-18")
async def test_discovery_is_cacheable(client: httpx.AsyncClient) -> None:
    """The entity tag of one answer makes the next one 304 without a body."""
    first = await client.get("/cds-services")
    again = await client.get("/cds-services", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (httpx.codes.NOT_MODIFIED, b"")
    other = await client.get("/cds-services", headers={"If-None-Match": '"other"'})
    assert other.json() == first.json()


@pytest.mark.requirement("DISC-3", "DISC-17")
@pytest.mark.parametrize(
    ("chosen", "ids"),
    [
        ("", []),
        ("leg-pain-problem", ["leg-pain-problem"]),
        ("leg-pain-encounter, leg-pain", ["leg-pain", "leg-pain-encounter"]),
    ],
)
async def test_services_are_switched_one_by_one(
    connect: Connect, monkeypatch: pytest.MonkeyPatch, chosen: str, ids: list[str]
) -> None:
    """What is switched off is neither listed nor answered, by call or feedback."""
    monkeypatch.setenv("LEGPAIN_SERVICES", chosen)
    app = create_app(read_settings(profile="demo", database_url="sqlite://"))
    async with connect(app) as caller:
        listed = (await caller.get("/cds-services")).json()["services"]
        assert [service["id"] for service in listed] == ids
        for service in ("leg-pain", "leg-pain-encounter", "leg-pain-problem"):
            feedback = await caller.post(f"/cds-services/{service}/feedback", json={"feedback": []})
            assert (feedback.status_code == httpx.codes.OK) == (service in ids)
            call = await caller.post(f"/cds-services/{service}", json={})
            expected = httpx.codes.BAD_REQUEST if service in ids else httpx.codes.NOT_FOUND
            assert call.status_code == expected


def test_an_unknown_service_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slip in the list names the setting, the slip and the choice."""
    monkeypatch.setenv("LEGPAIN_SERVICES", "leg-pain,leg-pian")
    with pytest.raises(SettingsError, match=r"LEGPAIN_SERVICES: leg-pian .*leg-pain-encounter"):
        create_app(read_settings(profile="demo", database_url="sqlite://"))


@pytest.mark.requirement("DISC-1")
@pytest.mark.parametrize("path", ["/cds-services", "/hospital/cds/cds-services"])
async def test_a_path_prefix_is_served(connect: Connect, path: str) -> None:
    """Behind a proxy the path of the public address may be passed on or taken away."""
    settings = Settings(
        profile="demo",
        database_url="sqlite://",
        public_url="https://ehr.example.org/hospital/cds/",
    )
    async with connect(create_app(settings)) as caller:
        assert len((await caller.get(path)).json()["services"]) == 3
        answer = await caller.post(f"{path}/leg-pain", json=request_of("dvt-likely"))
        links = {link["url"] for card in answer.json()["cards"] for link in card["links"]}
        assert links == {"https://ehr.example.org/hospital/cds/evidence/dvt"}


@pytest.mark.requirement("DISC-18")
async def test_discovery_answers_head(client: httpx.AsyncClient) -> None:
    """HEAD gives the headers of GET and no body."""
    response = await client.head("/cds-services")
    assert response.status_code == httpx.codes.OK
    assert response.headers["content-type"].startswith("application/json")
    assert response.content == b""


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services/",
        "//cds-services",
        "//cds-services//",
    ],
)
async def test_discovery_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """Ruling 59: a doubled or trailing slash is answered directly, not redirected."""
    response = await client.get(httpx.URL(f"http://127.0.0.1:8080{path}"))
    assert response.status_code == httpx.codes.OK
    assert response.json()["services"]


@pytest.mark.parametrize(
    "path",
    [
        "/cds-services//leg-pain",
        "/cds-services/leg-pain/",
        "//cds-services/leg-pain",
    ],
)
async def test_the_service_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """What clients build from a discovery address that ends in a slash is answered."""
    url = httpx.URL(f"http://127.0.0.1:8080{path}")
    assert cards_of(await client.post(url, json=request_of("dvt-likely")))


@pytest.mark.parametrize("path", ["/cds-services//leg-pain/feedback", f"{FEEDBACK}/"])
async def test_feedback_tolerates_slashes(client: httpx.AsyncClient, path: str) -> None:
    """So is feedback."""
    assert (await client.post(path, json={"feedback": []})).status_code == httpx.codes.OK
