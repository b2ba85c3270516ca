"""A client in a real browser that shows cards without any protection, and all that happens."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Dialog, Frame, Page, Route

from tests.browser.renderings import document

ADDRESS = "http://client.test/"
_MILLISECONDS = 60  # for pictures that fail, animations that begin, pages that move on

# Every article with all its nodes, and all elements outside. A title holds words, which may differ.
_NODES = """() => {
    const told = (node) => {
        if (node.nodeType === Node.COMMENT_NODE) return "<!>";
        if (node.nodeType !== Node.ELEMENT_NODE) return "";
        const named = [...node.attributes].map(
            (one) => ` ${one.name}=${one.name === "title" ? "" : one.value}`);
        const inside = [...node.childNodes].map(told).join("");
        return `<${node.nodeName}${named.join("")}>${inside}</>`;
    };
    const articles = [...document.querySelectorAll("article")].map(told);
    const outside = [...document.querySelectorAll("*")].filter((node) => !node.closest("article"));
    return [...articles, ...outside.map((node) => node.nodeName)];
}"""
_INSERT = "(html) => { document.querySelector('main').innerHTML = html; }"
# A client that reads what it shows back as text, and shows that.
_AGAIN = """() => {
    for (const one of document.querySelectorAll("article")) one.innerHTML = one.textContent;
}"""
_LISTEN = "window.attacked = () => console.log('a script ran');"


@dataclass(frozen=True, slots=True)
class ClientPage:
    """One page, what happened on it that no card may cause, and the document it will be given."""

    page: Page
    happened: list[str] = field(default_factory=list, repr=False)
    waiting: list[str] = field(default_factory=list, repr=False)

    def serve(self, articles: Iterable[str]) -> list[str]:
        """The nodes of a document that arrives with these articles in it; its scripts run."""
        self.waiting[:] = [document(articles)]
        self.page.goto(ADDRESS)
        return self._nodes()

    def insert(self, articles: Iterable[str]) -> list[str]:
        """The nodes of a page that a script fills with these articles."""
        self.serve([])
        self.page.evaluate(_INSERT, "\n".join(articles))
        return self._nodes()

    def insert_again(self, articles: Iterable[str]) -> list[str]:
        """The nodes once the text that each inserted article shows is read and shown as HTML."""
        self.insert(articles)
        self.page.evaluate(_AGAIN)
        return self._nodes()

    def settle(self) -> None:
        """Leaves time for what begins once a document is there, and looks at its title."""
        self.page.wait_for_timeout(_MILLISECONDS)
        if self.page.title() != "Client":
            self.happened.append("another title")

    def _nodes(self) -> list[str]:
        found: list[str] = self.page.evaluate(_NODES)
        return found


@contextmanager
def client_page(browser: Browser) -> Iterator[ClientPage]:
    """A page of its own; every request is answered or refused here."""
    context = browser.new_context()
    page = context.new_page()
    client = ClientPage(page)

    def answer(route: Route) -> None:
        """The document at its own address, once each time it is served; nothing else."""
        if route.request.url == ADDRESS and client.waiting:
            html = client.waiting.pop()
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            client.happened.append(f"asks {route.request.url}")
            route.abort()

    context.route("**/*", answer)
    _watch(page, client.happened.append)
    yield client
    context.close()


def _watch(page: Page, note: Callable[[str], None]) -> None:
    """Notes scripts, errors of scripts, dialogs, frames, windows and other addresses."""

    def moved(frame: Frame) -> None:
        if frame.url not in (ADDRESS, "about:blank"):
            note(f"moves to {frame.url}")

    def asked(dialog: Dialog) -> None:
        note("a dialog")
        dialog.dismiss()

    page.add_init_script(_LISTEN)
    page.on("console", lambda said: note(said.text))
    page.on("pageerror", lambda error: note(f"error: {error}"))
    page.on("frameattached", lambda _: note("a frame"))
    page.on("popup", lambda _: note("a window"))
    page.on("dialog", asked)
    page.on("framenavigated", moved)
