"""`python -m tests.reference [CHARTS]`: compare many charts and print what was reached."""

import asyncio
import logging
import os
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

import structlog

from tests.reference.agreement import SEED, Tally, compare

CHARTS = 10_000
SHARE = 500


def _quiet() -> None:
    """Log lines of ten thousand calls help nobody."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _compare(first: int, count: int) -> Tally:
    return asyncio.run(compare(first, count, quiet=_quiet))


def main(count: int) -> int:
    """Print agreement, coverage and seed; 1 where any chart differs."""
    begun = perf_counter()
    shares = [(first, min(SHARE, count - first)) for first in range(0, count, SHARE)]
    whole = Tally(rows=Counter(), cards=Counter())
    with ProcessPoolExecutor(max_workers=min(2, os.cpu_count() or 1)) as pool:
        for tally in pool.map(_compare, *zip(*shares, strict=True)):
            whole.add(tally)
    print("\n".join(whole.differences))
    for (topic, row), reached in sorted(whole.rows.items()):
        print(f"{reached:7}  {topic} {row}")
    differing = len({text.partition(":")[0] for text in whole.differences})
    print(f"{len(whole.rows)} rows and {len(whole.cards)} cards reached")
    print(f"{whole.charts - differing} of {whole.charts} charts agree (seed {SEED})")
    print(f"{perf_counter() - begun:.0f} s")
    return 1 if whole.differences else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else CHARTS))
