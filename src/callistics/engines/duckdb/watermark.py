"""How far the log of a database was acknowledged, noted beside it after each commit.

The engine takes a log that is cut off, or damaged at its head, for one that was never longer, and
goes on without what it held. The note is written after the commit is durable and before it is
acknowledged, and is not durable itself: after a loss of power it may be older than the log, and
says less, but nothing that is wrong. As long as the system runs it is exact.
"""

import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from callistics.engines.duckdb.file_header import iteration_of, read_iteration
from callistics.engines.machine import write_all

_FORM = "callistics log 1"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PIECE = 1 << 20


def log_of(path: Path) -> Path:
    """The log of a database file."""
    return path.with_name(path.name + ".wal")


def note_of(path: Path) -> Path:
    """What is noted of the log of a database file."""
    return path.with_name(path.name + ".acknowledged")


def _this_boot() -> str:
    """What names the time since the system was started; `unknown` where it has no name."""
    with suppress(OSError):
        return _BOOT.read_text(encoding="ascii").strip()
    return _UNKNOWN


_UNKNOWN = "unknown"
_THIS_BOOT = _this_boot()


@dataclass(frozen=True, slots=True)
class Mark:
    """The first `size` bytes of a log, with their CRC-32, after the file's n-th iteration."""

    iteration: int
    size: int
    checksum: int
    boot: str = _THIS_BOOT

    @property
    def is_exact(self) -> bool:
        """Whether it was noted since the system was started, and so is as new as the log."""
        return self.boot == _THIS_BOOT != _UNKNOWN

    @property
    def text(self) -> bytes:
        """It as it is written, always as long."""
        said = (
            f"{_FORM} {self.iteration:020} {self.size:020} {self.checksum:010} {self.boot}".encode()
        )
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
        iteration, size, checksum, boot = said.decode().removeprefix(_FORM).split()[:4]
        mark = Mark(int(iteration), int(size), int(checksum), boot)
    except (FileNotFoundError, ValueError):
        return None
    return mark if mark.text == said else None


class Watermark:
    """Notes how far the log of an open database has come, for the one who commits.

    It has the file open, as the descriptor `database`, and is closed after the engine closed it.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._log = path, log_of(path)
        self._is_exact = False
        self.database = os.open(path, os.O_RDONLY)
        self._note = os.open(note_of(path), os.O_RDWR | os.O_CREAT, 0o666)
        self._mark = Mark(self._iteration, 0, 0)
        found = read_mark(path)
        if found is not None and found.iteration == self._mark.iteration and found.is_of(self._log):
            self._mark = found
        else:
            write_all(self._note, self._mark.text)

    @property
    def _iteration(self) -> int:
        found = read_iteration(self.database)
        return -1 if found is None else found

    @property
    def is_behind(self) -> bool:
        """Whether the log has more than is noted: commits, or half of one, that a kill has left."""
        return self._log.exists() and self._log.stat().st_size > self._mark.size

    def advance(self) -> None:
        """Note that all of the log is to be acknowledged. Raises `OSError`."""
        iteration = self._iteration
        before = self._mark if self._mark.iteration == iteration else Mark(iteration, 0, 0)
        found = self._extended(before)
        write_all(self._note, found.text)
        self._mark, self._is_exact = found, True

    def _extended(self, mark: Mark) -> Mark:
        """A mark with what the log has got since."""
        size, checksum = mark.size, mark.checksum
        with suppress(FileNotFoundError), self._log.open("rb", buffering=0) as log:
            log.seek(size)
            while piece := log.read(_PIECE):
                size += len(piece)
                checksum = zlib.crc32(piece, checksum)
        return Mark(mark.iteration, size, checksum)

    def cut(self) -> None:
        """Cut off the log what was never acknowledged, once the engine has closed it."""
        if self._is_exact:
            cut(self._path, self._mark)

    def close(self) -> None:
        """Let go of the file, which the engine has closed."""
        os.close(self.database)
        os.close(self._note)


def cut(path: Path, mark: Mark) -> bool:
    """Cut off a log what comes behind a mark, if that is of it; whether there was anything."""
    log = log_of(path)
    if mark.iteration != iteration_of(path) or not log.exists():
        return False
    if log.stat().st_size <= mark.size or not mark.is_of(log):
        return False
    with log.open("r+b") as file:
        file.truncate(mark.size)
        os.fsync(file.fileno())
    return True
