"""Which pages of other origins may read answers, errors included (CORS-1 to CORS-4)."""

import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LOOPBACK = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
_SANDBOX = "https://sandbox.cds-hooks.org"
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type",
    "Access-Control-Max-Age": "600",
}

Allowed = Callable[[str], bool]


def allowed_origins(listed: frozenset[str], *, demo: bool) -> Allowed:
    """Exactly the listed ones; in the demo also this machine and the official sandbox."""

    def allowed(origin: str) -> bool:
        open_in_demo = origin == _SANDBOX or _LOOPBACK.fullmatch(origin) is not None
        return origin in listed or (demo and open_in_demo)

    return allowed


class Cors:
    """ASGI middleware: names an allowed origin on every answer and answers preflights.

    Credentials are never allowed: a token travels in a header that the page sets itself. A foreign
    origin gets no such header at all.
    """

    def __init__(self, app: ASGIApp, allowed: Allowed) -> None:
        self.app = app
        self.allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers on the way back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = asked.get("origin", "")
        granted = {"Access-Control-Allow-Origin": origin} if self.allowed(origin) else {}

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(granted)
                headers.add_vary_header("Origin")
            await send(message)

        if scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            answer = Response(status_code=204, headers=_PREFLIGHT if granted else None)
            await answer(scope, receive, named)
        else:
            await self.app(scope, receive, named)
