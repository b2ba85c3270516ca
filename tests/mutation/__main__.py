"""`make mutation`: change clinical reasoning place by place and count what the tests notice."""

import argparse
import random
import sys
from collections.abc import Iterable, Sequence

from tests.mutation import functions, rows
from tests.mutation.run_rows import survivors

SEED = 20261125
SAMPLE = 800


def main() -> int:
    """Print the score of both parts and what survived."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("part", choices=("rows", "functions", "all"), nargs="?", default="all")
    asked.add_argument("--sample", default=str(SAMPLE), help="how many changes of each, or all")
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    sample = None if given.sample == "all" else int(given.sample)
    if given.part in ("rows", "all"):
        changed = _some(rows.mutants(), sample, given.seed)
        _tell(f"row conditions (seed {given.seed})", len(changed), map(str, survivors(changed)))
    if given.part in ("functions", "all"):
        noticed = functions.run(sample, given.seed)
        left = (name for name, seen in noticed.items() if not seen)
        _tell(f"functions (seed {given.seed})", len(noticed), left)
    return 0


def _some(changed: Sequence[rows.Mutant], sample: int | None, seed: int) -> Sequence[rows.Mutant]:
    """All of them, or as many as asked for, in their order."""
    if sample is None or sample >= len(changed):
        return changed
    chosen = set(random.Random(seed).sample(range(len(changed)), sample))  # noqa: S311 - no secret
    return [mutant for number, mutant in enumerate(changed) if number in chosen]


def _tell(part: str, tried: int, left: Iterable[str]) -> None:
    alive = 0
    for name in left:
        alive += 1
        print(f"survived  {name}", flush=True)
    share = (tried - alive) / tried if tried else 0
    print(f"{part}: {tried - alive} of {tried} changes noticed ({share:.1%})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
