"""Log lines: JSON for machines or text for people, never a payload or a phone number."""

import json
import logging
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from callistics.settings import Settings


def configure_logs(settings: Settings) -> None:
    """Send log lines to standard error in the form the settings ask for."""
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    renderer: Any = (
        structlog.processors.JSONRenderer(_json)
        if in_json(settings)
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Never with local variables: they hold payloads and keys.
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )


def in_json(settings: Settings) -> bool:
    """Whether log lines are JSON."""
    wanted = settings.log_format
    return not sys.stderr.isatty() if wanted == "auto" else wanted == "json"


def _json(event: dict[str, Any], default: Callable[[Any], Any]) -> str:
    try:
        return msgspec.json.encode(event, enc_hook=default).decode()
    except (TypeError, ValueError, msgspec.MsgspecError):
        # Such as half a surrogate pair in what an error quotes.
        return json.dumps(event, default=default)
