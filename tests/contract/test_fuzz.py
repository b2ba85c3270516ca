"""The search for input that the service fails on: where it starts, and what it calls a finding."""

import json

import pytest

from tests.fuzz.mutation import mutated
from tests.fuzz.seeds import seeds, words
from tests.fuzz.targets import PATHS, SEPARATOR, SERVER, documented, judge, run

SEEDS = tuple(seeds())


def test_the_seeds_reach_every_target() -> None:
    """Calls of all services, feedback, and answers of a FHIR server."""
    assert {seed[0] for seed in SEEDS} == set(range(SERVER + 1))
    assert len(SEEDS) > 250


@pytest.mark.parametrize("seed", SEEDS[::12], ids=range(len(SEEDS[::12])))
def test_a_seed_is_no_finding(seed: bytes) -> None:
    """The search starts from what is answered or refused as documented."""
    run(seed)


@pytest.mark.parametrize("number", range(SERVER + 1))
@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"null", b"[" * 5000, b'{"a":1e400}'])
def test_broken_input_is_no_finding(number: int, body: bytes) -> None:
    """Nor is anything that cannot be read."""
    run(bytes([number]) + body)


@pytest.mark.parametrize("path", PATHS)
def test_failures_are_findings(path: str) -> None:
    """A failure of ours, an undocumented status, and a topic that crashed on the way."""
    for status, answer in ((500, b""), (418, b""), (200, b'{"id":"check-failed"}')):
        with pytest.raises(AssertionError):
            judge(path, status, answer)
    judge(path, 200, b"{}")


def test_the_statuses_are_those_that_are_published() -> None:
    """Missing data is told by the services alone."""
    assert 412 in documented(PATHS[0])
    assert 412 not in documented(PATHS[-1])


def test_changed_json_is_mostly_json_still() -> None:
    """Most changes get past the parser, and nearly all change something."""
    seed, pool = SEEDS[-2], words()
    changed = [mutated(seed, number, pool) for number in range(200)]
    kept = [each for each in changed if each is not None]
    assert len(kept) > 190
    assert sum(each != seed for each in kept) > 150
    for each in kept:
        assert each[0] == seed[0]
        for part in each[1:].split(SEPARATOR):
            json.loads(part)
    assert mutated(b"\0no json", 1, pool) is None
