"""The configuration of trust, ready for use."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.errors import NotTrustedError
from cds_service.trust.caller import Caller
from cds_service.trust.claims import Rules
from cds_service.trust.key_sources import KeySource
from cds_service.trust.keys import Key
from cds_service.trust.token import Header


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer of one tenant, with its own keys; `id` names the entry in the log.

    `sources` are by the `jku` that a token may name; one that names none may use any of them.
    """

    id: str
    iss: str
    caller: Caller
    sources: Mapping[str, KeySource]
    algorithms: frozenset[str]
    tenants: frozenset[str]
    rules: Rules

    def issues_for(self, claims: Mapping[str, Any]) -> bool:
        """Whether this entry is meant; a `tenant` claim counts only where it is listed."""
        if claims.get("iss") != self.iss:
            return False
        tenant = claims.get("tenant")
        return tenant in self.tenants if isinstance(tenant, str) else not self.tenants

    async def key(self, header: Header) -> Key:
        """The pinned key that the header names; raises NotTrustedError."""
        if header.algorithm not in self.algorithms:
            raise NotTrustedError("algorithm")
        if header.jku is not None and header.jku not in self.sources:
            raise NotTrustedError("key-address")
        named = [self.sources[header.jku]] if header.jku is not None else self.sources.values()
        for source in dict.fromkeys(named):
            key = await source.find(header.kid, header.algorithm)
            if key is not None:
                return key
        raise NotTrustedError("unknown-key")

    def renew_keys(self) -> None:
        """Start fetching keys that lie at an address."""
        for source in self.sources.values():
            source.renew(needed=False)


@dataclass(frozen=True, slots=True)
class Trust:
    """Everybody who may call."""

    issuers: tuple[Issuer, ...] = ()
    callers: tuple[Caller, ...] = ()
    authenticate_discovery: bool = False

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may read answers."""
        return frozenset(origin for caller in self.callers for origin in caller.origins)

    def issuer_of(self, claims: Mapping[str, Any]) -> Issuer:
        """The entry that unverified claims point to; raises NotTrustedError.

        What they say decides nothing else: the token is then held against that entry's keys.
        """
        if not isinstance(claims.get("tenant", ""), str):
            raise NotTrustedError("claims")
        meant = [issuer for issuer in self.issuers if issuer.issues_for(claims)]
        if not meant:
            known = any(issuer.iss == claims.get("iss") for issuer in self.issuers)
            raise NotTrustedError("tenant" if known else "issuer")
        return meant[0]
