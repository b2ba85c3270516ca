"""Refuses bodies over the limit as early as possible, with or without a Content-Length."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cds_service.errors import ClientMistakeError
from cds_service.hooks.outcomes import outcome
from cds_service.hooks.service import Service

_TOO_LARGE = 413
_FEEDBACK = "/feedback"


class BodyLimit:
    """ASGI middleware: 32 MB for calls and 64 kB for feedback unless configured otherwise."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 413 before reading when the length is announced, else while reading."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        settings = self.service.settings
        feedback = scope["path"].rstrip("/").endswith(_FEEDBACK)
        limit = settings.max_feedback_bytes if feedback else settings.max_body_bytes
        if _announced(scope) > limit:
            refused = outcome(self.service.library, _TOO_LARGE, "too-large")
            await refused(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise ClientMistakeError("too-large", status=_TOO_LARGE)
            return message

        await self.app(scope, counted, send)


def _announced(scope: Scope) -> int:
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0
