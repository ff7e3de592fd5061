"""One bound on what requests hold together: bodies that came, answers still to be sent."""

import threading
from collections.abc import Mapping
from typing import Any

from callistics.errors import Unavailable

_HELD = "held"


class RequestMemory:
    """Counts bytes that are held for requests, by the state of their ASGI scopes.

    One that is alone is always let in, however large: other limits are for that.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self.held = 0

    def ensure(self, scope: Mapping[str, Any], size: int) -> None:
        """Raises `Unavailable` where so many bytes more would not be held."""
        if self.held + size > self._limit and self.held > _own(scope):
            raise _full()

    def hold(self, scope: Mapping[str, Any], size: int) -> None:
        """Hold so many bytes more until the request is over. Raises `Unavailable`."""
        with self._lock:
            self.ensure(scope, size)
            self.held += size
            scope["state"][_HELD] = _own(scope) + size

    def release(self, scope: Mapping[str, Any]) -> None:
        """Let go of all that is held for a request."""
        if own := _own(scope):
            with self._lock:
                self.held -= own
                scope["state"][_HELD] = 0


def _own(scope: Mapping[str, Any]) -> int:
    return scope["state"].get(_HELD, 0)


def _full() -> Unavailable:
    return Unavailable("the bodies and answers under way take all the memory that they may")
