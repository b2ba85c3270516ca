"""The recipes of CONTRIBUTING-CLINICAL.md, followed to the letter: they print what they say."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.content.load import content_folder
from tests.contract.command import Run
from tests.contract.test_content import LINE, appended, in_file

ROOT = Path(__file__).parents[2]
RECIPES = " ".join((ROOT / "CONTRIBUTING-CLINICAL.md").read_text(encoding="utf-8").split())
ROW = (
    "swelling-leg,snomed,{},Swelling of leg (finding),exact,value,strong,leg_swelling,"
    "international,,,our terminology group,\n"
)
CARD = """+++
summary = "Hip osteoarthritis on record ({{side}}): look at the radiograph before another one."
short = "hip radiograph"
source = "prather-2017"
evidence = ["EM-57"]
+++
A radiograph is only worth repeating if the result would change care.
"""
SITUATION = """
[[row]]
id = "HIP9"
table = "HIP"
situation = "hip osteoarthritis on record, no hip sign"
state = "hip-known"
card = "hip-radiograph"
indicator = "info"
tier = "routine"
"""
Slip = Callable[[Path], None]


def written(name: str, text: str) -> Slip:
    """A new file."""

    def change(root: Path) -> None:
        (root / name).write_text(text, encoding="utf-8")

    return change


def of_heart_rate(value: int) -> Slip:
    """Another limit of the heart rate."""
    old = "[thresholds.heart_rate]\nvalue = 100"
    return in_file("dvt/topic.toml", old, old.replace("100", f"{value}"))


PRINTED = [
    pytest.param(
        (of_heart_rate(140),),
        "cards/dvt/topic.toml: thresholds.heart_rate: 140 is outside the allowed range 90 to 130",
        id="number",
    ),
    pytest.param(
        (in_file("hip/hip.md", "({{side}})", "({{sides}})"),),
        "cards/hip/hip.md: placeholder sides: hip does not supply it",
        id="wording",
    ),
    pytest.param(
        (in_file("hip/hip.md", "asks for the hip", "calls for the hip"),),
        "cards/_common/claims.toml: claim.A42: card hip does not contain 'asks for the hip before "
        "the pain is put down to spine or sacroiliac joint'",
        id="pinned words",
    ),
    pytest.param(
        (appended("_codes/terminology.csv", ROW.format("300890001")),),
        "(swelling-leg snomed 300890001): no SNOMED CT concept, shape or check digit fails; copy "
        "the code anew, as text",
        id="mistyped code",
    ),
    pytest.param(
        (appended("_codes/terminology.csv", ROW.format("300890009")),),
        "cards/_codes/terminology-bundle.json: out of date; run legpain-cds terminology build",
        id="code",
    ),
    pytest.param(
        (written("hip/hip-radiograph.md", CARD),),
        "cards/hip/hip-radiograph.md: no decision row shows this card",
        id="card without row",
    ),
    pytest.param(
        (written("hip/hip-radiograph.md", CARD), appended("hip/topic.toml", SITUATION)),
        "cards/_common/triage.toml: order.routine: card hip-radiograph has no place; add it",
        id="card without place",
    ),
    pytest.param(
        (written("hip/hip-radiograph.md", CARD), appended("hip/topic.toml", SITUATION)),
        "cards/hip/topic.toml: row HIP9: the service has no condition for it; ask an engineer",
        id="card without condition",
    ),
    pytest.param(
        (in_file("hip/topic.toml", "reviewed = 2026-11-24", "reviewed = 2026-12-01"),),
        "cards/hip/HISTORY.md: no line since the review of 2026-12-01; say what was reviewed",
        id="review",
    ),
]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the content, in use."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    monkeypatch.setenv("LEGPAIN_CARDS", str(root))
    return root


@pytest.mark.parametrize(("steps", "sentence"), PRINTED)
def test_a_recipe_prints_what_it_says(
    run: Run, copied: Path, steps: tuple[Slip, ...], sentence: str
) -> None:
    """Line numbers apart, which move with every change above them."""
    for step in steps:
        step(copied)
    assert sentence in LINE.sub("", run("content", "check").err)
    assert sentence in re.sub(r"(?<=: )line \d+: ", "", RECIPES)


def test_a_number_within_its_range_is_taken(run: Run, copied: Path) -> None:
    """The recipe's second try."""
    of_heart_rate(110)(copied)
    ended = run("content", "check")
    assert ended.code == 0
    assert "is consistent: " in ended.out


def test_a_review_with_its_line_is_taken(run: Run, copied: Path) -> None:
    """Dates moved and said so."""
    in_file("hip/topic.toml", "reviewed = 2026-11-24", "reviewed = 2026-12-01")(copied)
    line = "- 0.1.0, 2026-12-01: Reviewed, nothing changed.\n"
    assert line.strip() in RECIPES
    appended("hip/HISTORY.md", line)(copied)
    assert run("content", "check").code == 0


def test_a_code_with_its_built_file_is_taken(run: Run, copied: Path) -> None:
    """The command that the sentence names mends it."""
    appended("_codes/terminology.csv", ROW.format("300890009"))(copied)
    assert run("terminology", "build").code == 0
    assert run("content", "check").code == 0
