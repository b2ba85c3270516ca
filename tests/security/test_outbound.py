"""Which FHIR servers a request can make the service call: those that are configured."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.errors import SettingsError
from cds_service.fhir.access import FhirAccess
from cds_service.settings import Settings
from cds_service.trust.caller import Caller, FhirServer
from cds_service.trust.outbound import Outbound, fhir_base, outbound_of
from tests.contract.http_calls import SERVICE, authorization, minimal, request_of

LISTED = "https://ehr.example.org/fhir/R4"
OPEN = FhirServer("https://a.example/x", without_token=True)
SITE = Caller("site", fhir_servers=(FhirServer(LISTED), OPEN))
POLICY = Outbound()

HOSTILE = [
    "",
    " ",
    "fhir",
    "null",
    # other hosts that look alike
    "https://ehr.example.org.evil.example/fhir/R4",
    "https://evil-ehr.example.org/fhir/R4",
    "https://ehr.example.com/fhir/R4",
    "https://xn--hr-9ia.example.org/fhir/R4",
    "https://\u0435hr.example.org/fhir/R4",  # a Cyrillic letter
    "https://ehr\u3002example.org.evil.example/fhir/R4",
    "https://ehr.example.org\u2044fhir/R4",
    "https://ehr.example.org./fhir/R4",
    "https://.ehr.example.org/fhir/R4",
    "https://ehr..example.org/fhir/R4",
    # users, ports, schemes
    "https://ehr.example.org@evil.example/fhir/R4",
    "https://ehr.example.org:443@evil.example/fhir/R4",
    "https://user:secret@ehr.example.org/fhir/R4",
    "https://evil.example#@ehr.example.org/fhir/R4",
    "https://evil.example\\@ehr.example.org/fhir/R4",
    "https://ehr.example.org:8443/fhir/R4",
    "https://ehr.example.org:0/fhir/R4",
    "https://ehr.example.org:99999/fhir/R4",
    "https://ehr.example.org:/fhir/R4",
    "https://ehr.example.org:-1/fhir/R4",
    "http://ehr.example.org/fhir/R4",
    "ftp://ehr.example.org/fhir/R4",
    "file:///etc/passwd",
    "gopher://127.0.0.1:70/_x",
    "dict://127.0.0.1:11211/stat",
    "javascript:alert(1)",
    "data:application/json,{}",
    "unix:/var/run/docker.sock",
    "//ehr.example.org/fhir/R4",
    "https:ehr.example.org/fhir/R4",
    "https:///ehr.example.org/fhir/R4",
    # other paths
    "https://ehr.example.org/",
    "https://ehr.example.org/fhir",
    "https://ehr.example.org/fhir/R4/extra",
    "https://ehr.example.org/fhir/R4x",
    "https://ehr.example.org/FHIR/R4",
    "https://ehr.example.org/fhir//R4",
    "https://ehr.example.org/fhir/R4/..",
    "https://ehr.example.org/fhir/R4/../../admin",
    "https://ehr.example.org/x/../fhir/R4",
    "https://ehr.example.org/fhir/%2e%2e/R4",
    "https://ehr.example.org/fhir%2fR4",
    "https://ehr.example.org/fhir/R4?x=1",
    "https://ehr.example.org/fhir/R4#x",
    "https://ehr.example.org/fhir/R4;x",
    # odd characters
    " https://ehr.example.org/fhir/R4",
    "https://ehr.example.org/fhir/R4 ",
    "https://ehr.example.org/fhir/R4\n",
    "https://ehr.example.org/fhir/R4\r\nHost: evil.example",
    "https://ehr.example.org\t/fhir/R4",
    "https://ehr.example.org\x00.evil.example/fhir/R4",
    "https://ehr.example.org%00.evil.example/fhir/R4",
    "https://ehr%2eexample.org/fhir/R4",
    # inner addresses, in every spelling
    "http://169.254.169.254/latest/meta-data",
    "http://metadata.google.internal/computeMetadata/v1",
    "http://[fd00:ec2::254]/latest/meta-data",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://localhost/",
    "http://localhost.localdomain/",
    "http://[::]/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://10.0.0.1/fhir",
    "http://172.16.0.1/fhir",
    "http://192.168.0.1/fhir",
    "http://100.64.0.1/fhir",
    "http://224.0.0.1/fhir",
    "http://127.0.0.1.nip.io/fhir",
    "https://[::1",
    "https://]/",
]
# Beyond the list, the demo profile opens this machine by three names.
OF_THIS_MACHINE = {"http://127.0.0.1/", "http://localhost/", "http://[::1]/"}


@pytest.mark.requirement("AUTH-12", "REQ-6")
@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_not_listed_gives_no_access(address: str) -> None:
    """Only the whole address counts; nothing of the request is followed."""
    assert POLICY.access(address, "t", SITE) is None


def test_the_table_is_long_enough() -> None:
    """At least sixty addresses, each once."""
    assert len(set(HOSTILE)) == len(HOSTILE) >= 60


@pytest.mark.requirement("AUTH-12")
@pytest.mark.parametrize(
    "address",
    [
        LISTED,
        f"{LISTED}/",
        "HTTPS://EHR.EXAMPLE.ORG/fhir/R4",
        "https://ehr.example.org:443/fhir/R4",
    ],
)
def test_a_listed_server_is_called_as_it_is_listed(address: str) -> None:
    """Spellings that mean the same are the same."""
    assert POLICY.access(address, "t", SITE) == FhirAccess(LISTED, "t")


def test_the_list_is_that_of_the_caller() -> None:
    """What one tenant may have called, another may not."""
    assert POLICY.access(LISTED, "t", Caller("other")) is None


def test_one_name_has_one_spelling() -> None:
    """An internationalized name equals its encoded form."""
    assert fhir_base("https://b\u00fccher.example/fhir") == "https://xn--bcher-kva.example/fhir"


@pytest.mark.requirement("PREF-19", "REQ-6")
def test_a_server_without_token_is_read_only_where_it_is_open() -> None:
    """No token is no access, unless the configuration says that none is needed."""
    assert POLICY.access(LISTED, "", SITE) is None
    assert POLICY.access("https://a.example/x", "", SITE) == FhirAccess("https://a.example/x")


@pytest.mark.requirement("REQ-6")
def test_a_token_never_travels_in_clear() -> None:
    """Over http it goes to this machine only."""
    known = FhirServer("http://open.example/fhir", without_token=True)
    plain = Outbound((known,), this_machine=True)
    assert plain.access("http://open.example/fhir", "", SITE) is not None
    assert plain.access("http://open.example/fhir", "t", SITE) is None
    assert plain.access("http://127.0.0.1:8080/fhir", "t", SITE) is not None


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        (Settings(profile="demo", fhir_servers=("ehr.example.org",)), "LEGPAIN_FHIR_SERVERS"),
        (Settings(profile="production", fhir_servers=(LISTED,)), "trust.toml"),
    ],
)
def test_a_wrong_list_stops_the_start(settings: Settings, word: str) -> None:
    """The sentence names the variable and the remedy."""
    with pytest.raises(SettingsError, match=word):
        outbound_of(settings)


def test_production_opens_nothing_by_itself() -> None:
    """Not even this machine."""
    policy = outbound_of(Settings(profile="production"))
    assert all(policy.access(address, "t", Caller("x")) is None for address in OF_THIS_MACHINE)


@pytest.fixture
async def app() -> AsyncIterator[FastAPI]:
    """The demo service, which also opens one server by name."""
    settings = Settings(
        profile="demo",
        database_url="sqlite://",
        fhir_servers=(LISTED, "http://open.example.org/fhir"),
        deadline_ms=2000,
    )
    created = create_app(settings)
    yield created
    await created.state.service.reach.client.close()


@pytest.fixture
def dialed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every host that is looked up and every address that is connected to; none is reached."""
    reached: list[Any] = []

    def resolve(host: object, *_args: object, **_kwargs: object) -> list[Any]:
        reached.append(host)
        raise socket.gaierror

    async def connect(_loop: object, _socket: object, address: object) -> None:
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(asyncio.selector_events.BaseSelectorEventLoop, "sock_connect", connect)
    return reached


