"""Log lines: JSON for machines or text for people, never a payload or a phone number."""

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, TextIO, cast

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
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", LoopStream(sys.stderr))),
        cache_logger_on_first_use=True,
    )


class LoopStream:
    """A stream to which the lines of one round of an event loop go together.

    Each write gives the interpreter away, and the answers of one commit are many lines.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._lock = stream, threading.Lock()
        self._lines: list[str] = []

    def write(self, text: str) -> None:
        """Keep a text until it is flushed."""
        # The loop's own thread may be taking what is kept just now.
        with self._lock:
            self._lines.append(text)

    def flush(self) -> None:
        """Write what is kept: in an event loop at the end of its round, elsewhere at once."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            self._write()
        else:
            # More than one are there already: then it was said before.
            if len(self._lines) == 1:
                loop.call_soon(self._write)

    def _write(self) -> None:
        # No line is written twice, and none before those that came before it.
        with self._lock:
            lines, self._lines = self._lines, []
            self._stream.write("".join(lines))
            self._stream.flush()


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
