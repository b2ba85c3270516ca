"""`python -m tests.browser.screenshots`: the pictures of the README, from the running demo."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import chromium
from tests.processes import served

FOLDER = Path(__file__).parents[2] / "docs" / "images"
_PATIENT = "/patients/dvt-likely-pending-alt"
_DECIDES = "alternative_diagnosis_as_likely"


def main() -> int:
    """Write every picture anew; look at each before it is committed."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as kept, sync_playwright() as playwright:
        folder = Path(kept)
        database = f"sqlite:///{folder / 'demo.db'}"
        with served(folder, profile="demo", database_url=database) as demo:
            launched = playwright.chromium.launch(executable_path=chromium())
            page = launched.new_page(
                base_url=demo.address, viewport={"width": 1280, "height": 1250}
            )
            for picture in (_demo, _what_if, _evidence, _leaflet):
                picture(page)
            launched.close()
    return 0


def _demo(page: Page) -> None:
    """A chart with its card, as the page opens."""
    page.goto(_PATIENT)
    expect(page.locator("#decisive li").first).to_be_visible()
    page.screenshot(path=FOLDER / "demo.png")


def _what_if(page: Page) -> None:
    """The panel after the clinician answered what was open."""
    page.goto(_PATIENT)
    page.locator(f"label[for='{_DECIDES}-absent']").click()
    expect(page.locator("figure.line figcaption").first).to_contain_text("Reached")
    expect(page.locator("#decisive")).to_contain_text("None")
    page.locator("section.what-if").screenshot(path=FOLDER / "what-if.png")


def _evidence(page: Page) -> None:
    """What positive and negative tests do to the probability of sacroiliac joint pain."""
    page.goto("/evidence/sij")
    page.locator("figure").first.screenshot(
        path=FOLDER / "evidence.png", style=".to-top { visibility: hidden; }"
    )


def _leaflet(page: Page) -> None:
    """A leaflet as a patient gets it."""
    page.goto("/leaflets/radiculopathy/en")
    page.screenshot(path=FOLDER / "leaflet.png")


if __name__ == "__main__":
    sys.exit(main())
