"""One deadline for the whole body, however small the pieces; a body may also never be whole."""

import anyio
from starlette.requests import ClientDisconnect, Request

from cds_service.errors import ClientMistakeError

TOO_SLOW = 408


async def body_in_time(request: Request, seconds: float) -> bytes:
    """The body; raises ClientMistakeError where it is not complete, or not in time."""
    try:
        with anyio.fail_after(seconds):
            return await request.body()
    except TimeoutError:
        raise ClientMistakeError("too-slow", status=TOO_SLOW) from None
    except ClientDisconnect:  # nobody is left to read the answer; log and counters tell it
        raise ClientMistakeError("cut-off") from None
