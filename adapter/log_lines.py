"""What is logged: JSON lines on stderr that hold keys and codes, for us and for the libraries."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO, cast

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

# What a log line may hold: keys and codes. Anything else is left out, so that no value can slip in.
LOGGED = frozenset(
    {
        "event",
        "level",
        "timestamp",
        "message_id",
        "request_id",
        "source",
        "code",
        "at",
        "status",
        "count",
        "url",
        "version",
        "letter",
        "receiver",
    }
)


def set_up_logging(level: str) -> None:
    """JSON lines on stderr, for us and for the libraries; keys and codes only."""
    number = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            only_keys,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _STDERR)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(_STDERR)
    handler.setFormatter(_Keyed())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)


def only_keys(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Leave out what is not listed in LOGGED."""
    return {name: value for name, value in event.items() if name in LOGGED}


class _Stderr:
    """Whatever stderr is when a line is written, not when logging was set up."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


_STDERR = _Stderr()


class _Keyed(logging.Formatter):
    """A line of a library: which and how grave, never its text, which may quote a request."""

    def format(self, record: logging.LogRecord) -> str:
        return structlog.processors.JSONRenderer()(
            None,
            "",
            {
                "event": "library",
                "level": record.levelname.lower(),
                "timestamp": datetime.now(UTC).isoformat(),
                "code": record.name,
                "at": f"{record.module}.py:{record.lineno}",
            },
        ).__str__()
