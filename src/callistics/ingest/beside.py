"""Reading large requests in a process of its own, beside the one that writes.

Reading records is work of the interpreter for the most part, and so is half of what a commit needs.
In one process the one waits for the other (docs/decisions/writing.md).
"""

import multiprocessing
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from callistics.errors import RequestError
from callistics.ingest.reader import Limits, Terms, read_write
from callistics.ingest.tuning import tune
from callistics.ingest.writes import Write

ReadWrite = Callable[[bytes, str | None, Limits, Terms], Write]
"""`reader.read_write`, or what stands in for it."""

# A process takes as long to start as a body of some ten thousand records to read.
_LARGE, _WORTHWHILE = 4 << 20, 3


class ReadingBeside:
    """Has large bodies read by another process, from the third on; all others are read here.

    What that process cannot tell is read here as well: what is wrong with a body as a whole, and
    everything where it has ended.
    """

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._large = 0
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def read_write(
        self, body: bytes, content_type: str | None, limits: Limits, terms: Terms
    ) -> Write:
        """As `reader.read_write`."""
        found = None
        if len(body) >= _LARGE:
            with self._one_at_a_time:
                found = self._asked(body, content_type, limits, terms)
        return read_write(body, content_type, limits, terms) if found is None else found

    def _asked(self, *asked: object) -> Write | None:
        self._large += 1
        if self._large < _WORTHWHILE:
            return None
        try:
            if self._process is None:
                self._start()
            if self._connection is None:
                return None
            self._connection.send(asked)
            found: Write | None = self._connection.recv()
        except (OSError, EOFError):
            self._connection = None
            return None
        return found

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, other = context.Pipe()
        self._process = context.Process(
            target=_answer, args=(other,), name="callistics-reader", daemon=True
        )
        self._process.start()
        # Only the process has its end: when either goes, the other one's is at its end too.
        other.close()

    def stop(self) -> None:
        """End the process; nothing may be read meanwhile."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.join()


def _answer(connection: "Connection") -> None:
    """Read whatever comes until there is no one left to ask."""
    # The terminal interrupts both; the one that asks says when to end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tune()
    with suppress(EOFError, OSError):
        while True:
            connection.send(_read(*connection.recv()))


def _read(body: bytes, content_type: str | None, limits: Limits, terms: Terms) -> Write | None:
    try:
        return read_write(body, content_type, limits, terms)
    except RequestError:
        return None
