"""One deadline for the whole body, however small the pieces that a client sends."""

import anyio
from starlette.requests import Request

from cds_service.errors import ClientMistakeError

TOO_SLOW = 408


async def body_in_time(request: Request, seconds: float) -> bytes:
    """The body; raises ClientMistakeError where it is not complete in time."""
    try:
        with anyio.fail_after(seconds):
            return await request.body()
    except TimeoutError:
        raise ClientMistakeError("too-slow", status=TOO_SLOW) from None
