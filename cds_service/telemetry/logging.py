"""Structured logs with an allow list of keys; anything else is dropped before it is written."""

import contextlib
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_ALLOWED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "incident",
        "service",
        "status",
        "duration_ms",
        "cards",
        "topic",
        "topics",
        "error",
        "code",
        "skipped",
        "foreign",
        "text_only",
        "content_version",
        "profile",
        "count",
        "unknown_cards",
        "where",
        "tenant",
        "issuer",
    }
)


def configure_logging() -> None:
    """JSON lines on standard error; libraries that log addresses stay quiet."""
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _only_allowed,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_args: _StandardError(),
        cache_logger_on_first_use=False,
    )


class _StandardError:
    """Writes to the present standard error; a log that cannot be written fails no answer."""

    def msg(self, message: str) -> None:
        """Write one line."""
        with contextlib.suppress(OSError, ValueError):
            print(message, file=sys.stderr, flush=True)  # noqa: T201 - this is the log

    debug = info = warning = error = critical = msg


def silence_logging() -> None:
    """Only failures reach standard error: for commands whose output is for people."""
    configure_logging()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _only_allowed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in _ALLOWED}
