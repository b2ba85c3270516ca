"""`make load`: promises P1 and P3, in production, one process of the service for each of two cores.

The processes share one database, and calls go to them in turn, as a proxy would send them. Every
call is signed, admitted and marked as used, and carries a record of 300 resources. The client runs
on the same machine. Ends with status 1 when a promise is not met.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvloop

from tests.bench.load.arrivals import Answered, arrivals, send_when_due
from tests.bench.load.calls import RESOURCES, bodies, signed
from tests.bench.load.figures import endurance, percentile, speed
from tests.bench.load.machine import resident, used_by_others
from tests.processes import Served, served
from tests.security.callers import BASE, CARD_KEY, write_site

SEED = 20261126
P1_RATE = 20
P3_RATE = 100
_CORES = 2
_WARM_UP = 15  # seconds at the higher rate, not counted
_PATH = "/cds-services/leg-pain"
_LIMITS = httpx.Limits(max_connections=200)
_BETWEEN_READINGS = 0.5  # seconds
_SHARES = (0.5, 0.95, 0.99, 1)


def main() -> int:
    """Print each limit beside its figure."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=60, help="length of each of the two runs")
    seconds = asked.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder, _services(Path(folder)) as services:
        calm, busy = uvloop.run(_measure(services, seconds))
    verdicts = (*speed(calm.answered), *endurance(busy.answered, busy.held))
    for verdict in verdicts:
        print(verdict)
    return 0 if all(verdict.met for verdict in verdicts) else 1


@contextmanager
def _services(folder: Path) -> Iterator[list[Served]]:
    """As many processes as cores, configured alike."""
    settings = {
        "profile": "production",
        "site": str(write_site(folder / "site")),
        "public_url": BASE,
        "database_url": f"sqlite:///{folder / 'legpain.db'}",
        "card_key": CARD_KEY,
    }
    with ExitStack() as running:
        yield [running.enter_context(served(folder, **settings)) for _ in range(_CORES)]


@dataclass(frozen=True, slots=True)
class Run:
    """What became of all calls, and what the processes held in memory meanwhile."""

    answered: list[Answered]
    held: list[int]


async def _measure(services: Sequence[Served], seconds: int) -> tuple[Run, Run]:
    """Warm up, then one run for each promise."""
    wanted = bodies()
    _tell(f"{RESOURCES} resources and {sum(map(len, wanted)) // len(wanted):,} bytes a call")
    async with AsyncExitStack() as opened:
        clients = [
            await opened.enter_async_context(
                httpx.AsyncClient(
                    base_url=service.address, trust_env=False, limits=_LIMITS, timeout=30
                )
            )
            for service in services
        ]
        processes = [service.process.pid for service in services]
        await _run(clients, processes, wanted, (P3_RATE, _WARM_UP))
        calm = await _run(clients, processes, wanted, (P1_RATE, seconds))
        return calm, await _run(clients, processes, wanted, (P3_RATE, seconds))


async def _run(
    clients: Sequence[httpx.AsyncClient],
    processes: Sequence[int],
    wanted: Sequence[bytes],
    load: tuple[int, int],
) -> Run:
    """Calls at a rate for so many seconds; tells how long they took and what else ran."""
    rate, seconds = load
    due = arrivals(rate, seconds, SEED)
    calls = signed(wanted, len(due))
    everything = [*processes, os.getpid()]
    elsewhere, begun = used_by_others(everything), time.monotonic()
    task = asyncio.ensure_future(send_when_due(clients, _PATH, calls, due))
    held = []
    while not task.done():
        held.append(sum(map(resident, processes)))
        await asyncio.wait([task], timeout=_BETWEEN_READINGS)
    share = (used_by_others(everything) - elsewhere) / (time.monotonic() - begun)
    waits = [each.seconds * 1000 for each in task.result()]
    told = ", ".join(f"p{part * 100:g} {percentile(waits, part):.1f}" for part in _SHARES)
    _tell(f"{rate} calls a second for {seconds} s: {told} ms; all else used {share:.1f} cores")
    return Run(task.result(), held)


def _tell(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
