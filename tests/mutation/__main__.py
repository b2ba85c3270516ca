"""`make mutation`: change clinical reasoning place by place and count what the tests notice."""

import argparse
import sys
from collections.abc import Iterable

from tests.mutation import functions, rows
from tests.mutation.run_rows import survivors

SEED = 20261125
SAMPLE = 800


def main() -> int:
    """Print the score of both parts and what survived."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("part", choices=("rows", "functions", "all"), nargs="?", default="all")
    asked.add_argument("--sample", default=str(SAMPLE), help="how many functions' changes, or all")
    asked.add_argument("--seed", type=int, default=SEED)
    given = asked.parse_args()
    if given.part in ("rows", "all"):
        changed = rows.mutants()
        _tell("row conditions", len(changed), map(str, survivors(changed)))
    if given.part in ("functions", "all"):
        sample = None if given.sample == "all" else int(given.sample)
        noticed = functions.run(sample, given.seed)
        left = (name for name, seen in noticed.items() if not seen)
        _tell(f"functions (seed {given.seed})", len(noticed), left)
    return 0


def _tell(part: str, tried: int, left: Iterable[str]) -> None:
    alive = 0
    for name in left:
        alive += 1
        print(f"survived  {name}", flush=True)
    share = (tried - alive) / tried if tried else 0
    print(f"{part}: {tried - alive} of {tried} changes noticed ({share:.1%})", flush=True)


if __name__ == "__main__":
    sys.exit(main())