def client_of(app: FastAPI) -> httpx.AsyncClient:
    """A client of the service in process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")


@pytest.mark.requirement("AUTH-12", "PREF-19")
async def test_no_connection_leaves_for_any_of_them(app: FastAPI, dialed: list[Any]) -> None:
    """Through the whole service: no look-up, no connection, and 412 as without FHIR access."""
    statuses = {}
    async with client_of(app) as client:
        for address in HOSTILE:
            if address in OF_THIS_MACHINE or not address:
                continue
            request = minimal() | {"fhirServer": address, "fhirAuthorization": authorization()}
            del request["prefetch"]
            statuses[address] = (await client.post(SERVICE, json=request)).status_code
    assert set(statuses.values()) == {412}
    assert dialed == []


@pytest.mark.requirement("AUTH-12", "PREF-9")
async def test_delivered_data_are_used_whatever_server_is_named(
    app: FastAPI, dialed: list[Any]
) -> None:
    """With the required keys delivered the answer is 200, and what is missing is a gap."""
    request = request_of("sij-examine") | {"fhirServer": "https://evil.example/fhir"}
    request["fhirAuthorization"] = authorization() | {"access_token": "canary-token"}
    request["prefetch"] = {key: request["prefetch"][key] for key in ("patient", "conditions")}
    async with client_of(app) as client:
        response = await client.post(SERVICE, json=request)
    assert response.status_code == httpx.codes.OK
    assert "canary-token" not in response.text
    assert dialed == []


@pytest.mark.requirement("AUTH-12")
async def test_a_listed_server_is_looked_up_and_nothing_else(
    app: FastAPI, dialed: list[Any]
) -> None:
    """The recording works: what is listed is called."""
    request = minimal() | {"fhirServer": LISTED, "fhirAuthorization": authorization()}
    del request["prefetch"]
    async with client_of(app) as client:
        response = await client.post(SERVICE, json=request)
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert set(dialed) == {"ehr.example.org"}


@pytest.mark.requirement("AUTH-3", "AUTH-5")
@pytest.mark.parametrize(
    "change",
    [
        {"patient": "somebody-else"},
        {"patient": ""},
        {"expires_in": 0},
        {"expires_in": -1},
    ],
)
async def test_a_token_that_is_not_for_this_call_is_not_used(
    app: FastAPI, dialed: list[Any], change: dict[str, Any]
) -> None:
    """Of another patient, or expired: no call, 412."""
    request = minimal() | {"fhirServer": LISTED}
    request["fhirAuthorization"] = authorization() | change
    del request["prefetch"]
    async with client_of(app) as client:
        response = await client.post(SERVICE, json=request)
    assert response.status_code == httpx.codes.PRECONDITION_FAILED
    assert dialed == []


@pytest.mark.requirement("REQ-7", "PREF-10")
@pytest.mark.parametrize("name", ["sij-examine", "dvt-likely"])
async def test_a_full_prefetch_needs_no_server(app: FastAPI, dialed: list[Any], name: str) -> None:
    """Nothing is fetched where nothing is missing."""
    request = request_of(name) | {"fhirServer": LISTED, "fhirAuthorization": authorization()}
    async with client_of(app) as client:
        response = await client.post(SERVICE, json=json.loads(json.dumps(request)))
    assert response.status_code == httpx.codes.OK
    assert dialed == []


@pytest.mark.requirement("CTX-4")
async def test_nothing_is_read_for_a_lay_user(app: FastAPI, dialed: list[Any]) -> None:
    """A patient or relative gets no cards, so no record is opened."""
    request = minimal() | {"fhirServer": LISTED, "fhirAuthorization": authorization()}
    request["context"]["userId"] = "Patient/p1"
    del request["prefetch"]
    async with client_of(app) as client:
        response = await client.post(SERVICE, json=request)
    assert response.json() == {"cards": []}
    assert dialed == []
