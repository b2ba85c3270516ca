"""`make mutation`: change clinical reasoning place by place and count what the tests notice.

Ends with status 1 when they notice too little of either part.
"""

import argparse
import random
import sys
from collections.abc import Iterable, Mapping, Sequence

from tests.mutation import functions, rows
from tests.mutation.run_rows import survivors

SEED = 20261125
SAMPLE = 800
LEAST = 0.85  # share of the changes of each part that must be noticed


def main() -> int:
    """Print the score of both parts and what survived."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("part", choices=("rows", "functions", "all"), nargs="?", default="all")
    asked.add_argument("--sample", default=str(SAMPLE), help="how many changes of each, or all")
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    sample = None if given.sample == "all" else int(given.sample)
    shares = {}
    if given.part in ("rows", "all"):
        changed = _some(rows.mutants(), sample, given.seed)
        part = f"row conditions (seed {given.seed})"
        shares[part] = told(part, len(changed), map(str, survivors(changed)))
    if given.part in ("functions", "all"):
        noticed = functions.run(sample, given.seed)
        left = (name for name, seen in noticed.items() if not seen)
        part = f"functions (seed {given.seed})"
        shares[part] = told(part, len(noticed), left)
    return verdict(shares)


def verdict(shares: Mapping[str, float]) -> int:
    """The exit status, and where it is not 0, which part was noticed too little."""
    short = {part: share for part, share in shares.items() if share < LEAST}
    if short:
        parts = ", ".join(f"{share:.1%} of {part}" for part, share in short.items())
        print(f"Too little noticed: {parts}; at least {LEAST:.0%} is asked for.", flush=True)
    return int(bool(short))


def _some(changed: Sequence[rows.Mutant], sample: int | None, seed: int) -> Sequence[rows.Mutant]:
    """All of them, or as many as asked for, in their order."""
    if sample is None or sample >= len(changed):
        return changed
    chosen = set(random.Random(seed).sample(range(len(changed)), sample))  # noqa: S311 - no secret
    return [mutant for number, mutant in enumerate(changed) if number in chosen]


def told(part: str, tried: int, left: Iterable[str]) -> float:
    """Name what survived, as it does, and the share that was noticed; none of nothing."""
    alive = 0
    for name in left:
        alive += 1
        print(f"survived  {name}", flush=True)
    share = (tried - alive) / tried if tried else 0
    print(f"{part}: {tried - alive} of {tried} changes noticed ({share:.1%})", flush=True)
    return share


if __name__ == "__main__":
    sys.exit(main())
