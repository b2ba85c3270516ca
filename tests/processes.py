"""The service as a process of its own, on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    address: str
    process: subprocess.Popen[bytes]


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Served]:
    """`serve` with these settings (`site` is LEGPAIN_SITE); its log goes into the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        f"LEGPAIN_{name.upper()}": value for name, value in settings.items()
    }
    command = [sys.executable, "-m", "cds_service", "serve", "--port", str(port)]
    log = (folder / f"{port}.log").open("wb")
    with log, subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}", process)
            yield Served(f"http://127.0.0.1:{port}", process)
        finally:
            process.terminate()


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Until it answers."""
    until = time.monotonic() + 40
    while time.monotonic() < until:
        assert process.poll() is None, "the service did not start"
        try:
            if httpx.get(f"{address}/health/live", trust_env=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the service did not answer")
