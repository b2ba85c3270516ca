"""Criteria, plots and groups are content: a slip is refused in a sentence."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cds_service.content.load import content_folder, load_library
from cds_service.errors import ContentError

Slip = Callable[[Path], None]


def changed(name: str, old: str, new: str) -> Slip:
    """One place of one file."""

    def change(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def removed(name: str) -> Slip:
    """A whole file."""
    return lambda root: (root / name).unlink()


SLIPS = [
    pytest.param(
        changed("sij/page.toml", "value = 2.13", "value = 2.31"),
        ("cards/sij/page.toml", "plot clusters: set", "2.31 stands in no claim of EM-05"),
        id="number that no source says",
    ),
    pytest.param(
        changed("sij/page.toml", "high = 3.9", "high = 39"),
        ("cards/sij/page.toml", "39 stands in no claim of EM-05"),
        id="limit that no source says",
    ),
    pytest.param(
        changed("sij/page.toml", "low = 1.2", "low = 3.0"),
        ("cards/sij/page.toml", "low, value and high are not in order"),
        id="interval in disorder",
    ),
    pytest.param(
        changed("sij/page.toml", ", high = 3.9", ""),
        ("cards/sij/page.toml", "low and high belong together"),
        id="half an interval",
    ),
    pytest.param(
        changed("radiculopathy/page.toml", 'evidence = ["EM-20"] }', 'evidence = ["EM-99"] }'),
        ("cards/radiculopathy/page.toml", "evidence EM-99 is not in evidence.toml"),
        id="unknown evidence",
    ),
    pytest.param(
        changed("dvt/page.toml", 'items = "wells_items"', 'items = "wells"'),
        ("cards/dvt/page.toml", "plot score-range: items: there is no group wells"),
        id="unknown group",
    ),
    pytest.param(
        changed("dvt/page.toml", 'fixed = "d_dimer"', 'fixed = "dimer"'),
        ("cards/dvt/page.toml", "plot d-dimer-by-age: there is no threshold dimer"),
        id="unknown threshold",
    ),
    pytest.param(
        changed("dvt/page.toml", '["calf_swelling_3cm"]', '["calf_swelling"]'),
        ("cards/dvt/page.toml", "calf_swelling is not in the group wells_items"),
        id="item that is not scored",
    ),
    pytest.param(
        changed("dvt/page.toml", 'id = "groups"', 'id = "missed"'),
        ("cards/dvt/page.toml", "plot missed: the id is used twice"),
        id="plot id used twice",
    ),
    pytest.param(
        changed("dvt/page.toml", 'kind = "dots"', 'kind = "pie"'),
        ("cards/dvt/page.toml", "plot"),
        id="unknown kind of plot",
    ),
    pytest.param(
        changed("lumbar_stenosis/page.toml", '"wide-based gait"', f'"{"wide " * 12}"'),
        ("cards/lumbar_stenosis/page.toml", "label"),
        id="label that does not fit",
    ),
    pytest.param(
        changed("hip/page.toml", "opens =", "opened ="),
        ("cards/hip/page.toml", "opens: this key is required"),
        id="criteria missing",
    ),
    pytest.param(
        removed("hip/page.toml"),
        ("cards/hip/page.toml", "the file is missing"),
        id="page missing",
    ),
    pytest.param(
        changed("_common/pages.toml", '"calf_strain", ', ""),
        ("cards/_common/pages.toml", "group: calf_strain is in none"),
        id="topic in no group",
    ),
    pytest.param(
        changed("_common/pages.toml", '"calf_strain", ', '"calf_strain", "dvt", '),
        ("cards/_common/pages.toml", "group: dvt is listed twice"),
        id="topic in two groups",
    ),
    pytest.param(
        changed("_common/pages.toml", '"offer"]', '"offered"]'),
        ("cards/_common/pages.toml", "scale: there is no level offered"),
        id="unknown level on the scale",
    ),
    pytest.param(
        changed("_common/pages.toml", "funding =", "founding ="),
        ("cards/_common/pages.toml", "attributes.funding: this key is required"),
        id="source attribute without a name",
    ),
    pytest.param(
        changed("_common/pages.toml", "policy =", "politics ="),
        ("cards/_common/pages.toml", "statuses.policy: missing"),
        id="status without a name",
    ),
]


@pytest.mark.parametrize(("slip", "told"), SLIPS)
def test_a_slip_is_refused_in_a_sentence(slip: Slip, told: tuple[str, ...], tmp_path: Path) -> None:
    """The sentence names the file and what is wrong; nothing starts."""
    root = tmp_path / "cards"
    shutil.copytree(content_folder(), root)
    slip(root)
    with pytest.raises(ContentError) as refused:
        load_library(root)
    file, *parts = told
    matching = [p for p in refused.value.problems if p.startswith(file)]
    assert [p for p in matching if all(part in p for part in parts)], refused.value.problems
