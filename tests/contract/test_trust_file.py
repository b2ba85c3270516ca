"""`trust.toml`: a slip stops the start with a sentence that names file, key and remedy."""

from pathlib import Path

import pytest

from cds_service.app import build_service
from cds_service.errors import SettingsError, SiteError
from cds_service.hooks.client_profiles import CLIENT_PROFILES as SHAPED
from cds_service.records.database import METADATA
from cds_service.trust.caller import CLIENT_PROFILES
from tests.security.callers import (
    ISSUER,
    TRUST,
    Json,
    key,
    key_set,
    public,
    settings,
    write_site,
)
from tests.security.test_admission import SANDBOX_TRUST, sandbox_key

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "deploy" / "production" / "site"


def problems(site: Path, profile: str = "production") -> tuple[str, ...]:
    """What the service says instead of starting."""
    with pytest.raises(SiteError) as refused:
        build_service(settings(site, profile=profile))
    return refused.value.problems


PAGE = "https://chart.general.example"
FHIR = '[[tenant.fhir_server]]\nurl = "http://ehr.example/fhir"\n'
WHOLE = [
    ("no list", "tenant = 7", "tenant", "list"),
    ("not TOML", "[[tenant", "not valid TOML", ""),
    ("no issuer", '[[tenant]]\nid = "a"', "tenant 1, issuer", "required"),
    ("no keys", '[[tenant]]\nid = "a"\n[[tenant.issuer]]\niss = "i"', "issuer 1: no keys", "jku"),
    (
        "a FHIR base that no call could match",
        f"{TRUST}\n{FHIR.replace('http://', 'https://').replace('/fhir', '/fhir%20x')}",
        "tenant 2, fhir_server 1, url",
        "write",
    ),
    ("FHIR over http", f"{TRUST}\n{FHIR}", "tenant 2, fhir_server 1, url", "https"),
]
CHANGED = [
    ("unknown key", "origins", "origin", "tenant 1, origin", "not known here"),
    ("no id", 'id = "general"', "", "tenant 1, id", "required"),
    ("odd id", '"general"', '"General Hospital"', "tenant 1, id", "lower-case letters"),
    ("long id", '"general"', f'"{"a" * 65}"', "tenant 1, id", "at most 64"),
    ("id and line end", '"general"', '"general\\n"', "tenant 1, id", "at most 64"),
    ("kept id", '"general"', '"demo"', "tenant 1, id", "kept for callers"),
    ("same id", '"other"', '"general"', "tenant 2, id", "its own id"),
    ("no iss", f'iss = "{ISSUER}"', "", "tenant 1, issuer 1, iss", "required"),
    ("HS256", '"ES384"', '"HS256"', "tenant 2, issuer 1, algorithms", "ES384"),
    ("none", '"ES384"', '"none"', "tenant 2, issuer 1, algorithms", "ES384"),
    ("no algorithm", '["ES384"]', "[]", "tenant 2, issuer 1, algorithms", "at least 1"),
    ("http jku", 'jku = ["https', 'jku = ["http', "issuer 1, jku", "https"),
    ("jku with a user", f"{ISSUER}/j", "https://u:p@x/j", "issuer 1, jku", "without user"),
    ("a year", "seconds = 300", "seconds = 31536000", "issuer 2, max_lifetime_seconds", "3600"),
    ("no leeway", "seconds = 30\n", "seconds = 0\n", "issuer 2, leeway_seconds", "30"),
    ("a text", "seconds = 30\n", 'seconds = "30"\n', "leeway_seconds", "without quotes"),
    ("profile", '"epic"', '"cerner"', "tenant 2, client_profile", "oracle"),
    ("key", "origins = [", 'prefetch_keys = {x = "y"}\n#', "prefetch_keys, x", "observations"),
    ("any origin", f'"{PAGE}"', '"*"', "tenant 1, origins", "as browsers send it"),
    ("null origin", f'"{PAGE}"', '"null"', "tenant 1, origins", "as browsers send it"),
    ("origin and path", PAGE, f"{PAGE}/", "tenant 1, origins", "without a path"),
    ("origin and port", PAGE, f"{PAGE}:443", "tenant 1, origins", "as browsers send it"),
    ("half a host", "origins = [", 'links = ["https://nice.org"]\n#', "links", "after the host"),
    ("one issuer twice", "ehr.other", "ehr.general", "tenant 2, issuer 1, iss", "at tenant 1"),
    ("no file", "general.jwks", "nowhere.jwks", "keys: nowhere.jwks.json", "put it there"),
    ("outside", '"general.jwks', '"../general.jwks', "issuer 1, keys", "move it into it"),
    ("http origin", PAGE, PAGE.replace("https", "http"), "origins", "demo profile only"),
    ("no calls", "origins = [", "calls_per_minute = 0\n#", "tenant 1, calls_per_minute", "greater"),
    ("calls as text", "origins = [", 'calls_per_minute = "9"\n#', "per_minute", "without quotes"),
    ("half a call", "origins = [", "calls_per_minute = 0.5\n#", "calls_per_minute", "whole number"),
    ("sandbox origin", PAGE, "https://sandbox.cds-hooks.org", "origins", "demo profile only"),
]
SLIPS = [pytest.param(*slip, id=name) for name, *slip in WHOLE] + [
    pytest.param(TRUST.replace(old, new), where, remedy, id=name)
    for name, old, new, where, remedy in CHANGED
]


