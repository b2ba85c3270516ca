"""Asks a FHIR terminology server what lies below a SNOMED CT code: `ValueSet/$expand`, in pages.

Size, time and number of pages are bounded, a redirect is never followed, and an expansion that is
not complete is refused.
"""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from cds_service import __version__
from cds_service.commands.terminology.answer import Page, read_page
from cds_service.ehr.plain import plain
from cds_service.errors import TerminologyError

_IMPLICIT = "http://snomed.info/sct?fhir_vs=ecl/"
_MOST_BYTES = 32 * 1024 * 1024
_MOST_PAGES = 1_000
_MOST_MEMBERS = 100_000
_DENIED = (401, 403)
_VARIABLE = "LEGPAIN_TERMINOLOGY_TOKEN"


@dataclass(frozen=True, slots=True)
class Below:
    """All codes at and below one, with the version of SNOMED CT they were taken from."""

    members: dict[str, str]
    version: str


class TerminologyServer:
    """One server, asked for one page after the other; `timeout` seconds are for a whole page."""

    def __init__(
        self, base: str, snomed: Callable[[str], bool], *, token: str, timeout: float, count: int
    ) -> None:
        self.base = checked_address(base, token=bool(token))
        self._snomed = snomed
        self._timeout = timeout
        self._count = count
        headers = {
            "accept": "application/fhir+json",
            "accept-encoding": "identity",
            "user-agent": f"legpain-cds/{__version__}",
        }
        if token:
            headers["authorization"] = f"Bearer {token}"
        self._client = httpx.Client(headers=headers, timeout=timeout, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def expand(self, code: str) -> Below | None:
        """What the server lists for `<<code`; None where it does not know the code.

        Raises TerminologyError.
        """
        found: dict[str, str] = {}
        version, offset = "", 0
        for _ in range(_MOST_PAGES):
            page = self._page(code, offset)
            if page is None:
                return None
            before = len(found)
            found |= page.members
            version = version or page.version
            if page.version and page.version != version:
                raise TerminologyError("the server changed its edition meanwhile; run it again")
            offset += page.entries
            if (page.total is not None and len(found) >= page.total) or not page.entries:
                return _whole(code, found, page, version)
            if len(found) == before:
                raise TerminologyError("the server repeats a page; try a larger --count")
            if len(found) > _MOST_MEMBERS:
                raise TerminologyError(f"more than {_MOST_MEMBERS:,} members; that cannot be right")
        raise TerminologyError(f"more than {_MOST_PAGES:,} pages; try a larger --count")

    def _page(self, code: str, offset: int) -> Page | None:
        question: dict[str, str | int] = {
            "url": f"{_IMPLICIT}{ecl(code)}",
            "count": self._count,
            "offset": offset,
        }
        until = time.monotonic() + self._timeout
        try:
            with self._client.stream(
                "GET", f"{self.base}/ValueSet/$expand", params=question
            ) as response:
                self._check(response)
                return read_page(response.status_code, _body(response, until), self._snomed)
        except httpx.TimeoutException:
            raise TerminologyError(_too_slow(self._timeout)) from None
        except httpx.HTTPError as error:
            raise TerminologyError(
                f"{self.base} cannot be read ({plain(str(error)) or type(error).__name__}); "
                "check the address and that the server is up"
            ) from None

    def _check(self, response: httpx.Response) -> None:
        if response.is_redirect:
            target = response.url.join(response.headers.get("location", ""))
            place = f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}{target.path}"
            raise TerminologyError(
                f"the server redirects to {plain(place)}, which is not followed; "
                "if you trust that address, name it with --server"
            )
        if response.status_code in _DENIED:
            raise TerminologyError(
                f"the server answers {response.status_code}, access denied; "
                f"set {_VARIABLE} to a token that may expand value sets"
            )


def ecl(code: str) -> str:
    """The question in the Expression Constraint Language: the concept and all below it."""
    return f"<<{code}"


def checked_address(address: str, *, token: bool) -> str:
    """The base address without a slash at its end; raises TerminologyError for any other."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise TerminologyError(
            "--server must be the base of a FHIR server, such as https://tx.example.org/fhir"
        )
    if url.userinfo:
        raise TerminologyError(f"--server holds a password; remove it and set {_VARIABLE} instead")
    if token and url.scheme == "http" and not _loopback(url.host):
        raise TerminologyError(f"{_VARIABLE} is sent over https only; give --server as https://")
    return address.rstrip("/")


def _whole(code: str, found: dict[str, str], page: Page, version: str) -> Below | None:
    if not found:
        return None
    if page.total is not None and len(found) != page.total:
        raise TerminologyError(
            f"the server announces {page.total:,} members and lists {len(found):,}; "
            "run the command again, or with a larger --count"
        )
    if code not in found:
        raise TerminologyError("the server does not list the concept itself; it misreads <<")
    return Below(found, version)


def _body(response: httpx.Response, until: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise TerminologyError(
                f"a page is larger than {_MOST_BYTES // 1024**2} MiB; try a smaller --count"
            )
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the whole page took too long")
    return bytes(body)


def _too_slow(timeout: float) -> str:
    return f"no whole page within {timeout:g} seconds; try a larger --timeout or smaller --count"


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
