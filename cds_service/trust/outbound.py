"""Where the service may call: a request names a FHIR server, the configuration decides."""

import ipaddress
import re
from dataclasses import dataclass

import httpx

from cds_service.errors import SettingsError
from cds_service.fhir.access import FhirAccess
from cds_service.settings import Settings
from cds_service.trust.caller import Caller, FhirServer

# Deliberately narrow: no user, query, fragment, escape, zone, doubled slash or odd character.
_BASE = re.compile(
    r"(?P<scheme>https?)://"
    r"(?P<host>\[[0-9a-f:.]{2,45}\]|[^\s/:@\[\]\\%?#]{1,253})"
    r"(:(?P<port>[0-9]{1,5}))?"
    r"(?P<path>(/[A-Za-z0-9._~-]+)*)/?",
    re.IGNORECASE,
)
_PORTS = {"http": 80, "https": 443}
_HIGHEST_PORT = 65535
_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


@dataclass(frozen=True, slots=True)
class Outbound:
    """The policy of this process.

    `servers` are open to every caller beside the caller's own. `this_machine` opens all servers
    on it; their tokens may be missing where `without_token` says so.
    """

    servers: tuple[FhirServer, ...] = ()
    this_machine: bool = False
    without_token: bool = False

    def access(self, address: str, token: str, caller: Caller) -> FhirAccess | None:
        """Access to a server that is configured, or None: then no connection is made at all.

        An empty token stands for none.
        """
        base = fhir_base(address)
        server = self._listed(base, caller) if base else None
        if base is None or server is None:
            return None
        if not token:
            return FhirAccess(base) if server.without_token else None
        return FhirAccess(base, token) if safe_for_token(base) else None

    def _listed(self, base: str, caller: Caller) -> FhirServer | None:
        for server in (*caller.fhir_servers, *self.servers):
            if fhir_base(server.url) == base:
                return server
        known = self.this_machine and here(base)
        return FhirServer(base, self.without_token) if known else None


def outbound_of(settings: Settings) -> Outbound:
    """The policy of these settings; in production only a caller's own list opens a server.

    Raises SettingsError naming the variable and the remedy.
    """
    for address in settings.fhir_servers:
        if fhir_base(address) is None:
            raise SettingsError(
                "LEGPAIN_FHIR_SERVERS: one of its addresses is no FHIR base; write them like "
                "https://ehr.example.org/fhir, without user and query, separated by commas"
            )
    if settings.profile != "demo":
        if settings.fhir_servers:
            raise SettingsError(
                "LEGPAIN_FHIR_SERVERS opens servers to every caller, in the demo profile only; "
                "list them for each tenant in trust.toml instead"
            )
        return Outbound()
    open_ = settings.fhir_without_token
    servers = tuple(FhirServer(address, open_) for address in settings.fhir_servers)
    return Outbound(servers, this_machine=True, without_token=open_)


def fhir_base(address: str) -> str | None:
    """One spelling for one FHIR base: scheme, IDNA host, port and path; None for anything odd.

    Hosts written as a number are refused, so that one address has one spelling.
    """
    found = _BASE.fullmatch(address)
    if found is None:
        return None
    scheme, path = found["scheme"].lower(), found["path"]
    host = _host(found["host"].lower())
    port = int(found["port"] or _PORTS[scheme])
    if host is None or not 0 < port <= _HIGHEST_PORT or {".", ".."} & set(path.split("/")):
        return None
    told = "" if port == _PORTS[scheme] else f":{port}"
    return f"{scheme}://{host}{told}{path}"


def here(base: str) -> bool:
    """Whether a normalized base is on this machine."""
    return httpx.URL(base).host in {name.strip("[]") for name in _HERE}


def _host(text: str) -> str | None:
    try:
        if text.startswith("["):
            return f"[{ipaddress.IPv6Address(text[1:-1]).compressed}]"
        host = httpx.URL(f"https://{text}/").raw_host.decode("ascii")
    except (ValueError, httpx.InvalidURL):
        return None
    last = host.rpartition(".")[2]
    if last[:1].isdigit():
        return host if _dotted_quad(host) else None
    return host if last else None


def _dotted_quad(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def safe_for_token(base: str) -> bool:
    """A token travels encrypted, or not at all beyond this machine."""
    return base.startswith("https://") or here(base)
