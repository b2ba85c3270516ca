"""From what was measured to the promises P1 and P3: limit, figure, met or not."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.load.arrivals import Answered

P95_SECONDS = 0.060
P99_SECONDS = 0.120
GROWTH = 0.05
_EDGE = 6  # the first and the last sixth of a run are compared


@dataclass(frozen=True, slots=True)
class Verdict:
    """One part of a promise."""

    promise: str
    what: str
    limit: str
    figure: str
    met: bool

    def __str__(self) -> str:
        word = "met" if self.met else "not met"
        return f"{self.promise}  {self.what:34} {self.limit:>12} {self.figure:>26}   {word}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of all does not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def speed(answered: Sequence[Answered]) -> tuple[Verdict, ...]:
    """P1; a call without a sound answer counts as one that never ended."""
    waits = [each.seconds if each.sound else math.inf for each in answered]
    return tuple(
        Verdict(
            "P1",
            f"{share:.0%} of {len(waits):,} calls within",
            _milliseconds(limit),
            _milliseconds(found := percentile(waits, share)),
            found <= limit,
        )
        for share, limit in ((0.95, P95_SECONDS), (0.99, P99_SECONDS))
    )


def endurance(answered: Sequence[Answered], memory: Sequence[int]) -> tuple[Verdict, ...]:
    """P3; the memory is what the process held at regular moments of the run, in bytes."""
    failed = sorted(each.status for each in answered if not each.sound)
    statuses = ", ".join(str(status or "no answer") for status in dict.fromkeys(failed))
    told = f"{len(failed):,} of {len(answered):,}" + (f" ({statuses})" if failed else "")
    before, after = edges(memory)
    return (
        Verdict("P3", "calls without a sound answer", "0", told, not failed),
        Verdict(
            "P3",
            "growth of memory",
            f"{GROWTH:.0%}",
            f"{after / before - 1:+.1%} ({before / 1e6:.1f} to {after / 1e6:.1f} MB)",
            after <= before * (1 + GROWTH),
        ),
    )


def edges(memory: Sequence[int]) -> tuple[float, float]:
    """The medians of the first and the last part of a run: one reading alone says little."""
    part = max(1, len(memory) // _EDGE)
    return statistics.median(memory[:part]), statistics.median(memory[-part:])


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms" if math.isfinite(seconds) else "never"
