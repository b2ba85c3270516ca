"""The OpenAPI document and the schemas as they are served, and the service as they describe it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urljoin

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic import SecretStr

import cds_service
from cds_service.app import create_app
from cds_service.settings import Settings
from tests.contract.http_calls import SERVICE, Connect, assert_refused
from tests.contract.schemas import FOLDER, OPENAPI, SCHEMAS, faults

FILES = {
    "/openapi.json": Path(FOLDER, "openapi.json"),
    **{
        f"/schemas/{name}.schema.json": Path(FOLDER, "schemas", f"{name}.schema.json")
        for name in SCHEMAS
    },
}
METHODS = {"get", "head", "post"}
ONLY_IN_DEMO = {"/docs", "/integrators", "/patients/{name}", "/fhir-server"}
SITE = Path(__file__).parents[2] / "deploy" / "production" / "site"


@pytest.fixture(scope="module", params=["demo", "production"])
def app(request: pytest.FixtureRequest) -> FastAPI:
    """The service in each profile."""
    return create_app(in_profile(request.param))


def in_profile(profile: Literal["demo", "production"]) -> Settings:
    """Settings that start; production with the example of a site."""
    return Settings(
        profile=profile,
        database_url="sqlite://",
        card_key=SecretStr("k" * 32),
        public_url="https://cds.example.org",
        site=SITE if profile == "production" else None,
    )


@pytest.fixture
def reader(app: FastAPI, connect: Connect) -> httpx.AsyncClient:
    """A client of that service."""
    return connect(app)


def references(value: Any) -> Iterator[str]:
    """Every $ref inside a document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref" and isinstance(inner, str):
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def part(document: Any, pointer: str) -> Any:
    """What a JSON pointer names; a KeyError when it names nothing."""
    for step in pointer.split("/")[1:]:
        document = document[step.replace("~1", "/").replace("~0", "~")]
    return document


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of the whole document."""
    for path, item in OPENAPI["paths"].items():
        for method in METHODS & set(item):
            yield path, method, item[method]


def unnamed(path: str) -> str:
    """A path without the names of its parameters."""
    return re.sub(r"\{\w+\}", "{}", path)


def examples(path: str) -> dict[str, Any]:
    """The examples of what is posted to an address, by name."""
    media = OPENAPI["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    return {
        name: part(OPENAPI, example["$ref"])["value"] for name, example in media["examples"].items()
    }


# Served


@pytest.mark.parametrize("path", FILES)
async def test_each_file_is_served_as_it_is(reader: httpx.AsyncClient, path: str) -> None:
    """Byte for byte in every profile, with an entity tag; HEAD gives the same headers."""
    response = await reader.get(path)
    kind = "application/json" if path == "/openapi.json" else "application/schema+json"
    assert response.status_code == httpx.codes.OK
    assert response.content == FILES[path].read_bytes()
    assert response.headers["content-type"] == kind
    assert response.headers["etag"].startswith('"')
    head = await reader.head(path)
    assert (head.status_code, head.content) == (httpx.codes.OK, b"")
    assert head.headers == response.headers


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
async def test_what_is_known_is_not_sent_again(reader: httpx.AsyncClient, form: str) -> None:
    """304 without a body to whoever names the entity tag, and the tags differ by content."""
    tag = (await reader.get("/openapi.json")).headers["etag"]
    known = await reader.get("/openapi.json", headers={"If-None-Match": form.format(tag)})
    assert (known.status_code, known.content) == (httpx.codes.NOT_MODIFIED, b"")
    assert known.headers["etag"] == tag
    changed = await reader.get("/openapi.json", headers={"If-None-Match": '"another"'})
    assert changed.status_code == httpx.codes.OK
    tags = {(await reader.get(path)).headers["etag"] for path in FILES}
    assert len(tags) == len(FILES)


@pytest.mark.requirement("ERR-2", "DISC-13")
@pytest.mark.parametrize(
    "name", ["nothing", "request", "openapi.json", "..%2fopenapi.json", "%2e%2e"]
)
async def test_an_unknown_schema_is_404(reader: httpx.AsyncClient, name: str) -> None:
    """Only the published names exist, whatever else lies beside them."""
    assert_refused(await reader.get(f"/schemas/{name}"), httpx.codes.NOT_FOUND)


@pytest.mark.parametrize("path", FILES)
async def test_every_reference_leads_somewhere(reader: httpx.AsyncClient, path: str) -> None:
    """On disk beside the file, and over HTTP beside its address."""
    for reference in set(references(json.loads(FILES[path].read_bytes()))):
        file, _, pointer = reference.partition("#")
        address = urljoin(path, file) if file else path
        on_disk = (FILES[path].parent / file).resolve() if file else FILES[path]
        assert on_disk == FILES[address].resolve()
        part((await reader.get(address)).json(), pointer)


async def test_only_the_demo_shows_it_in_a_page(connect: Connect) -> None:
    """The page names every address with its methods, and loads nothing from elsewhere."""
    demo = connect(create_app(Settings(profile="demo", database_url="sqlite://")))
    text = (await demo.get("/docs")).text
    for path, method, _ in operations():
        assert method == "head" or f"{method.upper()} {path}" in text
    assert not re.search(r'(?:src|href)="(?!/)', text.replace('href="#content"', ""))
    production = connect(create_app(in_profile("production")))
    assert_refused(await production.get("/docs"), httpx.codes.NOT_FOUND)


# True of the service


def test_every_address_is_described(app: FastAPI) -> None:
    """Every route with its methods, and nothing that does not exist."""
    served = {
        (unnamed(route.path), method)
        for route in iter_route_contexts(app.routes)
        if route.path and route.path not in ONLY_IN_DEMO
        for method in route.methods or ()
    }
    assert {(unnamed(path), method.upper()) for path, method, _ in operations()} == served


@pytest.mark.requirement("DISC-5", "DISC-12", "DISC-17")
async def test_it_names_what_discovery_offers(client: httpx.AsyncClient) -> None:
    """Its ids are in the document, its hooks and prefetch keys in the schema of requests."""
    offered = (await client.get("/cds-services")).json()["services"]
    ids = OPENAPI["components"]["parameters"]["ServiceId"]["schema"]["enum"]
    request = SCHEMAS["leg-pain-request"]
    hooks = [choice["$ref"].removeprefix("#/$defs/") for choice in request["oneOf"]]
    assert [service["id"] for service in offered] == ids
    assert len(set(ids)) == len(ids)
    assert [service["hook"] for service in offered] == hooks
    for service in offered:
        assert set(service["prefetch"]) <= set(request["$defs"]["prefetch"]["properties"])


def test_it_names_every_schema_and_its_version() -> None:
    """The list of schemas is the folder's, the version the package's."""
    named = OPENAPI["components"]["parameters"]["SchemaName"]["schema"]["enum"]
    assert named == [f"{name}.schema.json" for name in SCHEMAS]
    assert OPENAPI["info"]["version"] == cds_service.__version__


def test_every_operation_has_a_name_of_its_own_and_refuses_other_methods() -> None:
    """Generated clients name functions after operations; 405 is possible everywhere."""
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(names) == len(set(names))
    assert all("405" in operation["responses"] for _, _, operation in operations())


async def test_the_examples_are_true(client: httpx.AsyncClient) -> None:
    """Each keeps the general schema and ours, and is answered where its hook is served."""
    offered = (await client.get("/cds-services")).json()["services"]
    answered = 0
    for name, request in examples("/cds-services/{id}").items():
        assert request["hook"] == name
        assert faults("request", request) == faults("leg-pain-request", request) == set()
        for service in offered:
            if service["hook"] == name:
                response = await client.post(f"/cds-services/{service['id']}", json=request)
                assert response.status_code == httpx.codes.OK, response.text
                answered += 1
    for feedback in examples("/cds-services/{id}/feedback").values():
        assert faults("feedback", feedback) == faults("leg-pain-feedback", feedback) == set()
        response = await client.post(f"{SERVICE}/feedback", json=feedback)
        assert response.status_code == httpx.codes.OK, response.text
    assert answered == len(offered)
