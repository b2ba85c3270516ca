"""What one call and one hostile answer may cost in memory."""

import gc
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from cds_service.fhir.body import UnreadableError, read_body
from tests.bench.__main__ import call, service_app
from tests.bench.body import hook_body

MEGABYTE = 1_000_000
# Inflates to 200 million spaces, a thousand times its size.
BOMB = gzip.compress(b" " * (200 * MEGABYTE), 9)


class Packets(httpx.AsyncByteStream):
    """A body as it comes from a network."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """Some kilobytes at a time."""
        for begin in range(0, len(BOMB), 65_536):
            yield BOMB[begin : begin + 65_536]


async def peak(work: Callable[[], Awaitable[object]]) -> int:
    """The most bytes that were held at once beyond what was held before."""
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        await work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


async def refused() -> None:
    """Read the bomb as the answer of a FHIR server."""
    headers = {"content-type": "application/fhir+json", "content-encoding": "gzip"}
    with pytest.raises(UnreadableError):
        await read_body(httpx.Response(200, headers=headers, stream=Packets()))


async def test_a_body_that_inflates_a_thousandfold_costs_little() -> None:
    """At most 5 MB before it is refused."""
    assert len(BOMB) < MEGABYTE
    assert await peak(refused) <= 5 * MEGABYTE


async def test_a_call_costs_a_small_multiple_of_its_body() -> None:
    """A record of 2 MB, some 2,600 resources, is read and answered within 20 MB."""
    app, body = service_app(), hook_body(2600)
    assert len(body) > 2 * MEGABYTE
    await call(app, hook_body(10))
    assert await peak(lambda: call(app, body)) <= 20 * MEGABYTE
