"""Who is let in, as whom, and what the others see."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey

from cds_service.app import build_service, create_app
from cds_service.ehr.stories import read_stories
from cds_service.errors import NotTrustedError
from cds_service.trust.caller import Caller, FhirServer
from tests.security.callers import (
    BASE,
    DISCOVERY,
    NOW,
    OTHER_ISSUER,
    SECONDS,
    SERVICE,
    TRUST,
    Draft,
    Json,
    bearer,
    call,
    key_set,
    public,
    request_body,
    settings,
    token,
    write_site,
)

Connect = Callable[[FastAPI], httpx.AsyncClient]
FEEDBACK = "/cds-services/leg-pain/feedback"
PAGE = "https://chart.general.example"
SANDBOX = "https://sandbox.cds-hooks.org"
SANDBOX_JKU = f"{SANDBOX}/.well-known/jwks.json"
SANDBOX_TRUST = f"""
[[tenant]]
id = "sandbox"
client_profile = "sandbox"

[[tenant.issuer]]
iss = "{SANDBOX}"
keys = "sandbox.jwks.json"
jku = ["{SANDBOX_JKU}"]
"""


def other(**claims: object) -> str:
    """A good token of the other tenant."""
    return Draft(claims={"iss": OTHER_ISSUER} | claims, signer="ec-other").sign()


async def test_a_token_makes_the_caller_its_tenant(site: Path) -> None:
    """Tenant and client profile follow from the keys, not from the request."""
    gate = build_service(settings(site), lambda: NOW).gate
    general = await gate.admit_call(bearer(token()), "leg-pain")
    assert general == Caller("general", "generic-2.0", origins=(PAGE,))
    assert await gate.admit_call(bearer(other()), "leg-pain") == Caller("other", "epic")


async def test_a_caller_gets_what_its_tenant_may_use(tmp_path: Path) -> None:
    """FHIR servers with their flag, and the links its client shows."""
    more = """
[[tenant.fhir_server]]
url = "https://EHR.general.example:443/fhir/r4/"

