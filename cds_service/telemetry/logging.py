"""Structured logs with an allow list of keys; anything else is dropped before it is written."""

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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )


def silence_logging() -> None:
    """Only failures reach standard error: for commands whose output is for people."""
    configure_logging()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def _only_allowed(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    return {key: value for key, value in event.items() if key in _ALLOWED}
