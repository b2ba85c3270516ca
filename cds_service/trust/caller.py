"""The caller of one request, as the configuration knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# How a client wants its answers presented; a tenant names one of them in trust.toml.
CLIENT_PROFILES = ("generic-2.0", "generic-1.0", "epic", "oracle", "sandbox")


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A FHIR base address that may be called for a tenant, without a slash at its end.

    `without_token` allows calls that carry no access token, as open test servers take them.
    """

    url: str
    without_token: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant whose keys signed the token, and what its requests may use.

    Everything here comes from the site's configuration, never from what the request claims.
    `links` are the beginnings of addresses the client lets through (none: all), `prefetch_keys`
    what it calls our keys where its own names differ. `calls_per_minute` is None without a limit.
    """

    tenant: str
    client_profile: str = CLIENT_PROFILES[0]
    fhir_servers: tuple[FhirServer, ...] = ()
    origins: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    prefetch_keys: Mapping[str, str] = field(default_factory=dict)
    calls_per_minute: int | None = None


# The demo profile asks nobody for a token: all its callers are one tenant.
DEMO = Caller("demo")
