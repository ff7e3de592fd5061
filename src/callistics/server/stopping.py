"""Stopping in time: a first signal asks for it, a second one ends the process at once."""

import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

import structlog

from callistics.runtime import signals_heard

SIGNALS = (signal.SIGINT, signal.SIGTERM)
REQUESTS_SHARE = 0.75
"""Of `stop_timeout` requests under way get this share; then what is left is ended and closed."""
OVERDUE = 1
"""The exit code where the process did not end by itself in time."""
_log = structlog.get_logger("callistics")


class Stopping:
    """Listens for signals in a thread of its own, so that they are heard whatever others do.

    While the engine is being opened, or a thread is in the midst of a long statement, Python
    itself hears none. To end the process hard loses nothing: what was acknowledged is durable.
    """

    def __init__(self, seconds: float, end: Callable[[int], object] = os._exit) -> None:
        self._seconds, self._end = seconds, end
        self._lock = threading.Lock()
        self._begin: Callable[[], object] | None = None
        self._asked = False

    def begins_with(self, begin: Callable[[], object]) -> None:
        """What asks the server to stop; it is called at once where that was asked before."""
        with self._lock:
            self._begin, asked = begin, self._asked
        if asked:
            begin()

    @contextmanager
    def listening(self) -> Generator[None]:
        """Listen for as long as the context is open; only the main thread may."""
        ours, theirs = os.pipe()
        os.set_blocking(theirs, False)
        with signals_heard(SIGNALS, _ignore):
            previous = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
            threading.Thread(target=self._listen, args=(ours,), name="signals", daemon=True).start()
            try:
                yield
            finally:
                signal.set_wakeup_fd(previous)
                # The thread has the other end.
                os.close(theirs)

    def _listen(self, ours: int) -> None:
        try:
            while came := os.read(ours, 1):
                if came[0] in SIGNALS:
                    self.hear(came[0])
        finally:
            os.close(ours)

    def hear(self, number: int) -> None:
        """Take a signal: the first asks, a further one ends the process at once."""
        with self._lock:
            asked, self._asked, begin = self._asked, True, self._begin
        if asked:
            _log.warning("stopped at once, as asked twice")
            self._end(128 + number)
            return
        threading.Thread(target=self._limit, name="stop-limit", daemon=True).start()
        if begin is not None:
            # A loop that is closed has stopped already.
            with suppress(RuntimeError):
                begin()

    def _limit(self) -> None:
        time.sleep(self._seconds)
        _log.warning("stopped in the midst of what was under way", seconds=self._seconds)
        self._end(OVERDUE)


def _ignore(*_: object) -> None:
    """Have the signal written to the pipe, and no more."""
