"""The evidence page of every topic in a real browser."""

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from cds_service.content.library import SERVICE
from cds_service.content.load import load_library
from tests.browser.accessibility import findings_of_long_page
from tests.browser.conftest import OpenPage

TOPICS = sorted(set(load_library().topics) - {SERVICE})
PHONE: ViewportSize = {"width": 390, "height": 844}
# Whatever stands beyond the edge of the screen and cannot be scrolled to by itself.
_OUTSIDE = """() => [...document.querySelectorAll("main *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".wide"))
    .map(e => e.outerHTML.slice(0, 80))"""


def on_a_phone(page: Page) -> list[str]:
    """What does not fit."""
    page.set_viewport_size(PHONE)
    outside: list[str] = page.evaluate(_OUTSIDE)
    return outside


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_readable_for_everybody(open_page: OpenPage, topic: str) -> None:
    """Fits a phone at 390 pixels; no serious finding of axe in light and dark."""
    page = open_page(f"/evidence/{topic}")
    assert on_a_phone(page) == []
    assert findings_of_long_page(page) == []


def test_pale_text_deep_in_a_long_page_is_found(open_page: OpenPage) -> None:
    """The check that looks at one of each kind still sees pale text in dark alone."""
    page = open_page("/evidence/hip")
    page.evaluate("""() => {
        const card = document.querySelector(".ehr-card .body p");
        card.className = "pale";
        card.style.color = "rgb(20 25 30)";
    }""")
    found = findings_of_long_page(page)
    assert [line.partition(":")[0] for line in found] == ["color-contrast"]


def test_contents_lead_to_a_place_and_back(open_page: OpenPage) -> None:
    """By keyboard: the contents jump to a section, and the link at the end back to the top."""
    page = open_page("/evidence/sij")
    page.get_by_role("link", name="Disagree", exact=False).first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#disagreements")).to_be_in_viewport()
    page.get_by_role("link", name="Back to top").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()


def test_a_link_to_a_folded_part_opens_it(open_page: OpenPage) -> None:
    """A claim lies in a folded list; whoever follows a link to it sees it."""
    page = open_page("/evidence/sij")
    expect(page.locator("#A43")).to_be_hidden()
    page.locator('a[href="#A43"]').first.click()
    expect(page.locator("#A43")).to_be_in_viewport()


def test_paper_is_light_and_shows_what_is_folded(open_page: OpenPage) -> None:
    """Printed from a dark screen: dark letters on white, folded parts open, no way back to top."""
    page = open_page("/evidence/sij", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(page.get_by_role("link", name="Back to top")).to_be_hidden()
    folded = page.locator("details.reasons li").first
    assert (folded.bounding_box() or {"height": 0})["height"] > 0
