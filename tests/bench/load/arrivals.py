"""Sends calls when they are due, however long the answers take, and times them from that moment.

A client that waits for one answer before it sends the next call sends none while the service
stands still, and so hides the wait of all who would have called meanwhile.
"""

import asyncio
import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from tests.bench.load.calls import Call

_NO_ANSWER = 0
_HEADERS = {"content-type": "application/json"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a call: its HTTP status, and the seconds since it was due.

    A sound answer is a list of cards with status 200.
    """

    status: int
    seconds: float
    sound: bool


def arrivals(rate: float, seconds: float, seed: int) -> list[float]:
    """When calls are due: as many as the rate demands, at moments that know nothing of each other.

    The seed makes two runs alike.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    return sorted(chance.uniform(0, seconds) for _ in range(round(rate * seconds)))


async def send_when_due(
    clients: Sequence[httpx.AsyncClient], path: str, calls: Sequence[Call], due: Sequence[float]
) -> list[Answered]:
    """Every call at its moment, counted from now; the clients take turns."""
    clock = asyncio.get_running_loop().time
    begin = clock()
    sent = []
    turns = itertools.cycle(clients)
    for call, moment, client in zip(calls, due, turns, strict=False):
        await asyncio.sleep(begin + moment - clock())
        sent.append(asyncio.create_task(_send(client, path, call, begin + moment)))
    return await asyncio.gather(*sent)


async def _send(client: httpx.AsyncClient, path: str, call: Call, due: float) -> Answered:
    headers = _HEADERS | {"authorization": call.authorization}
    try:
        response = await client.post(path, content=call.body, headers=headers)
    except httpx.TransportError:
        status, sound = _NO_ANSWER, False
    else:
        status = response.status_code
        sound = status == httpx.codes.OK and response.content.startswith(b'{"cards":[')
    return Answered(status, asyncio.get_running_loop().time() - due, sound)
