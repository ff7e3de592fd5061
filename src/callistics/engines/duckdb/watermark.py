"""How far the log of a database was acknowledged, noted beside it after each commit.

The engine takes a log that is cut off, or damaged at its head, for one that was never longer, and
goes on without what it held. The note is written after the commit is durable, and never has to be
itself: one that is older than the log says less, but nothing that is wrong.
"""

import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from callistics.engines.duckdb.file_header import read_iteration

_FORM = "callistics log 1"
_PIECE = 1 << 20


def log_of(path: Path) -> Path:
    """The log of a database file."""
    return path.with_name(path.name + ".wal")


def note_of(path: Path) -> Path:
    """What is noted of the log of a database file."""
    return path.with_name(path.name + ".acknowledged")


@dataclass(frozen=True, slots=True)
class Mark:
    """The first `size` bytes of a log, with their CRC-32, after the file's n-th iteration."""

    iteration: int
    size: int
    checksum: int

    @property
    def text(self) -> bytes:
        """It as it is written, always as long."""
        said = f"{_FORM} {self.iteration:020} {self.size:020} {self.checksum:010}".encode()
        return said + f" {zlib.crc32(said):010}\n".encode()

    def is_of(self, log: Path) -> bool:
        """Whether a log begins with these bytes."""
        left, checksum = self.size, 0
        with suppress(FileNotFoundError), log.open("rb") as file:
            while left and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                checksum = zlib.crc32(piece, checksum)
        return left == 0 and checksum == self.checksum


def read_mark(path: Path) -> Mark | None:
    """What is noted of the log of a database file; None where nothing is, or half of it."""
    try:
        said = note_of(path).read_bytes()
        numbers = said.decode().removeprefix(_FORM).split()[:3]
        mark = Mark(*map(int, numbers))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return mark if mark.text == said else None


class Watermark:
    """Notes how far the log of an open database has come, for the one who may write.

    It has the file open, and is closed after the engine has closed it.
    """

    def __init__(self, path: Path) -> None:
        self._log = log_of(path)
        self._database = os.open(path, os.O_RDONLY)
        self._note = os.open(note_of(path), os.O_RDWR | os.O_CREAT, 0o666)
        self._mark = Mark(self._iteration, 0, 0)
        found = read_mark(path)
        if found is not None and found.iteration == self._mark.iteration and found.is_of(self._log):
            self._mark = found
        else:
            self._write()

    @property
    def _iteration(self) -> int:
        found = read_iteration(self._database)
        return -1 if found is None else found

    def advance(self) -> None:
        """Note that all of the log is acknowledged."""
        iteration = self._iteration
        before = self._mark if self._mark.iteration == iteration else Mark(iteration, 0, 0)
        self._mark = self._extended(before)
        self._write()

    def _write(self) -> None:
        # A note that is older than the log says less, and the commit is done.
        with suppress(OSError):
            os.pwrite(self._note, self._mark.text, 0)

    def _extended(self, mark: Mark) -> Mark:
        """A mark with what the log has got since."""
        size, checksum = mark.size, mark.checksum
        with suppress(FileNotFoundError), self._log.open("rb", buffering=0) as log:
            log.seek(size)
            while piece := log.read(_PIECE):
                size += len(piece)
                checksum = zlib.crc32(piece, checksum)
        return Mark(mark.iteration, size, checksum)

    def close(self) -> None:
        """Let go of the file, which the engine has closed."""
        os.close(self._database)
        os.close(self._note)