@pytest.mark.parametrize(("trust", "where", "remedy"), SLIPS)
def test_a_slip_stops_the_start(tmp_path: Path, trust: str, where: str, remedy: str) -> None:
    """The sentence begins with the file and holds the key and what to do."""
    told = problems(write_site(tmp_path / "site", trust))
    assert all(problem.startswith("trust.toml: ") for problem in told)
    assert any(where in problem and remedy in problem for problem in told), told


@pytest.mark.parametrize(
    ("keys", "remedy"),
    [
        ("{", "it is no JWK Set"),
        ('{"keys": {}}', "it is no JWK Set"),
        ('{"keys": ["x"]}', "it is no JWK Set"),
        ('{"keys": []}', "with a kid for ES384 or RS384"),
        (key_set(public("p256", "short")), "with a kid for ES384 or RS384"),
        (key_set({k: v for k, v in public("ec", "x").items() if k != "kid"}), "with a kid"),
        (key_set(public("ec", "x", use="enc")), "with a kid"),
        (key_set(public("ec", "x", key_ops=["sign"])), "with a kid"),
        (key_set(public("ec", "x", y="AAAA")), "with a kid"),
        (key_set({"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "small"}), "with a kid"),
        (key_set({"kty": "oct", "k": "c2VjcmV0", "kid": "shared"}), "public keys only"),
        (key_set(dict(key("ec").as_dict(private=True)) | {"kid": "x"}), "public keys only"),
    ],
)
@pytest.mark.requirement("SEC-15", "SEC-17")
def test_a_key_file_without_usable_keys_stops_the_start(
    tmp_path: Path, keys: str, remedy: str
) -> None:
    """A key that nobody can be verified with is noticed before the first call fails."""
    site = write_site(tmp_path / "site")
    (site / "general.jwks.json").write_text(keys, encoding="utf-8")
    (told,) = problems(site)
    assert told.startswith("trust.toml: tenant 1, issuer 1, keys: general.jwks.json")
    assert remedy in told


def test_all_slips_are_told_at_once(tmp_path: Path) -> None:
    """One start shows them all."""
    trust = TRUST.replace("general.jwks", "nowhere.jwks").replace("https://chart", "http://chart")
    assert len(problems(write_site(tmp_path / "site", trust))) == 2


def sandbox_site(folder: Path, trust: str) -> Path:
    """A site with the official sandbox's published key."""
    folder.mkdir()
    (folder / "trust.toml").write_text(trust, encoding="utf-8")
    (folder / "sandbox.jwks.json").write_text(key_set(sandbox_key()), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("trust", "sentences"),
    [
        pytest.param(SANDBOX_TRUST, 2, id="as it is"),
        pytest.param(
            SANDBOX_TRUST.replace("https://sandbox.cds-hooks.org", "https://ehr.example"),
            1,
            id="under another name",
        ),
    ],
)
@pytest.mark.requirement("SEC-13")
def test_the_public_sandbox_is_trusted_in_the_demo_only(
    tmp_path: Path, trust: str, sentences: int
) -> None:
    """Everybody has its private key: by name or by key, production refuses it."""
    site = sandbox_site(tmp_path / "site", trust)
    told = problems(site)
    assert len(told) == sentences
    assert all("public" in problem and "LEGPAIN_PROFILE=demo" in problem for problem in told)
    assert build_service(settings(site, profile="demo")).gate.trust.callers


@pytest.mark.requirement("SEC-14", "SEC-21")
def test_one_issuer_may_serve_several_tenants(tmp_path: Path) -> None:
    """Where a vendor signs for all its customers, the tenant claim tells them apart."""
    trust = "\n".join(
        f'[[tenant]]\nid = "{name}"\n[[tenant.issuer]]\niss = "{ISSUER}"\n'
        f'keys = "general.jwks.json"\ntenants = ["{name}-claim"]'
        for name in ("north", "south")
    )
    known = build_service(settings(write_site(tmp_path / "site", trust))).gate.trust
    for name in ("north", "south"):
        found = known.issuer_of({"iss": ISSUER, "tenant": f"{name}-claim"})
        assert found.caller.tenant == name


@pytest.mark.parametrize("trust", [None, "", "authenticate_discovery = true"])
@pytest.mark.requirement("SEC-1")
def test_production_does_not_start_without_a_tenant(tmp_path: Path, trust: str | None) -> None:
    """A service that could serve nobody, or everybody, is not started."""
    if trust is not None:
        (tmp_path / "trust.toml").write_text(trust, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"trust\.toml"):
        build_service(settings(tmp_path))
    with pytest.raises(SettingsError, match="LEGPAIN_SITE"):
        build_service(settings(None))


def test_production_does_not_start_on_an_address_without_https(tmp_path: Path) -> None:
    """Callers sign for the public address, which must be the one they use."""
    site = write_site(tmp_path / "site")
    with pytest.raises(SettingsError, match="LEGPAIN_PUBLIC_URL"):
        build_service(settings(site, public_url="http://127.0.0.1:8080"))
    build_service(settings(site, profile="demo", public_url="http://127.0.0.1:8080"))


def test_every_client_profile_can_be_named(tmp_path: Path) -> None:
    """The list of the documentation is the list of the service, and each is known to the writer."""
    assert set(CLIENT_PROFILES) == set(SHAPED)
    for profile in CLIENT_PROFILES:
        site = write_site(tmp_path / profile, TRUST.replace('"epic"', f'"{profile}"'))
        callers = build_service(settings(site)).gate.trust.callers
        assert callers[1].client_profile == profile
        assert f"`{profile}`" in (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")


def test_the_longest_id_fits_into_the_database(tmp_path: Path) -> None:
    """64 letters are taken at the start, and by every table that names tenants."""
    site = write_site(tmp_path, TRUST.replace('"general"', f'"{"a" * 64}"'))
    assert len(build_service(settings(site)).gate.trust.callers[0].tenant) == 64
    columns = [c for t in METADATA.tables.values() for c in t.columns if c.name == "tenant"]
    assert columns
    assert all(getattr(column.type, "length", 0) >= 64 for column in columns)


def test_the_example_starts_in_production() -> None:
    """What deploy/ shows is what the service takes, with every kind of entry in it."""
    (caller,) = build_service(settings(EXAMPLE)).gate.trust.callers
    assert caller.fhir_servers
    assert caller.client_profile == "epic"
    assert caller.prefetch_keys
    text = (EXAMPLE / "trust.toml").read_text(encoding="utf-8")
    shown: list[Json] = [{"name": name} for name in ("iss", "keys", "jku", "audiences", "subject")]
    assert all(f"{entry['name']} = " in text for entry in shown)
