"""Addresses compared as text: what tells two of them apart, and which a site may list."""

import re
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:]+")


def normalized(text: str) -> str:
    """The address without its default port, doubled slashes and last slash, in lower-case host.

    A text that is no plain web address stays as it is and equals only itself.
    """
    parts = _plain(text)
    if parts is None:
        return text
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    return f"{_origin(parts)}{path}"


def is_base(text: str) -> bool:
    """Whether this is an https address without user, query and fragment."""
    parts = _plain(text)
    return parts is not None and parts.scheme == "https"


def is_origin(text: str) -> bool:
    """Whether a browser would send exactly this as its Origin header."""
    parts = _plain(text)
    return parts is not None and text == _origin(parts)


def is_link_prefix(text: str) -> bool:
    """Whether this fixes scheme and whole host of a link, so that no longer host begins alike."""
    parts = _plain(text)
    return parts is not None and parts.scheme == "https" and parts.path.startswith("/")


def _plain(text: str) -> SplitResult | None:
    """The parts of a web address, None where anything about it is unusual."""
    if not text.isprintable() or any(sign in text for sign in " ?#@\\"):
        return None
    try:
        parts = urlsplit(text)
        usable = parts.port is None or parts.port > 0
    except ValueError:
        return None
    web = parts.scheme in _DEFAULT_PORTS and _HOST.fullmatch(parts.hostname or "")
    return parts if web and usable else None


def _origin(parts: SplitResult) -> str:
    host = parts.hostname or ""
    named = f"[{host}]" if ":" in host else host
    usual = parts.port in (None, _DEFAULT_PORTS[parts.scheme])
    return f"{parts.scheme}://{named}" if usual else f"{parts.scheme}://{named}:{parts.port}"
