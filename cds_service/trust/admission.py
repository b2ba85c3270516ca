"""Admits a request: who sent it, proven by a token that was never used before."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from cds_service.errors import NotTrustedError, StoreDownError
from cds_service.records.patience import within
from cds_service.records.replay import ReplayStore
from cds_service.trust.addresses import normalized
from cds_service.trust.caller import Caller
from cds_service.trust.claims import Accepted, check_claims
from cds_service.trust.tenants import Issuer, Trust
from cds_service.trust.token import Token, read_token

_PATIENCE = 0.5  # seconds that a call waits for the store

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Gate:
    """The one door of all CDS Hooks endpoints.

    `public_url` is the configured address of the service; audiences are computed from it and never
    from what a request says about its host. `anyone` is who a caller without a token is, and every
    caller where no tenant is configured; in production there is no such caller.
    """

    trust: Trust
    replays: ReplayStore
    clock: Callable[[], datetime]
    public_url: str
    anyone: Caller | None

    async def admit_call(self, authorization: Sequence[str], service_id: str) -> Caller:
        """The caller of a service; raises NotTrustedError."""
        return await self._admit(authorization, (f"cds-services/{service_id}",))

    async def admit_feedback(self, authorization: Sequence[str], service_id: str) -> Caller:
        """The sender of feedback; raises NotTrustedError, and StoreDownError rather than guess.

        The token may name the service or its feedback address as audience (FB-13).
        """
        path = f"cds-services/{service_id}"
        return await self._admit(authorization, (path, f"{path}/feedback"), certain=True)

    async def admit_discovery(self, authorization: Sequence[str]) -> None:
        """Let anybody read what is offered, unless configured otherwise."""
        if self.trust.authenticate_discovery:
            await self._admit(authorization, ("cds-services",))

    def fetch_keys(self) -> None:
        """Start fetching all keys that lie at an address, so that the first call finds them."""
        for issuer in self.trust.issuers:
            issuer.renew_keys()

    async def _admit(
        self, authorization: Sequence[str], paths: tuple[str, ...], *, certain: bool = False
    ) -> Caller:
        if self.anyone is not None and not (authorization and self.trust.issuers):
            return self.anyone
        token = read_token(authorization)
        issuer = self.trust.issuer_of(token.claims)
        try:
            accepted = await self._verified(token, issuer, paths)
            await self._use(issuer, accepted, certain=certain)
        except NotTrustedError as error:
            raise NotTrustedError(error.reason, issuer.id) from None
        return issuer.caller

    async def _verified(self, token: Token, issuer: Issuer, paths: tuple[str, ...]) -> Accepted:
        token.verify(await issuer.key(token.header))
        computed = [normalized(f"{self.public_url}/{path}") for path in paths]
        return check_claims(token.claims, issuer.rules, computed, self.clock().timestamp())

    async def _use(self, issuer: Issuer, accepted: Accepted, *, certain: bool) -> None:
        """Remember the token; beside the event loop, because the store may wait for a disk.

        A hook call goes on without the store: it only asks again about the same patient.
        """
        now = int(self.clock().timestamp())
        first = partial(self.replays.first_use, issuer.iss, accepted.jti, now, accepted.until)
        try:
            new = await within(_PATIENCE, first)
        except StoreDownError:
            log.exception("replay-unchecked", issuer=issuer.id)
            if certain:
                raise
            return
        if not new:
            raise NotTrustedError("replayed")
