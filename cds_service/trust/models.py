"""What `trust.toml` holds: who may call, and what each tenant's requests may use."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from cds_service.content.models.base import Keys, Strict, Words
from cds_service.fhir.queries import ENCOUNTER, QUERIES, UNSPLIT
from cds_service.trust.addresses import is_base, is_link_prefix, is_origin
from cds_service.trust.caller import CLIENT_PROFILES, DEMO
from cds_service.trust.keys import ALGORITHMS
from cds_service.trust.outbound import fhir_base


def _each(holds: Callable[[str], bool], remedy: str) -> AfterValidator:
    """A list whose every entry holds; the sentence names the first that does not."""

    def check(values: tuple[str, ...]) -> tuple[str, ...]:
        for value in values:
            if not holds(value):
                raise ValueError(f"{value or 'an empty text'}: {remedy}")
        return values

    return AfterValidator(check)


def _one(holds: Callable[[str], bool], remedy: str) -> AfterValidator:
    """One value that holds."""

    def check(value: str) -> str:
        if not holds(value):
            raise ValueError(f"{value}: {remedy}")
        return value

    return AfterValidator(check)


def _among(known: Iterable[str]) -> tuple[Callable[[str], bool], str]:
    words = tuple(known)
    return words.__contains__, f"choose from {', '.join(words)}"


_PREFETCH_KEYS = (*(query.key for query in QUERIES), ENCOUNTER.key, UNSPLIT)
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # the database holds as much, and more
_NO_ID = "write at most 64 lower-case letters, digits and hyphens, a letter or digit first"
_NO_BASE = "write an address without user, query and fragment"
_NO_JKU = "write an https address without user, query and fragment"
_NO_ORIGIN = "write an origin as browsers send it, such as https://ehr.example.org, without a path"
_NO_LINK = "write an https address with at least a slash after the host"


class FhirServerModel(Strict):
    """One `[[tenant.fhir_server]]`."""

    url: Annotated[str, _one(lambda text: fhir_base(text) is not None, _NO_BASE)]
    without_token: bool = False


class IssuerModel(Strict):
    """One `[[tenant.issuer]]`: whose tokens are believed, and which of them."""

    iss: Words
    keys: Words | None = None
    jku: Annotated[Keys, _each(is_base, _NO_JKU)] = ()
    algorithms: Annotated[Keys, Field(min_length=1), _each(*_among(ALGORITHMS))] = (
        "ES384",
        "RS384",
    )
    subject: Words | None = None
    tenants: Annotated[Keys, _each(bool, "name a tenant")] = ()
    audiences: Annotated[Keys, _each(bool, "write the audience that the client sends")] = ()
    max_lifetime_seconds: Annotated[int, Field(ge=60, le=3600)] = 900
    leeway_seconds: Annotated[int, Field(ge=30, le=60)] = 60


class TenantModel(Strict):
    """One `[[tenant]]`; its id is part of every card id and must not change."""

    id: Annotated[
        str,
        _one(lambda name: _ID.fullmatch(name) is not None, _NO_ID),
        _one(lambda name: name != DEMO.tenant, "this name is kept for callers without a token"),
    ]
    client_profile: Annotated[str, _one(*_among(CLIENT_PROFILES))] = CLIENT_PROFILES[0]
    issuer: Annotated[tuple[IssuerModel, ...], Field(min_length=1, strict=False)]
    fhir_server: Annotated[tuple[FhirServerModel, ...], Field(strict=False)] = ()
    origins: Annotated[Keys, _each(is_origin, _NO_ORIGIN)] = ()
    links: Annotated[Keys, _each(is_link_prefix, _NO_LINK)] = ()
    prefetch_keys: dict[Words, Annotated[str, _one(*_among(_PREFETCH_KEYS))]] = Field(
        default_factory=dict
    )
    calls_per_minute: Annotated[int, Field(gt=0)] | None = None


class TrustFile(Strict):
    """`trust.toml`; discovery is public unless `authenticate_discovery` says otherwise."""

    authenticate_discovery: bool = False
    tenant: Annotated[tuple[TenantModel, ...], Field(strict=False)] = ()
