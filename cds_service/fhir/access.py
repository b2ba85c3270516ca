"""What one call may read: a FHIR server's base, a token for it, and which addresses are its own."""

from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

import httpx

from cds_service.fhir.queries import Query

_ODD = frozenset("\\#") | {chr(code) for code in (*range(33), 127)}


@dataclass(frozen=True, slots=True)
class FhirAccess:
    """`base` is the configured address without a slash at its end; an empty token sends none."""

    base: str
    token: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return "/".join(self.base.split("/", 3)[:3])

    def headers(self) -> dict[str, str]:
        """What every call carries, pages included (AUTH-7)."""
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    def address(self, query: Query, patient_id: str, encounter_id: str) -> str:
        """The template of a query with the context filled in."""
        relative = query.template
        for name, value in (("patientId", patient_id), ("encounterId", encounter_id)):
            relative = relative.replace("{{context." + name + "}}", quote(value, safe=""))
        return f"{self.base}/{relative}"

    def page(self, link: str) -> str | None:
        """The address of a next page; None where it is not below this server's base (AUTH-12)."""
        if _ODD & set(link):
            return None
        try:
            address = urljoin(f"{self.base}/", link)
            return address if self._owns(address) else None
        except (ValueError, httpx.InvalidURL):
            return None

    def _owns(self, address: str) -> bool:
        own, other = httpx.URL(self.base), httpx.URL(address)
        path = unquote(urlsplit(address).path)
        return (
            (own.scheme, own.raw_host, own.port) == (other.scheme, other.raw_host, other.port)
            and not other.userinfo
            and f"{path}/".startswith(f"{own.path.rstrip('/')}/")
            and not {".", ".."} & set(path.split("/"))
        )
