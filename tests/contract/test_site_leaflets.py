"""A site words leaflets for its patients; none of them hears of help later than others do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.content.load import content_folder, load_library
from cds_service.content.site.overlay import with_overlay
from cds_service.errors import SiteError
from cds_service.settings import Settings

SHIPPED = load_library()
Connect = Callable[[FastAPI], httpx.AsyncClient]
Own = Callable[[str, str, str], Path]


@pytest.fixture(name="own")
def _own(tmp_path: Path) -> Own:
    """A site with the shipped leaflet in which one text stands for another; the site's folder."""

    def own(name: str, old: str, new: str) -> Path:
        path = tmp_path / "cards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(content_folder() / name, path)
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path

    return own


async def test_a_patient_reads_the_words_of_the_site(own: Own, connect: Connect) -> None:
    """The page shows them, the other language stays, and the content version names the change."""
    number = "- You cannot reach us: call 555 0100.\n"
    site = own("dvt/leaflet.en.md", "## Tests\n", f"{number}\n## Tests\n")
    assert with_overlay(SHIPPED, site).version.startswith(f"{SHIPPED.version}+")
    app = create_app(Settings(profile="demo", database_url="sqlite://", site=site))
    async with connect(app) as client:
        english = (await client.get("/leaflets/dvt/en")).text
        spanish = (await client.get("/leaflets/dvt/es")).text
    assert "call 555 0100" in english
    assert "555 0100" not in spanish


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        (
            "dvt/leaflet.en.md",
            "- Your whole leg is swollen and hurts badly, and the skin turns blue or blotchy.\n",
            "",
            "section emergency: '- Your whole leg is swollen and hurts badly",
        ),
        (
            "sij/leaflet.en.md",
            "{{ back_emergency }}",
            "- You feel very ill.",
            "section emergency: ",
        ),
        ("dvt/leaflet.en.md", "## Tests\n", "## Testing\n", "heading 'Testing': not one of"),
        ("dvt/leaflet.en.md", "## Tests\n", "## Tests\n\n<b>Soon</b>\n", "HTML"),
        ("dvt/leaflet.en.md", "reviewed = ", "checked = ", "checked"),
    ],
)
def test_what_sends_a_patient_to_help_stays(
    own: Own, name: str, old: str, new: str, told: str
) -> None:
    """A line that is gone, another heading, HTML or an unknown key stops the start."""
    with pytest.raises(SiteError) as stopped:
        with_overlay(SHIPPED, own(name, old, new))
    assert any(
        problem.startswith(f"LEGPAIN_SITE/cards/{name}: ") and told in problem
        for problem in stopped.value.problems
    ), stopped.value.problems


def test_a_language_of_its_own_is_refused(own: Own) -> None:
    """Every leaflet would need it: the site asks for it to be shipped."""
    site = own("dvt/leaflet.en.md", "## Tests\n", "## Tests\n")
    folder = site / "cards" / "dvt"
    shutil.move(folder / "leaflet.en.md", folder / "leaflet.fr.md")
    with pytest.raises(SiteError, match=r"leaflet\.fr\.md: no leaflet in fr ships; remove it"):
        with_overlay(SHIPPED, site)
