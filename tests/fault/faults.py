"""The ways in which a FHIR server fails, each as what it sends in place of the right answer."""

import asyncio
import gzip
from typing import Any

from tests.contract.http_calls import Json
from tests.fault.faulty_server import Exchange, Fault

_FOREVER = 60.0
_OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}
_HTML = b"<html><body>Maintenance</body></html>"


def status(code: int, body: bytes | Json = b"", **headers: str) -> Fault:
    """Answer with this status."""
    return lambda exchange: exchange.send(body, code, **headers)


def ok(body: bytes | Json, **headers: str) -> Fault:
    """Status 200 with a body that is none of what was asked for."""
    return status(200, body, **headers)


def reset(exchange: Exchange) -> None:
    """The connection breaks."""
    exchange.writer.transport.abort()


def truncated(exchange: Exchange) -> None:
    """Half of a JSON document, announced as a whole."""
    exchange.send(b'{"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": {')


def cut_short(exchange: Exchange) -> None:
    """Less than was announced, then the end."""
    exchange.head(200, {"content-type": "application/fhir+json", "content-length": "1000"})
    exchange.writer.write(b'{"resourceType": ')
    exchange.writer.close()


def next_page(address: str) -> Fault:
    """The right answer with another page at this address; `{1}` stands for the one asked."""

    def send(exchange: Exchange) -> None:
        itself = exchange.base.removesuffix("/fhir") + exchange.target
        link = {"relation": "next", "url": address.format(exchange.base, itself)}
        exchange.send(paged(exchange.right, link))

    return send


def paged(right: Json, link: Json) -> Json:
    """A first page; a single resource becomes a Bundle of one."""
    bundle = right if right["resourceType"] == "Bundle" else {"entry": [{"resource": right}]}
    return bundle | {"resourceType": "Bundle", "type": "searchset", "link": [link]}


def page_two_fails(exchange: Exchange) -> None:
    """The first page is right, the second is status 500."""
    if "page=2" in exchange.target:
        exchange.send(b"", 500)
        return
    address = f"{exchange.base}{exchange.target.removeprefix('/fhir')}"
    joint = "&" if "?" in address else "?"
    link = {"relation": "next", "url": f"{address}{joint}page=2"}
    exchange.send(paged(exchange.right, link))


def endless_pages(exchange: Exchange) -> None:
    """Every page is empty and has another one behind it."""
    address = f"{exchange.base}{exchange.target.removeprefix('/fhir')}"
    joint = "&" if "?" in address else "?"
    page = {"resourceType": "Bundle", "type": "searchset"}
    exchange.send(page | {"link": [{"relation": "next", "url": f"{address}{joint}page=2"}]})


def of_somebody_else(exchange: Exchange) -> None:
    """The right resources, or one at least, but of another patient."""
    right = exchange.right
    if not right.get("entry") and right["resourceType"] == "Bundle":
        kind = exchange.target.removeprefix("/fhir/").partition("?")[0]
        one = {"resourceType": kind, "id": "x", "subject": {"reference": "Patient/other"}}
        right = right | {"entry": [{"resource": one}]}
    exchange.send(of_another(right))


def of_another(value: Any) -> Any:
    """The same with another patient in every place that names one."""
    if isinstance(value, dict):
        changed = {name: of_another(member) for name, member in value.items()}
        return changed | ({"id": "other"} if value.get("resourceType") == "Patient" else {})
    if isinstance(value, list):
        return [of_another(item) for item in value]
    return "Patient/other" if str(value).startswith("Patient/") else value


def bomb(exchange: Exchange) -> None:
    """A small body that inflates to 64 MiB."""
    body = gzip.compress(b" " * (64 * 1024 * 1024), 1)
    exchange.send(body, content_encoding="gzip")


def too_large(exchange: Exchange) -> None:
    """A body beyond the limit, its length not announced."""
    exchange.head(200, {"content-type": "application/fhir+json", "connection": "close"})
    exchange.writer.write(b'{"resourceType": "Bundle", "x": "' + b"x" * 3 * 1024 * 1024)
    exchange.writer.write(b'"}')
    exchange.writer.close()


async def slow_first_byte(_exchange: Exchange) -> None:
    """Silence."""
    await asyncio.sleep(_FOREVER)


async def drip(exchange: Exchange) -> None:
    """A body that comes byte by byte, each sooner than any read would time out."""
    exchange.head(200, {"content-type": "application/fhir+json", "content-length": "1000000"})
    while not exchange.writer.is_closing():
        exchange.writer.write(b" ")
        await exchange.writer.drain()
        await asyncio.sleep(0.02)


async def stall(exchange: Exchange) -> None:
    """The beginning of a body, then silence."""
    exchange.head(200, {"content-type": "application/fhir+json", "content-length": "1000000"})
    exchange.writer.write(b'{"resourceType": "Bundle", "entry": [')
    await exchange.writer.drain()
    await asyncio.sleep(_FOREVER)


# Nothing of the answer can be used.
LOST: dict[str, Fault] = {
    "reset": reset,
    "400": status(400, _OUTCOME),
    "401": status(401, b"", www_authenticate="Bearer"),
    "403": status(403, _OUTCOME),
    "404": status(404, _OUTCOME),
    "410": status(410),
    "429": status(429, b"", retry_after="60"),
    "500": status(500, _HTML, content_type="text/html"),
    "502 HTML": status(502, _HTML, content_type="text/html"),
    "503": status(503, _OUTCOME),
    "204": status(204),
    "redirect": status(302, b"", location="https://elsewhere.example.org/fhir"),
    "200 empty": ok(b""),
    "200 null": ok(b"null"),
    "200 HTML": ok(_HTML, content_type="text/html"),
    "200 HTML called JSON": ok(_HTML),
    "200 truncated": truncated,
    "200 cut short": cut_short,
    "200 another type": ok({"resourceType": "Basic", "id": "b"}),
    "200 Bundle of another type": ok(
        {"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Slot", "id": "s"}}]}
    ),
    "200 OperationOutcome": ok(_OUTCOME),
    "wrong patient": of_somebody_else,
    "gzip bomb": bomb,
    "no gzip": ok(b"{}", content_encoding="gzip"),
    "other encoding": ok(b"{}", content_encoding="br"),
    "wrong charset": ok('{"é": 1}'.encode("latin-1"), content_type="application/json;charset=l1"),
    "bad bytes": ok(b'{"resourceType": "Bund\xff\xfe"}'),
    "another FHIR version": ok(b"{}", content_type="application/fhir+json; fhirVersion=3.0"),
    "too large": too_large,
}
# The first page is right, and more would follow.
CUT: dict[str, Fault] = {
    "next on another host": next_page("https://elsewhere.example.org/fhir/Condition?page=2"),
    "next on another path": next_page("{0}/../admin?page=2"),
    "next to itself": next_page("{1}"),
    "page 2 fails": page_two_fails,
    "endless pages": endless_pages,
}
# The answer never ends.
HUNG: dict[str, Fault] = {
    "slow first byte": slow_first_byte,
    "drip": drip,
    "stall": stall,
}