[[tenant.fhir_server]]
url = "https://open.example/fhir"
without_token = true
"""
    trust = TRUST.replace('id = "general"\n', 'id = "general"\nlinks = ["https://nice.org.uk/"]\n')
    trust = trust.replace('[[tenant]]\nid = "other"', f'{more}\n[[tenant]]\nid = "other"')
    gate = build_service(settings(write_site(tmp_path, trust)), lambda: NOW).gate
    caller = await gate.admit_call(bearer(token()), "leg-pain")
    assert caller.fhir_servers == (
        FhirServer("https://ehr.general.example/fhir/r4"),
        FhirServer("https://open.example/fhir", without_token=True),
    )
    assert caller.links == ("https://nice.org.uk/",)
    assert (await gate.admit_call(bearer(other()), "leg-pain")).fhir_servers == ()


async def shown_card(client: httpx.AsyncClient, authorization: str) -> Json:
    """The first card of a patient who gets one."""
    story = next(story for story in read_stories() if story.name == "dvt-likely")
    headers = {"authorization": f"Bearer {authorization}"}
    answer = await client.post("/cds-services/leg-pain", json=story.today(), headers=headers)
    card: Json = answer.json()["cards"][0]
    return card


@pytest.mark.requirement("FB-14", "SEC-13")
async def test_another_tenants_card_is_unknown(site: Path, connect: Connect) -> None:
    """Feedback on it is taken without a word and not kept."""
    app = create_app(settings(site))
    client = connect(app)
    now = int(app.state.service.clock().timestamp())
    when = {"iat": now, "exp": now + 300}
    card = await shown_card(client, token(**when))
    item = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": NOW.isoformat()}
    for text in (other(**when), token(**when)):
        answer = await client.post(
            FEEDBACK, json={"feedback": [item]}, headers={"authorization": f"Bearer {text}"}
        )
        assert answer.status_code == 200
        assert answer.json() == {}
    (kept,) = app.state.service.store.all()
    assert kept.tenant == "general"


@pytest.mark.requirement("CARD-7", "CARD-13", "CAP-2")
async def test_the_authenticated_client_gets_its_own_presentation(
    site: Path, connect: Connect
) -> None:
    """The same chart: one tenant's client is generic, the other's is Epic; the advice is one."""
    app = create_app(settings(site))
    client = connect(app)
    now = int(app.state.service.clock().timestamp())
    when = {"iat": now, "exp": now + 300}
    generic, epic = [await shown_card(client, sign(**when)) for sign in (token, other)]
    assert generic["source"]["topic"]["code"] == "dvt-likely"
    assert "extension" not in generic
    assert epic["source"]["topic"]["code"] == "dvtlikely"
    assert epic["extension"] == {
        "com.epic.cdshooks.card.detail.content-type": "text/markdown; variant=GitHub"
    }
    assert (epic["summary"], epic["indicator"]) == (generic["summary"], generic["indicator"])


@pytest.mark.requirement("ERR-5", "SEC-1")
async def test_what_does_not_exist_is_404_for_everybody(stranger: httpx.AsyncClient) -> None:
    """Which services there are is no secret."""
    assert (await call(stranger, [], "/cds-services/nope")).status_code == 404


@pytest.mark.requirement("SEC-18", "CORS-3", "CORS-4")
async def test_a_refusal_can_be_read_by_an_allowed_page(stranger: httpx.AsyncClient) -> None:
    """A browser client must see that it was refused, not that something failed."""
    stranger.headers["origin"] = PAGE
    refused = await call(stranger, [])
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == PAGE
    assert refused.headers["vary"] == "Origin"


@pytest.mark.requirement("SEC-19")
async def test_a_refusal_is_logged_without_anything_of_the_token(
    stranger: httpx.AsyncClient, written: Callable[[], str]
) -> None:
    """The log says why and which entry was meant; no claim, no key id, no host."""
    canary = "canary3c1d"
    draft = Draft(
        header={"kid": canary, "x": canary},
        claims={"jti": canary, "sub": canary, "aud": f"https://{canary}.example", canary: canary},
    )
    stranger.headers["host"] = f"{canary}.example"
    text = draft.sign()
    assert (await call(stranger, bearer(text))).status_code == 401
    log = written()
    assert '"issuer": "general#1"' in log
    assert '"code": "unknown-key"' in log
    assert canary not in log
    assert text.rpartition(".")[2] not in log


@pytest.mark.requirement("SEC-22")
async def test_an_answer_is_logged_with_its_tenant(
    stranger: httpx.AsyncClient, written: Callable[[], str]
) -> None:
    """Who was served can be told afterwards."""
    await call(stranger, bearer(token()))
    assert '"tenant": "general"' in written()


@pytest.mark.requirement("SEC-1", "DISC-1")
async def test_discovery_is_public_unless_configured(stranger: httpx.AsyncClient) -> None:
    """It holds nothing of a patient."""
    assert (await stranger.get("/cds-services")).status_code == 200


@pytest.mark.requirement("DISC-14", "SEC-2", "SEC-9")
@pytest.mark.parametrize(
    ("audience", "status"), [(DISCOVERY, 200), (f"{DISCOVERY}/", 200), (SERVICE, 401), (BASE, 401)]
)
async def test_discovery_may_ask_for_a_token(
    tmp_path: Path, connect: Connect, audience: str, status: int
) -> None:
    """Then the audience is the discovery address, and nothing less."""
    site = write_site(tmp_path, f"authenticate_discovery = true\n{TRUST}")
    client = connect(create_app(settings(site), clock=lambda: NOW))
    for method in ("GET", "HEAD"):
        without = await client.request(method, "/cds-services")
        assert without.status_code == 401
        assert without.content == b""
        headers = {"authorization": f"Bearer {token(aud=audience)}"}
        answer = await client.request(method, "/cds-services", headers=headers)
        assert answer.status_code == status


@pytest.mark.requirement("SEC-1")
async def test_the_demo_asks_nobody(connect: Connect) -> None:
    """Without a trust.toml a token is not even looked at."""
    client = connect(create_app(settings(None, profile="demo"), clock=lambda: NOW))
    for authorization in ([], bearer("anything"), ["Basic x", "y"]):
        assert (await call(client, authorization)).status_code == 200


@pytest.mark.requirement("SEC-1", "SEC-13")
async def test_the_demo_verifies_what_it_can(site: Path) -> None:
    """With a trust.toml a token must be good, and makes the caller its tenant."""
    gate = build_service(settings(site, profile="demo"), lambda: NOW).gate
    assert (await gate.admit_call([], "leg-pain")).tenant == "demo"
    assert (await gate.admit_call(bearer(token()), "leg-pain")).tenant == "general"
    with pytest.raises(NotTrustedError):
        await gate.admit_call(bearer(token(iss=SANDBOX)), "leg-pain")


@pytest.mark.requirement("SEC-4", "SEC-7", "SEC-8", "SEC-9", "SEC-13", "SEC-15", "FB-13")
async def test_tokens_shaped_like_the_official_sandboxs_are_accepted(
    tmp_path: Path, connect: Connect
) -> None:
    """ES384, 300 s, jku, and as audience the exact address called, doubled slash and all."""
    base = "http://127.0.0.1:8080"
    (tmp_path / "trust.toml").write_text(SANDBOX_TRUST, encoding="utf-8")
    kid = "44823f3d-0b01-4a6c-a80e-b9d3e8a7226f"
    keys = key_set(public("ec", kid))
    (tmp_path / "sandbox.jwks.json").write_text(keys, encoding="utf-8")
    demo = settings(tmp_path, profile="demo", public_url=base)
    client = connect(create_app(demo, clock=lambda: NOW))
    client.headers["origin"] = SANDBOX
    paths = ["/cds-services/leg-pain", "/cds-services//leg-pain", FEEDBACK]
    for path in paths:
        claims = {"iss": SANDBOX, "aud": f"{base}{path}", "iat": SECONDS, "exp": SECONDS + 300}
        draft = Draft(header={"kid": kid, "jku": SANDBOX_JKU}, claims=claims)
        answer = await call(client, bearer(draft.sign()), path)
        assert answer.status_code == 200
        assert answer.headers["access-control-allow-origin"] == SANDBOX


def sandbox_key() -> Json:
    """The public key that the official sandbox publishes."""
    numbers = {
        "x": "dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB",
        "y": "Sm3mLE-n1zYNla_aiE3cb3nZsL51RbC7ysw3q8aJLxGm-hx79RPMYpITDjp7kgzy",
    }
    return {"kty": "EC", "crv": "P-384", "use": "sig", "kid": "published"} | numbers


async def test_a_fetched_published_key_is_no_key_in_production(tmp_path: Path) -> None:
    """An issuer whose address serves a key that everybody can sign with is not believed."""
    ECKey.import_key(sandbox_key())  # a key that would do
    trust = '[[tenant]]\nid = "a"\n[[tenant.issuer]]\niss = "i"\njku = ["https://k.example/j"]\n'
    (tmp_path / "trust.toml").write_text(trust, encoding="utf-8")

    async def fetch(_address: str) -> bytes:
        return key_set(sandbox_key(), public("ec", "ours")).encode()

    draft = Draft(header={"kid": "published"}, claims={"iss": "i"})
    for profile, reason in (("production", "unknown-key"), ("demo", "signature")):
        service = build_service(settings(tmp_path, profile=profile), lambda: NOW, fetch)
        with pytest.raises(NotTrustedError, match=reason):
            await service.gate.admit_call(bearer(draft.sign()), "leg-pain")


@pytest.mark.requirement("SEC-2")
async def test_a_token_in_the_address_proves_nothing(stranger: httpx.AsyncClient) -> None:
    """Only the Authorization header counts."""
    path = f"/cds-services/leg-pain?access_token={token()}"
    assert (await stranger.post(path, json=request_body())).status_code == 401


async def test_a_stranger_is_refused_before_the_body_is_read(stranger: httpx.AsyncClient) -> None:
    """Who proves nothing makes the service hold nothing."""
    read = []

    async def body() -> AsyncIterator[bytes]:
        read.append("a part")
        yield b"{}"

    headers = {"content-type": "application/json"}
    answer = await stranger.post("/cds-services/leg-pain", content=body(), headers=headers)
    assert answer.status_code == httpx.codes.UNAUTHORIZED
    assert read == []
