"""How pages are made: one set of templates, what all of them know, and what they may load."""

from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cds_service.content.library import Library
from cds_service.pages.assets import Assets

_TEMPLATES = Path(__file__).parent / "templates"
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
_READING = (("/evidence", "Evidence"), ("/leaflets", "Leaflets"))
_PLACES = (("/", "Start"), *_READING)
_DEMO_PLACES = (("/", "Demo EHR"), *_READING, ("/integrators", "Integrators"))


class Rendering:
    """Fills templates; everything is escaped, and an unknown name is an error.

    `root` is the path of the public address, which every address within a page begins with; in
    the demo pages link to its sample patients.
    """

    def __init__(
        self, library: Library, public_url: str, assets: Assets, *, demo: bool = False
    ) -> None:
        self.library = library
        self.public_url = public_url
        self.root = urlsplit(public_url).path.rstrip("/")
        self.environment = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.environment.globals |= {
            "asset": lambda name: self.root + assets.address(name),
            "demo": demo,
            "library": library,
            "places": [
                (self.root + path, name) for path, name in (_DEMO_PLACES if demo else _PLACES)
            ],
            "public_url": public_url,
            "root": self.root,
        }

    def text(self, template: str, here: str, **values: object) -> str:
        """The page; `here` is its path, which the navigation marks."""
        return self.environment.get_template(template).render(here=self.root + here, **values)


def html(text: str, policy: str = _POLICY) -> HTMLResponse:
    """A page that may load our own style sheet and pictures, and run nothing."""
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})
