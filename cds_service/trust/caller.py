"""The caller of one request, as the configuration knows them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FhirServer:
    """A FHIR base address that may be called for a tenant, without a slash at its end.

    `without_token` allows calls that carry no access token, as open test servers take them.
    """

    url: str
    without_token: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant whose keys signed the token, and the dialect its client speaks.

    `tenant` names an entry of the site's configuration, never anything the request claims.
    `client_profile` names the kind of EHR, `fhir_servers` what its requests may have read, `links`
    are the beginnings of addresses it lets through (none: all), `prefetch_keys` what it calls our
    keys where its own names differ.
    """

    tenant: str
    client_profile: str = "generic-2.0"
    fhir_servers: tuple[FhirServer, ...] = ()
    links: tuple[str, ...] = ()
    prefetch_keys: Mapping[str, str] = field(default_factory=dict)


# The demo profile asks nobody for a token: all its callers are one tenant.
DEMO = Caller("demo")
