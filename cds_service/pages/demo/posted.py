"""Forms are taken from our own pages only, and only in a sensible size."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from cds_service.pages.demo.form import MOST_BYTES, Form, fields_of, read_form

_FORM_TYPE = "application/x-www-form-urlencoded"
_OURS = ("same-origin", "none")
_REFUSED = {
    400: "This is no form that the demo understands.",
    403: "Forms are taken from the pages of this demo only. Open it at its own address.",
    413: "The form is too large.",
    415: "Send forms as application/x-www-form-urlencoded.",
}


async def posted(request: Request) -> Form | Response:
    """The form that was sent, or the refusal."""
    if not same_origin(request):
        return _refused(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM_TYPE:
        return _refused(415)
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return _refused(413)
    try:
        return read_form(fields_of(body))
    except ValueError:
        return _refused(400)


def same_origin(request: Request) -> bool:
    """By what browsers say of where a request comes from; what is no browser says nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in _OURS
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _refused(status: int) -> Response:
    return PlainTextResponse(_REFUSED[status], status)
