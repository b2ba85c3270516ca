"""The caller of one request, as the configuration knows them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the tenant whose keys signed the token, and the dialect its client speaks.

    `tenant` names an entry of the site's configuration, never anything the request claims.
    """

    tenant: str


# The demo profile asks nobody for a token: all its callers are one tenant.
DEMO = Caller("demo")
