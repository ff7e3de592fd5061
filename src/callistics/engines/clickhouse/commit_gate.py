"""Commits and batches of queries take turns, as the database has no state that lasts."""

import threading
from collections.abc import Generator
from contextlib import contextmanager


class CommitGate:
    """Lets batches read while no commit inserts, and a commit insert while no batch reads.

    A commit that waits goes before batches that come later, and waits `patience` seconds at most:
    then it overtakes those that still read.
    """

    def __init__(self, patience: float) -> None:
        self.patience = patience
        self._changed = threading.Condition()
        self._reading = self._committing = 0
        self.commits = 0
        """How many commits have begun to insert."""

    @contextmanager
    def reading(self) -> Generator[int]:
        """Read while nothing changes, as long as `commits` is the number that this gives."""
        with self._changed:
            self._changed.wait_for(lambda: not self._committing)
            self._reading += 1
            seen = self.commits
        try:
            yield seen
        finally:
            with self._changed:
                self._reading -= 1
                self._changed.notify_all()

    @contextmanager
    def committing(self) -> Generator[None]:
        """Insert, as the one thread that writes."""
        with self._changed:
            self._committing += 1
            self._changed.wait_for(lambda: not self._reading, self.patience)
            self.commits += 1
        try:
            yield
        finally:
            with self._changed:
                self._committing -= 1
                self._changed.notify_all()
