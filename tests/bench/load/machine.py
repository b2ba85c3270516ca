"""What processes hold and use, as Linux tells it."""

import os
from collections.abc import Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_IDLE = (3, 4)  # idle, and idle until a disk answers


def resident(process: int) -> int:
    """Bytes of the process that are in memory."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmRSS:"))
    return int(kilobytes) * 1024


def used(process: int) -> float:
    """CPU seconds of the process so far."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / _TICKS


def used_by_others(processes: Sequence[int]) -> float:
    """CPU seconds of everything but these processes so far, a host above included."""
    ticks = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    busy = sum(int(count) for place, count in enumerate(ticks) if place not in _IDLE)
    return busy / _TICKS - sum(map(used, processes))
