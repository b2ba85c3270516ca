"""A real browser before the demo, which runs as a process of its own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.browser.chromium import chromium
from tests.processes import Served, served

_PATIENCE = 10_000  # milliseconds for one step in the browser
_DESK = {"width": 1280, "height": 900}

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The demo with its real endpoints."""
    folder = tmp_path_factory.mktemp("demo")
    kept = f"sqlite:///{folder / 'demo.db'}"
    with served(folder, profile="demo", explain="true", database_url=kept) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for each module: while it is open, no other test could start an event loop."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium())
        yield launched
        launched.close()


@pytest.fixture
def open_page(demo: Served, browser: Browser) -> Iterator[OpenPage]:
    """Opens a page of the demo in a browser that knows nothing yet; options are Playwright's.

    At the end nothing may have been asked of another host, and the browser may have complained of
    nothing: no script error, no file that is missing, nothing that the page's own policy forbids.
    """
    complaints: list[str] = []
    host = urlsplit(demo.address).netloc

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).netloc == host:
            route.continue_()
        else:
            complaints.append(f"asks {route.request.url}")
            route.abort()

    with ExitStack() as contexts:

        def opened(path: str, **options: Any) -> Page:
            context = browser.new_context(
                **{"viewport": _DESK, "base_url": demo.address, **options}
            )
            contexts.callback(context.close)
            context.set_default_timeout(_PATIENCE)
            context.route("**/*", guard)
            page = context.new_page()
            page.on(
                "console",
                lambda said: (
                    complaints.append(said.text) if said.type in ("error", "warning") else None
                ),
            )
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(path)
            return page

        yield opened
    assert complaints == []
