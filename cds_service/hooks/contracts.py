"""The published contracts: the OpenAPI document and the JSON Schemas, byte for byte as in docs/."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

_PACKAGED = Path(__file__).parents[1] / "_contracts"
_CHECKOUT = Path(__file__).parents[2] / "docs" / "contracts"
_OPENAPI = "openapi.json"
_READING = ["GET", "HEAD"]
_UNCHANGED = 304


@dataclass(frozen=True, slots=True)
class Contract:
    """One file with its media type; the entity tag changes with the content only."""

    content: bytes
    media_type: str

    @property
    def etag(self) -> str:
        """A strong entity tag."""
        return f'"{sha256(self.content).hexdigest()[:32]}"'

    def answer(self, request: Request) -> Response:
        """The file, or 304 when the client names its entity tag."""
        headers = {"Cache-Control": "max-age=300", "ETag": self.etag}
        known = request.headers.get("if-none-match", "")
        if known.strip() == "*" or self.etag in known:
            return Response(status_code=_UNCHANGED, headers=headers)
        return Response(self.content, media_type=self.media_type, headers=headers)


def contracts_folder() -> Path:
    """Where the contracts lie: inside an installed package, or in the repository."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def openapi_document() -> bytes:
    """The OpenAPI document as it is published."""
    return (contracts_folder() / _OPENAPI).read_bytes()


def contracts_router() -> APIRouter:
    """`GET /openapi.json` and `GET /schemas/{name}`."""
    router = APIRouter(include_in_schema=False)
    folder = contracts_folder()
    openapi = Contract(openapi_document(), "application/json")
    schemas = {
        path.name: Contract(path.read_bytes(), "application/schema+json")
        for path in (folder / "schemas").glob("*.schema.json")
    }

    @router.api_route("/openapi.json", methods=_READING)
    async def document(request: Request) -> Response:
        """The OpenAPI document."""
        return openapi.answer(request)

    @router.api_route("/schemas/{name}", methods=_READING)
    async def schema(name: str, request: Request) -> Response:
        """One JSON Schema."""
        if name not in schemas:
            raise HTTPException(404)
        return schemas[name].answer(request)

    return router
