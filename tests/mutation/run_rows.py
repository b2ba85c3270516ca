"""Runs the tests against each changed row condition, each in a process of its own."""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.mutation.rows import Mutant

ROOT = Path(__file__).parents[2]
_SECONDS = 900  # for tests that never end; a busy machine must not count as noticing
_OPTIONS = ("-x", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--no-header")


def survivors(mutants: Sequence[Mutant]) -> Iterator[Mutant]:
    """Those that no test notices, in order."""
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for mutant, noticed in zip(mutants, pool.map(_noticed, mutants), strict=True):
            if not noticed:
                yield mutant


def _noticed(mutant: Mutant) -> bool:
    """Whether a test fails; so does one that never comes to an end."""
    child = os.fork()
    if child == 0:
        os._exit(_tested(mutant))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != pytest.ExitCode.OK


def _tested(mutant: Mutant) -> int:
    """The topic's own tests first: they are the likeliest to notice."""
    signal.alarm(_SECONDS)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
        os.dup2(nowhere.fileno(), sys.stderr.fileno())
    mutant.apply()
    own = ROOT / "tests" / "unit" / f"test_{mutant.topic}.py"
    folders = [str(ROOT / "tests" / name) for name in ("unit", "spec")]
    return int(pytest.main([*_OPTIONS, *([str(own)] if own.is_file() else []), *folders]))
