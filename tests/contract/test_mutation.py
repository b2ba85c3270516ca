"""`make mutation` fails where the tests notice too few of the changes they are given."""

from collections.abc import Sequence

import pytest

from tests.mutation import __main__ as mutation
from tests.mutation.__main__ import told, verdict
from tests.mutation.rows import Mutant


def test_the_share_counts_what_was_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    """Survivors are named, the rest was noticed."""
    assert told("functions", 20, ["one", "two", "three"]) == 0.85
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        *("survived  one", "survived  two", "survived  three"),
        "functions: 17 of 20 changes noticed (85.0%)",
    ]


def test_exactly_the_limit_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """85 % of each part."""
    assert verdict({"rows": 0.85, "functions": 1.0}) == 0
    assert capsys.readouterr().out == ""


def test_too_little_of_one_part_fails_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    """A good score of the other part does not make up for it."""
    assert verdict({"rows": 0.849, "functions": 1.0}) == 1
    assert capsys.readouterr().out == (
        "Too little noticed: 84.9% of rows; at least 85% is asked for.\n"
    )


def test_a_run_that_tried_nothing_fails() -> None:
    """Nothing tried, nothing noticed."""
    assert verdict({"functions": told("functions", 0, [])}) == 1


@pytest.mark.parametrize(("survivors", "status"), [(1, 0), (2, 1)])
def test_the_command_ends_with_the_verdict(
    survivors: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of ten changed conditions one may survive."""

    def left(mutants: Sequence[Mutant]) -> list[Mutant]:
        assert len(mutants) == 10
        return list(mutants[:survivors])

    monkeypatch.setattr(mutation, "survivors", left)
    monkeypatch.setattr("sys.argv", ["mutation", "rows", "--sample", "10"])
    assert mutation.main() == status
