"""What a checkpoint overwrites of a database file is kept beside it until that is done.

The engine writes rows into blocks that are free, but the file's metadata into the free parts of
blocks whose other parts are in use: the whole block, at its place. Where that is cut off, by a disk
that is full or a loss of power, the checksum of the block is wrong, and the engine does not open
the file any more, although what is in use is there as it was
(`findings/a-checkpoint-overwrites-what-is-in-use.sh`). So these blocks go into a journal first, and
those of a checkpoint that did not end are put back before the file is opened.
"""

import fcntl
import os
import stat
import time
import zlib
from contextlib import suppress
from pathlib import Path

import duckdb
import msgspec

from callistics.engines.duckdb.file_header import FIRST_BLOCK, HEADERS, in_force, read_headers
from callistics.engines.machine import write_all, write_out

_FORM = b"callistics checkpoint 1\n"
_CRC_BYTES = 4
# A block is its checksum and so many parts, each as long as another, in words.
_PARTS, _CHECKSUM, _WORD = 64, 8, 8
# Who looks at the file, such as the doctor, has it open so many seconds at the most.
_PATIENCE, _PAUSE = 2.0, 0.1
_BLOCKS = """
SELECT block_id, list_filter(range(total_blocks), lambda one: NOT list_contains(free_list, one))
FROM pragma_metadata_info() WHERE free_blocks < total_blocks ORDER BY block_id
"""
_BLOCK_SIZE = """
SELECT block_size FROM pragma_database_size() WHERE database_name = current_database()
"""


class _Block(msgspec.Struct, frozen=True, array_like=True):
    """A block of metadata, and the numbers of its parts that are in use."""

    number: int
    used: list[int]
    content: bytes

    @property
    def place(self) -> int:
        """Where it is in the file."""
        return FIRST_BLOCK + self.number * len(self.content)

    def has_in_use_what(self, there: bytes) -> bool:
        """Whether the parts that are in use say the same in a block that is there."""
        length = (len(self.content) - _CHECKSUM) // _PARTS // _WORD * _WORD
        begins = [_CHECKSUM + number * length for number in self.used]
        return all(self.content[at : at + length] == there[at : at + length] for at in begins)


class _Journal(msgspec.Struct, frozen=True, array_like=True):
    """Both headers, and the blocks of metadata in which the one in force has something in use."""

    headers: list[bytes]
    blocks: list[_Block]


_decode = msgspec.msgpack.Decoder(_Journal).decode


def journal_of(path: Path) -> Path:
    """The journal of a checkpoint of a database file that is under way, or was cut off."""
    return path.with_name(path.name + ".checkpoint")


class CheckpointJournal:
    """Writes the journal of a database that is open, for the one who makes a checkpoint.

    `database` is a descriptor of the file, to be closed after the engine has closed it.
    """

    def __init__(self, path: Path, database: int) -> None:
        self._journal, self._database = journal_of(path), database
        self._kept: list[bytes] = []

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Write it durably, unless it is there since a checkpoint that others kept from being made.

        Nobody may make one meanwhile. Raises `OSError`.
        """
        headers = read_headers(self._database)
        if headers == self._kept:
            return
        ((size,),) = connection.execute(_BLOCK_SIZE).fetchall()
        found = connection.execute(_BLOCKS).fetchall()
        blocks = [
            _Block(number, used, os.pread(self._database, size, FIRST_BLOCK + number * size))
            for number, used in found
        ]
        said = msgspec.msgpack.encode(_Journal(headers, blocks))
        self._make(_FORM + zlib.crc32(said).to_bytes(_CRC_BYTES), said)
        self._kept = headers

    def _make(self, head: bytes, rest: bytes) -> None:
        """The journal is there only once all of it is; whoever may read the file may read it."""
        unfinished = _unfinished(self._journal)
        mode = stat.S_IMODE(os.fstat(self._database).st_mode)
        try:
            made = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
            try:
                write_all(made, head)
                write_all(made, rest, len(head))
                os.fsync(made)
            finally:
                os.close(made)
            unfinished.rename(self._journal)
            write_out(self._journal.parent)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def drop(self) -> None:
        """Delete it: the checkpoint has ended. Raises `OSError`."""
        self._journal.unlink(missing_ok=True)
        self._kept = []


def roll_back(path: Path) -> None:
    """Put back what a checkpoint that was cut off has overwritten, before a file is opened.

    Nothing that is in use is changed: where the file has something else there, it is damaged, and
    left as it is. So is one that another process has open. Raises `OSError`.
    """
    journal = journal_of(path)
    if not path.exists() or not (journal.exists() or _unfinished(journal).exists()):
        return
    with path.open("r+b", buffering=0) as file:
        # The lock is the engine's own; it ends as the file is closed.
        if not _locked(file.fileno()):
            return
        # What the engine was told is not on disk may not be taken for what is.
        os.fsync(file.fileno())
        # A checkpoint begins once its journal is there.
        _unfinished(journal).unlink(missing_ok=True)
        if _put_back(journal, file.fileno()):
            journal.unlink()


def is_rolled_back_by_a_start(path: Path) -> bool:
    """Whether a checkpoint was cut off, which `roll_back` puts right."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        journal = _read(journal_of(path))
        return journal is not None and bool(_overwritten(journal, descriptor))
    finally:
        os.close(descriptor)


def _locked(database: int) -> bool:
    """Whether nobody else has the file open, or will have in a moment."""
    ends = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.lockf(database, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            if time.monotonic() > ends:
                return False
            time.sleep(_PAUSE)
        else:
            return True


def _unfinished(journal: Path) -> Path:
    """What a journal is until all of it is written."""
    return journal.with_name(journal.name + ".unfinished")


def _put_back(journal: Path, database: int) -> bool:
    """Whether nothing is left to do for a journal."""
    kept = _read(journal)
    overwritten = None if kept is None else _overwritten(kept, database)
    if overwritten is None:
        return False
    for place, content in overwritten:
        write_all(database, content, place)
    os.fsync(database)
    return True


def _read(journal: Path) -> _Journal | None:
    """What it says; None where it is not there, or damaged."""
    try:
        said = journal.read_bytes().removeprefix(_FORM)
        if zlib.crc32(said[_CRC_BYTES:]) == int.from_bytes(said[:_CRC_BYTES]):
            return _decode(said[_CRC_BYTES:])
    except (FileNotFoundError, msgspec.DecodeError):
        pass
    return None


def _overwritten(journal: _Journal, database: int) -> list[tuple[int, bytes]] | None:
    """What is not as it was, with its place; None where what is in use is another there.

    Nothing is once the checkpoint has ended: another header is in force then.
    """
    headers = read_headers(database)
    found = in_force(headers)
    if not found:
        return None
    if found != in_force(journal.headers):
        return []
    overwritten: list[tuple[int, bytes]] = []
    for block in journal.blocks:
        there = os.pread(database, len(block.content), block.place)
        if not block.has_in_use_what(there):
            return None
        if there != block.content:
            overwritten.append((block.place, block.content))
    # The new header, if it was cut off.
    both = zip(HEADERS, journal.headers, headers, strict=True)
    return overwritten + [(at, before) for at, before, there in both if before != there]
