"""Settles kept bodies in the background, those of before the last stop too."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice

import structlog

from callistics.errors import Unavailable
from callistics.model.webhooks import KeptBody
from callistics.webhooks.within import first_within

AT_A_TIME = 500
"""So many bodies are settled together, as far as these may be in memory at once."""
_MOST_HELD = 10_000
_MOST_BYTES = 64 << 20
# After a round it waits for so many times as long as that took, but no longer than this: a commit
# costs much the same for one record as for some dozens.
_RESTS, _MOST_REST = 3, 0.2
_PAUSE = 1.0

_log = structlog.get_logger("callistics")


class Worker:
    """A thread that gives bodies to `settle`, oldest first.

    Bodies that it cannot hold in memory, or that were there before it, it reads with `waiting`.
    """

    def __init__(
        self,
        settle: Callable[[Sequence[KeptBody]], object],
        waiting: Callable[[], Sequence[KeptBody]],
    ) -> None:
        self._settle, self._waiting = settle, waiting
        self._changed = threading.Condition()
        self._held: deque[KeptBody] = deque()
        self._bytes = 0
        # What was there before is to be read first.
        self._behind, self._busy = True, False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def add(self, bodies: Sequence[KeptBody]) -> None:
        """Take bodies that have become durable."""
        with self._changed:
            size = sum(map(_size, bodies))
            room = len(self._held) < _MOST_HELD and self._bytes + size <= _MOST_BYTES
            if room and not self._behind:
                self._held.extend(bodies)
                self._bytes += size
            else:
                self._behind = True
            self._changed.notify_all()

    def look_again(self) -> None:
        """Read what waits: a body may have been stored although its commit failed."""
        with self._changed:
            self._behind = True
            self._changed.notify_all()

    def wait(self, timeout: float = 60.0) -> bool:
        """Wait until every body that was added has been settled; whether that came about."""

        def idle() -> bool:
            return not (self._held or self._behind or self._busy)

        with self._changed:
            return self._changed.wait_for(idle, timeout)

    def stop(self) -> None:
        """End after the round that is under way: the rest is settled after the next start."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        rest = 0.0
        while not self._stopping.wait(rest):
            rest = self._round()

    def _round(self) -> float:
        """Settle some bodies, once there are any; how long to wait after it."""
        taken, read = self._take()
        began = time.monotonic()
        try:
            bodies = self._waiting() if read else taken
            if bodies:
                self._settle(bodies)
        except Unavailable as error:
            _log.warning("webhooks have to wait to be mapped", reason=error.detail)
            self._done(behind=True)
            return _PAUSE
        except Exception:  # noqa: BLE001 - whatever it is, the bodies are durable
            if not self._stopping.is_set():
                _log.exception("webhooks could not be mapped; it is tried again")
            self._done(behind=True)
            return _PAUSE
        self._done(behind=read and bool(bodies))
        return min(_RESTS * (time.monotonic() - began), _MOST_REST)

    def _take(self) -> tuple[Sequence[KeptBody], bool]:
        """Bodies to settle, or whether to read them."""
        with self._changed:
            self._changed.wait_for(lambda: self._held or self._behind or self._stopping.is_set())
            self._busy = True
            taken = list(first_within(islice(self._held, AT_A_TIME), _size))
            for one in taken:
                self._held.popleft()
                self._bytes -= _size(one)
            read = not taken and self._behind and not self._stopping.is_set()
            if read:
                # What comes from now on may be among what is read, or held: it is settled twice.
                self._behind = False
            return taken, read

    def _done(self, *, behind: bool) -> None:
        with self._changed:
            self._busy = False
            self._behind = self._behind or behind
            self._changed.notify_all()


def _size(body: KeptBody) -> int:
    return len(body.body)
