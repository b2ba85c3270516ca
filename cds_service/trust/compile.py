"""Turns `trust.toml` into what a call is held against; key files are read here."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from cds_service.trust.addresses import normalized
from cds_service.trust.caller import Caller, FhirServer
from cds_service.trust.claims import Rules
from cds_service.trust.key_sources import Fetch, FileKeys, KeySource, ListedKeys
from cds_service.trust.keys import KeySet, holds_published, read_key_set
from cds_service.trust.models import IssuerModel, TenantModel, TrustFile
from cds_service.trust.outbound import fhir_base
from cds_service.trust.tenants import Issuer, Trust


class Keyring:
    """Opens key files below the site's folder and shares one source per listed address."""

    def __init__(
        self, folder: Path, fetch: Fetch, clock: Callable[[], datetime], *, demo: bool
    ) -> None:
        self.problems: list[str] = []
        self._folder = folder
        self._fetch = fetch
        self._clock = clock
        self._demo = demo
        self._listed: dict[str, ListedKeys] = {}

    def sources(self, place: str, issuer: IssuerModel) -> Mapping[str, KeySource]:
        """By the `jku` a token may name; with a key file, an address is compared, never called."""
        if issuer.keys is None:
            return {address: self._at(address) for address in issuer.jku}
        source = FileKeys(self._file(place, issuer.keys, issuer.algorithms))
        return dict.fromkeys(("", *issuer.jku), source)

    def _at(self, address: str) -> ListedKeys:
        if address not in self._listed:
            self._listed[address] = ListedKeys(
                address, self._fetch, self._clock, allow_published=self._demo
            )
        return self._listed[address]

    def _file(self, place: str, name: str, algorithms: tuple[str, ...]) -> KeySet:
        path = self._folder / name
        if not path.resolve().is_relative_to(self._folder.resolve()):
            return self._report(place, f"{name} is outside the site folder; move it into it")
        try:
            body = path.read_bytes()
            if not self._demo and holds_published(body):
                return self._report(
                    place,
                    f"{name} holds the public sandbox's key, whose private half is public; remove "
                    "it, or use LEGPAIN_PROFILE=demo",
                )
            keys = read_key_set(body, allow_published=self._demo)
        except OSError as error:
            return self._report(place, f"{name} cannot be read ({error.strerror}); put it there")
        except ValueError as error:
            return self._report(place, f"{name} cannot be used: {error}")
        usable = {key: value for key, value in keys.items() if key[1] in algorithms}
        if not usable:
            return self._report(
                place,
                f"{name} has no public key with a kid for {' or '.join(algorithms)}; add it",
            )
        return usable

    def _report(self, place: str, sentence: str) -> KeySet:
        self.problems.append(f"{place}, keys: {sentence}")
        return {}


def compile_trust(file: TrustFile, keyring: Keyring) -> Trust:
    """The callers and their issuers."""
    callers = tuple(_caller(tenant) for tenant in file.tenant)
    issuers = tuple(
        _issuer(caller, issuer, (number, nth), keyring)
        for number, (caller, tenant) in enumerate(zip(callers, file.tenant, strict=True), start=1)
        for nth, issuer in enumerate(tenant.issuer, start=1)
    )
    return Trust(issuers, callers, file.authenticate_discovery)


def _caller(tenant: TenantModel) -> Caller:
    return Caller(
        tenant=tenant.id,
        client_profile=tenant.client_profile,
        fhir_servers=tuple(
            FhirServer(fhir_base(server.url) or server.url, server.without_token)
            for server in tenant.fhir_server
        ),
        origins=tenant.origins,
        links=tenant.links,
        prefetch_keys=tenant.prefetch_keys,
        calls_per_minute=tenant.calls_per_minute,
    )


def _issuer(
    caller: Caller, issuer: IssuerModel, counted: tuple[int, int], keyring: Keyring
) -> Issuer:
    number, nth = counted
    return Issuer(
        id=f"{caller.tenant}#{nth}",
        iss=issuer.iss,
        caller=caller,
        sources=keyring.sources(f"tenant {number}, issuer {nth}", issuer),
        algorithms=frozenset(issuer.algorithms),
        tenants=frozenset(issuer.tenants),
        rules=Rules(
            audiences=frozenset(normalized(audience) for audience in issuer.audiences),
            subject=issuer.subject,
            max_lifetime_seconds=issuer.max_lifetime_seconds,
            leeway_seconds=issuer.leeway_seconds,
        ),
    )
