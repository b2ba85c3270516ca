"""`make fuzz`: a search, led by the code it reaches, for input that the service fails on.

What it has learned is kept in `.fuzz/corpus`, so that the next run goes on from there; an input
that fails lies in `.fuzz` and is sent once more by `python -m tests.fuzz FILE`. Make a test of it.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["cds_service"]):
    from tests.fuzz.targets import run

from tests.fuzz.mutation import mutated
from tests.fuzz.seeds import ROOT, seeds, words

KEPT = ROOT / ".fuzz"
_LONGEST = 100_000
_SLOWEST = 20  # seconds
_PLAIN = 3  # one change of so many is made to bytes, whatever they mean


def main() -> None:
    """Search for as long as asked, or send the given inputs once."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--seconds", type=int, default=600)
    asked.add_argument("inputs", nargs="*", type=Path)
    given = asked.parse_args()
    for path in given.inputs:
        run(path.read_bytes())
    if given.inputs:
        return
    options = [
        f"-max_total_time={given.seconds}",
        f"-max_len={_LONGEST}",
        f"-timeout={_SLOWEST}",
        f"-artifact_prefix={KEPT}/",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(_corpus())], run, custom_mutator=_mutator())
    atheris.Fuzz()


def _corpus() -> Path:
    """What earlier runs kept, and the seeds."""
    folder = KEPT / "corpus"
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (folder / f"seed-{number:03}").write_bytes(seed)
    return folder


def _mutator() -> Callable[[bytes, int, int], bytes]:
    pool = words()

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        changed = mutated(data, seed, pool) if seed % _PLAIN else None
        if changed is None or len(changed) > longest:
            return bytes(atheris.Mutate(data, longest))
        return changed

    return mutate


if __name__ == "__main__":
    main()
