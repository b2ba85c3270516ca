"""Rules that hold between the entries of `trust.toml`, and what only the demo profile may do."""

from collections.abc import Iterator

from cds_service.trust.models import IssuerModel, TenantModel, TrustFile

# The official sandbox signs with a key whose private half everybody can read.
SANDBOX = "https://sandbox.cds-hooks.org"


def check_trust(file: TrustFile, *, demo: bool) -> Iterator[str]:
    """One sentence for every problem."""
    yield from _twice(file)
    for number, tenant in enumerate(file.tenant, start=1):
        place = f"tenant {number}"
        for nth, issuer in enumerate(tenant.issuer, start=1):
            yield from _issuer(f"{place}, issuer {nth}", issuer)
        if not demo:
            yield from _production(place, tenant)


def _twice(file: TrustFile) -> Iterator[str]:
    """Ids and issuers must each lead to one entry."""
    ids = [tenant.id for tenant in file.tenant]
    for number, name in enumerate(ids, start=1):
        if name in ids[: number - 1]:
            yield f"tenant {number}, id: {name} is taken; give every tenant its own id"
    seen: dict[tuple[str, str], str] = {}
    for number, tenant in enumerate(file.tenant, start=1):
        for nth, issuer in enumerate(tenant.issuer, start=1):
            place = f"tenant {number}, issuer {nth}"
            for claimed in issuer.tenants or ("",):
                held = seen.setdefault((issuer.iss, claimed), place)
                if held != place:
                    yield (
                        f"{place}, iss: {issuer.iss} already stands at {held}; keep one, or tell "
                        "them apart by the claims listed under tenants"
                    )


def _issuer(place: str, issuer: IssuerModel) -> Iterator[str]:
    if issuer.keys is None and not issuer.jku:
        yield f"{place}: no keys; name a JWK Set file under keys, or its address under jku"


def _production(place: str, tenant: TenantModel) -> Iterator[str]:
    for nth, issuer in enumerate(tenant.issuer, start=1):
        if any(text.startswith(SANDBOX) for text in (issuer.iss, *issuer.jku)):
            yield (
                f"{place}, issuer {nth}: the private key of the public sandbox is public, so "
                "anybody could sign as it; remove the entry, or use LEGPAIN_PROFILE=demo"
            )
    for nth, server in enumerate(tenant.fhir_server, start=1):
        if not server.url.lower().startswith("https://"):
            yield (
                f"{place}, fhir_server {nth}, url: production speaks https only; write an https "
                "address"
            )
    for origin in tenant.origins:
        if not origin.startswith("https://") or origin == SANDBOX:
            yield (
                f"{place}, origins: {origin} may read answers in the demo profile only; remove it"
            )
