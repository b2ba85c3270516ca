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
    return _run(page, "{}")


def _run(page: Page, options: str) -> list[str]:
    page.evaluate(_AXE)
    found: list[dict[str, Any]] = page.evaluate(
        f"async () => (await axe.run({options})).violations"
    )
    return [
        f"{breach['id']}: {breach['help']}: " + "; ".join(str(n["target"]) for n in breach["nodes"])
        for breach in found
        if breach["impact"] in _SERIOUS
    ]


# Long pages repeat what looks the same: contrast is a matter of looks, so one of each is enough.
_ONE_OF_EACH_LOOK = """() => {
    const seen = new Set();
    const name = element => element.tagName + "." + element.getAttribute("class");
    for (const element of document.querySelectorAll(
        "main :is(tr, li, p, dt, dd, dl > div, details, figure, section section)")) {
        const inside = new Set([...element.querySelectorAll("*")].map(name));
        const look = [name(element.parentElement), name(element), ...[...inside].sort()].join(" ");
        if (seen.has(look)) element.remove();
        seen.add(look);
    }
}"""
_WITHOUT_CONTRAST = '{rules: {"color-contrast": {enabled: false}}}'
_CONTRAST = '{runOnly: ["color-contrast"]}'


def findings_of_long_page(page: Page) -> list[str]:
    """As findings(), in light and in dark: the whole page, then the contrast of each look once.

    The page is of no use afterwards.
    """
    found = _run(page, _WITHOUT_CONTRAST)
    page.evaluate("() => document.querySelectorAll('details').forEach(d => { d.open = true })")
    page.evaluate(_ONE_OF_EACH_LOOK)
    page.emulate_media(color_scheme="light")
    found += _run(page, _CONTRAST)
    page.emulate_media(color_scheme="dark")
    return found + _run(page, _CONTRAST)
