"""The beginning of a stream, by which its format is told."""

import io
from collections.abc import Callable

from callistics.files.lines import UnreadableError

_ENOUGH = 1 << 16
_CHUNK = 1 << 18

Fill = Callable[[memoryview], int | None]
"""Reads once into a buffer; says how much, 0 at the end."""


def with_beginning(fill: Fill) -> io.BufferedReader:
    """A reader whose first `peek` has 64 KiB, or all that there is, however little comes at once.

    A pipe gives what was written to it at a time, and a packed file what one of its parts has. What
    is wrong in that much is raised once what comes before it was read.
    """
    return io.BufferedReader(_Begun(fill), _CHUNK)


class _Begun(io.RawIOBase):
    def __init__(self, fill: Fill) -> None:
        self._fill = fill
        self._begun = self._ended = False
        self._wrong: UnreadableError | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill the buffer; 0 at the end."""
        if self._wrong is not None:
            raise self._wrong
        view = memoryview(buffer)
        size = 0 if self._ended else self._fill(view)
        if size and not self._begun:
            size = self._more(view, size)
        self._begun = True
        return size

    def _more(self, view: memoryview, size: int) -> int:
        enough = min(_ENOUGH, len(view))
        while size < enough and not self._ended:
            try:
                more = self._fill(view[size:]) or 0
            except UnreadableError as error:
                self._wrong = error
                break
            # A terminal would have to be told twice.
            self._ended = not more
            size += more
        return size
