"""Every page in a real browser: it loads what it needs, and everybody can read it."""

import re

import pytest

from tests.browser.accessibility import findings
from tests.browser.conftest import OpenPage

PAGES = (
    "/",
    "/integrators",
    "/docs",
    "/evidence",
    "/evidence/intended-use",
    "/leaflets",
    "/leaflets/dvt/en",
    "/leaflets/sij/es",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_accessible(open_page: OpenPage, path: str, scheme: str) -> None:
    """No serious finding of axe in light and dark, nothing missing, nothing from elsewhere."""
    page = open_page(path, color_scheme=scheme)
    assert findings(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_a_phone(open_page: OpenPage, path: str) -> None:
    """At 360 pixels nothing but tables scrolls sideways."""
    page = open_page(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_nobody_can_read_is_found(open_page: OpenPage) -> None:
    """The check itself sees pale text and a picture without words."""
    page = open_page("/")
    page.evaluate("""() => {
        document.querySelector("h1").style.color = "silver";
        const picture = document.createElement("img");
        picture.src = document.querySelector("link[rel=icon]").href;
        document.querySelector("main").append(picture);
    }""")
    assert {line.partition(":")[0] for line in findings(page)} == {"color-contrast", "image-alt"}


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_leaflet_takes_two_pages_of_paper(open_page: OpenPage, paper: str) -> None:
    """The longest fit on both sides of a sheet; navigation goes, lines to write on come."""
    for path in ("/leaflets/radiculopathy/es", "/leaflets/dvt/es", "/leaflets/dvt/en"):
        page = open_page(path)
        printed = page.pdf(format=paper)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, path
        page.emulate_media(media="print")
        assert not page.locator("nav").is_visible()
        assert page.locator(".fill").is_visible()
