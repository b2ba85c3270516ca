"""Property 15: a second implementation, written from the tables, agrees with the service."""

import ast
from pathlib import Path

import pytest

from cds_service.content.load import load_library
from tests.reference.agreement import SEED, SERVED, compare
from tests.reference.generate import SCENES, random_chart

CHARTS = 500
HERE = Path(__file__).parent
TABLES = sorted(
    {*HERE.glob("*.py")} - {HERE / "agreement.py", Path(__file__), HERE / "__main__.py"}
)


@pytest.mark.anyio
@pytest.mark.slow
async def test_the_second_implementation_agrees() -> None:
    """Property 15: the same cards in the same order, states, intervals and clusters."""
    tally = await compare(0, CHARTS)
    assert not tally.differences, "\n".join(tally.differences[:20])
    assert tally.charts == CHARTS


@pytest.mark.anyio
@pytest.mark.slow
async def test_the_charts_reach_the_cards() -> None:
    """The agreement is not vacuous: few cards of the served topics stay unreached."""
    tally = await compare(0, CHARTS)
    library = load_library()
    served = {card for card, topic in library.topic_of_card.items() if topic in SERVED}
    missed = served - set(tally.cards)
    assert len(missed) <= len(served) // 8, sorted(missed)


def test_the_charts_are_the_same_in_every_run() -> None:
    """A chart is named by seed and number, so that a disagreement can be looked at again."""
    for number in range(len(SCENES)):
        assert random_chart(SEED, number) == random_chart(SEED, number)


@pytest.mark.parametrize("module", TABLES, ids=lambda path: path.stem)
def test_the_reference_is_written_from_the_documents_alone(module: Path) -> None:
    """It imports nothing of the service and opens no content file."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    imported = {
        name
        for node in ast.walk(tree)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert not [name for name in imported if name.startswith("cds_service")]
    assert not imported & {"tomllib", "pathlib", "os"}
