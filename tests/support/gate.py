"""An engine whose commits begin when they may, or fail when they are told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Semaphore
from typing import Any

from callistics.errors import Unavailable
from callistics.ingest.writer import Writer

SECONDS = 60


class Gate:
    """Stands before the engine of a writer until it is opened.

    `begun` counts commits that have come to it; the next `failing` ones end with an error once all
    is written.
    """

    def __init__(self, writer: Writer) -> None:
        self._engine: Any = writer._engine
        self._open = False
        self.begun, self._may = Semaphore(0), Semaphore(0)
        self.failing = 0
        through: Any = self
        writer._engine = through

    @contextmanager
    def writing(self) -> Iterator[Any]:
        self.begun.release()
        if not self._open:
            assert self._may.acquire(timeout=SECONDS)
        with self._engine.writing() as session:
            yield session
            if self.failing:
                self.failing -= 1
                raise Unavailable("told to fail")

    def wait(self) -> None:
        """Until a commit has come to it."""
        assert self.begun.acquire(timeout=SECONDS)

    def let_one(self) -> None:
        """Let the commit through that waits, or the next one."""
        self._may.release()

    def open(self) -> None:
        """Let all through from now on."""
        self._open = True
        self._may.release()
