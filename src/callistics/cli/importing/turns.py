"""Threads that do a part of their work in an order, whichever of them is ready first."""

import threading


class Turns:
    """Numbers that are drawn in the order of the turns.

    Each must be `done` in the end, come what may; it may be so more than once.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._drawn, self._next = 0, 0
        self._done: set[int] = set()

    def draw(self) -> int:
        """The next number."""
        with self._condition:
            self._drawn += 1
            return self._drawn - 1

    def wait(self, number: int) -> None:
        """Wait until all numbers before this one are done."""
        with self._condition:
            self._condition.wait_for(lambda: self._next >= number)

    def done(self, number: int) -> None:
        """Let the next one have its turn."""
        with self._condition:
            if number >= self._next:
                self._done.add(number)
            while self._next in self._done:
                self._done.remove(self._next)
                self._next += 1
            self._condition.notify_all()
