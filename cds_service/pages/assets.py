"""Style sheets, scripts and pictures of the pages, shipped with the package."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "assets"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by name, held in memory; an address names the content, so a cache never lies."""

    files: dict[str, bytes]

    def address(self, name: str) -> str:
        """Where a page finds it; raises KeyError for a file that does not exist."""
        return f"/assets/{self._mark(name)}/{name}"

    def answer(self, mark: str, name: str) -> Response:
        """The file; raises 404 for another content than the address names."""
        if name not in self.files or mark != self._mark(name):
            raise HTTPException(404)
        return Response(
            self.files[name],
            media_type=_MEDIA_TYPES[Path(name).suffix],
            headers={"Cache-Control": _FOREVER},
        )

    def _mark(self, name: str) -> str:
        return sha256(self.files[name]).hexdigest()[:16]


def load_assets() -> Assets:
    """Read them once."""
    found = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _MEDIA_TYPES}
    return Assets({name: path.read_bytes() for name, path in sorted(found.items())})


def assets_router(assets: Assets) -> APIRouter:
    """`GET /assets/{mark}/{name}`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/assets/{mark}/{name}")
    async def asset(mark: str, name: str) -> Response:
        """One file."""
        return assets.answer(mark, name)

    return router
