"""How long a call waits for the database: beside the event loop, and never without an end."""

from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from cds_service.errors import StoreDownError

T = TypeVar("T")


async def within(seconds: float, work: Callable[[], T]) -> T:
    """What the work returns; raises StoreDownError when it takes longer, and leaves it behind."""
    try:
        with anyio.fail_after(seconds):
            return await anyio.to_thread.run_sync(work, abandon_on_cancel=True)
    except TimeoutError:
        raise StoreDownError from None
