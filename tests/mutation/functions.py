"""A sample of mutmut's changes to the functions of `cds_service/clinical/`, and their verdicts."""

import json
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_VERDICTS = ROOT / "mutants"
_SURVIVED = 0
_UNTESTED = frozenset({5, 33})  # mutmut: no test runs through the function at all
_NOTHING = "none.of.them"


def run(sample: int | None, seed: int) -> Mapping[str, bool]:
    """Which of the sampled changes the tests notice; all of them without a sample size."""
    _mutmut(_NOTHING, errors=subprocess.DEVNULL)  # makes all changes, then finds none of this name
    names = _sampled(sample, seed)
    _mutmut(*names)
    verdicts = _verdicts()
    return {
        name: verdict not in (_SURVIVED, *_UNTESTED)
        for name in names
        if (verdict := verdicts[name]) is not None
    }


def _mutmut(*names: str, errors: int | None = None) -> None:
    command = [sys.executable, "-m", "mutmut", "run", *names]
    subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL, stderr=errors)


def _verdicts() -> dict[str, int | None]:
    """The exit status of the tests for each change, None where it was not tried."""
    found: dict[str, int | None] = {}
    for file in sorted(_VERDICTS.rglob("*.meta")):
        found |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def _sampled(sample: int | None, seed: int) -> list[str]:
    """Spread over the modules in proportion to their size, at least one from each."""
    by_module: dict[str, list[str]] = defaultdict(list)
    for name in _verdicts():
        by_module[name.rpartition(".")[0]].append(name)
    whole = sum(map(len, by_module.values()))
    if sample is None or sample >= whole:
        return [name for names in by_module.values() for name in names]
    chance = random.Random(seed)  # noqa: S311 - a sample, no secret
    return [
        name
        for _, names in sorted(by_module.items())
        for name in sorted(chance.sample(names, max(1, round(sample * len(names) / whole))))
    ]
