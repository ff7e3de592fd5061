"""Decodes large requests in a process of its own, beside the one that writes.

Decoding is work of the interpreter for the most part, and so is half of what a commit needs. In one
process the one waits for the other (docs/decisions/writing.md).
"""

import multiprocessing
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import resource_tracker

import structlog

from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, decode_batch
from callistics.ingest.decode_worker import work

_log = structlog.get_logger("callistics")


@dataclass(frozen=True, slots=True)
class Tuning:
    """When another process is worth it, and how long it may take."""

    large: int = 1 << 16
    """Bytes of a body from which on handing it over takes little beside reading it."""
    worthwhile: int = 32 << 20
    """Bytes of all such bodies from which on there is a process: to start one takes as long as to
    read some ten thousand records."""
    longest: float = 120
    """Seconds that reading the largest body takes many times over."""
    ending: float = 5
    """Seconds that the process has to end by itself."""


class DecodeProcess:
    """Has large bodies read by another process, once there have been many; all others here.

    What that process cannot tell is read here as well: what is wrong with a body as a whole, and
    everything until it has started and after it was lost.
    """

    def __init__(self, tuning: Tuning | None = None) -> None:
        self._tuning = tuning or Tuning()
        self._one_at_a_time = threading.Lock()
        self._large = 0
        self._other: _Other | None = None

    def decode_batch(
        self, body: bytes, content_type: str | None, limits: Limits, terms: Terms
    ) -> Batch:
        """As `decode.decode_batch`."""
        found = None
        if len(body) >= self._tuning.large:
            with self._one_at_a_time:
                self._large += len(body)
                found = self._asked(body, content_type, limits, terms)
        return decode_batch(body, content_type, limits, terms) if found is None else found

    def expect(self, size: int) -> None:
        """Say that so many bytes of large bodies will come: a process is begun for them early."""
        with self._one_at_a_time:
            self._large += size

    def _asked(self, *asked: object) -> Batch | None:
        try:
            if self._other is None and self._large >= self._tuning.worthwhile:
                self._other = _Other(self._tuning)
            return None if self._other is None else self._other.ask(asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, the body can be read here
            # What is still to come from it would be taken for the answer to another body. Another
            # process is begun after as many bodies as this one was.
            _log.warning("the reading process is lost", error=repr(error))
            self._large = 0
            self.stop()
            return None

    def stop(self) -> None:
        """End the process, if there is one; nothing may be read meanwhile."""
        if self._other is not None:
            self._other.end()
            self._other = None


class _Other:
    """The other process. Everything but `end` may raise whatever goes wrong with it."""

    def __init__(self, tuning: Tuning) -> None:
        self._tuning = tuning
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=work, args=(theirs,), name="callistics-reader", daemon=True
        )
        self._ready = False
        try:
            with _uninterrupted():
                self._process.start()
        except BaseException:
            self._connection.close()
            raise
        finally:
            # Only the process has its end: when either goes, the other one's is at its end too.
            theirs.close()

    def ask(self, asked: object) -> Batch | None:
        """What it read; None where it cannot tell, or has not started yet."""
        if not self._ready:
            if not self._connection.poll():
                return None
            self._ready = self._connection.recv()
        self._connection.send(asked)
        if not self._connection.poll(self._tuning.longest):
            raise TimeoutError
        found: Batch | None = self._connection.recv()
        return found

    def end(self) -> None:
        self._connection.close()
        self._process.join(self._tuning.ending)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def _uninterrupted() -> Generator[None]:
    """A process that is started now is not interrupted from the terminal: this one ends it."""
    # It lets interrupts through when it is started itself.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
