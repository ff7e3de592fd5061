"""Does rounds of work in the background: at the time that the one before named, or when woken."""

import threading
from collections.abc import Callable

import structlog

from callistics.model.instants import SECOND

_log = structlog.get_logger("callistics")
_LONGEST = 30.0
"""Other servers may have changed what there is to do."""
_AFTER_FAILURE = 10.0
_SHORTEST = 0.05


class Worker:
    """A thread that calls `round` with the instant (µs) of `clock`."""

    def __init__(
        self, name: str, round_: Callable[[int], int | None], clock: Callable[[], int]
    ) -> None:
        self._name, self._round, self._clock = name, round_, clock
        self._woken, self._stopping = threading.Event(), False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something to do."""
        self._woken.set()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping:
            self._woken.clear()
            self._woken.wait(self._pause())

    def _pause(self) -> float:
        """Do a round; how long to wait after it (s)."""
        if self._stopping:
            return 0
        try:
            following = self._round(self._clock())
        except Exception:  # noqa: BLE001 - whatever it is, what is stored is right
            if not self._stopping:
                _log.exception("alerts failed; it is tried again", part=self._name)
            return _AFTER_FAILURE
        if following is None:
            return _LONGEST
        return min(max((following - self._clock()) / SECOND, _SHORTEST), _LONGEST)
