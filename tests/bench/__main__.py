"""`make bench`: what the whole service costs beside an endpoint that only decodes.

Both run in one process, in turn, on the same bodies; CPU time, not wall time. Quote the ratios,
not the milliseconds: machines differ.
"""

import argparse
import asyncio
import gc
import statistics
import time

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import Response

from cds_service.app import create_app
from cds_service.fhir.resources import RESOURCE
from cds_service.settings import Settings
from cds_service.telemetry.logging import silence_logging
from tests.bench.asgi import post
from tests.bench.body import AS_OF, hook_body

_ROOT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SIZES = {"S": 10, "M": 120, "L": 2021}


def floor_app() -> FastAPI:
    """FastAPI with the typed decode of every prefetch value and nothing else."""
    app = FastAPI()

    @app.post("/cds-services/leg-pain")
    async def decode(request: Request) -> Response:
        root = _ROOT.decode(await request.body())
        for value in _ROOT.decode(root["prefetch"]).values():
            if bytes(value) != b"null":
                RESOURCE.decode(value)
        return Response(b'{"cards":[]}', media_type="application/json")

    return app


def service_app() -> FastAPI:
    """The service as the demo runs it, without log output."""
    app = create_app(
        Settings(profile="demo", explain=False, database_url="sqlite://"), clock=lambda: AS_OF
    )
    silence_logging()
    return app


async def call(app: FastAPI, body: bytes) -> bytes:
    """One POST through the ASGI interface; returns the response body."""
    _, answer = await post(app, "/cds-services/leg-pain", body)
    return answer


async def measure(body: bytes, rounds: int) -> tuple[float, float]:
    """Median CPU seconds per request of the floor and of the service, taken in turn."""
    apps = (floor_app(), service_app())
    costs: tuple[list[float], list[float]] = ([], [])
    for _ in range(3):
        for app in apps:
            await call(app, body)
    gc.collect()
    gc.freeze()
    for _ in range(rounds):
        for app, spent in zip(apps, costs, strict=True):
            started = time.process_time()
            await call(app, body)
            spent.append(time.process_time() - started)
    return statistics.median(costs[0]), statistics.median(costs[1])


def main() -> None:
    """Print one line per body size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    print("body  resources      bytes   decode only      service   ratio")
    for name, resources in _SIZES.items():
        body = hook_body(resources)
        floor, service = asyncio.run(measure(body, rounds))
        print(
            f"{name:4} {resources:10,} {len(body):10,} {floor * 1000:10.2f} ms "
            f"{service * 1000:9.2f} ms {service / floor:7.2f}"
        )


if __name__ == "__main__":
    main()
