"""What axe-core says of a page."""

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

_AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_SERIOUS = ("serious", "critical")


def findings(page: Page) -> list[str]:
    """Serious and critical breaches of WCAG A and AA and of axe's best practices.

    Each with its rule and the elements it concerns.
    """
    page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{breach['id']}: {breach['help']}: " + "; ".join(str(n["target"]) for n in breach["nodes"])
        for breach in found
        if breach["impact"] in _SERIOUS
    ]
