"""Looks at a database and its log first: the engine would go on without what is lost."""

from pathlib import Path

import duckdb

from callistics.engines.duckdb.file_header import FIRST_BLOCK, iteration_of
from callistics.engines.duckdb.watermark import Mark, log_of, note_of, read_mark
from callistics.errors import EngineError

# The log begins with an entry that says of which kind and version it is.
_LOG_BEGINS = b"d\x00be\x00"
_ADVICE = (
    "Nothing was changed. Put the right file back, or have `callistics serve --accept-loss` go on"
    " with what is left: it keeps the log aside"
)
# How the engine says that it cannot read a log, and besides that one is of another database.
_UNREADABLE, _OF_ANOTHER = "replaying WAL", "WAL does not match"
PUT_BACK = "Put a backup in its place"
_BLOCKS = (
    "SELECT used_blocks, block_size FROM pragma_database_size()"
    " WHERE database_name = current_database()"
)
CUT_OFF = "Could not read enough bytes"
"""How the engine says that a database has lost its end."""


class LossError(EngineError):
    """Records that were acknowledged are not there; `log_is_readable` as far as it goes."""

    def __init__(self, what: str, *, log_is_readable: bool = False) -> None:
        super().__init__(f"{what}. {_ADVICE}")
        self.log_is_readable = log_is_readable


def is_unreadable_log(error: Exception) -> bool:
    """Whether the engine says that it cannot read a log, be it another database's."""
    return _UNREADABLE in str(error)


def is_broken_log(error: Exception) -> bool:
    """Whether the engine says that it cannot read a log which is this database's."""
    return is_unreadable_log(error) and _OF_ANOTHER not in str(error)


def check_end(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Raises `EngineError` where an open database has fewer bytes than its blocks in use take.

    The engine reads a block when it needs it, so that what is cut off is missed late. What is cut
    off blocks that are free is missed by nobody; only how many there are of them is known.
    """
    ((used, size),) = connection.execute(_BLOCKS).fetchall()
    taken, there = FIRST_BLOCK + used * size, path.stat().st_size
    if there < taken:
        raise EngineError(
            f"{path} is cut off: it has {there:,} bytes, and what it holds takes {taken:,}."
            f" {PUT_BACK}"
        )


def check_files(path: Path) -> None:
    """Raises `LossError` where records were acknowledged that the files do not have any more."""
    mark, log = read_mark(path), log_of(path)
    begins, size = _beginning(log)
    # Read last: where another process is writing, it may only be newer.
    iteration = iteration_of(path)
    if iteration is None:
        _check_without_database(path, mark, size)
        return
    if size and not begins:
        raise LossError(f"{log} is damaged at its beginning: its records cannot be read")
    if mark is not None:
        _check_log(path, mark, iteration)


def _beginning(log: Path) -> tuple[bool, int]:
    """Whether a log begins as one does, and its size."""
    try:
        with log.open("rb") as file:
            return file.read(len(_LOG_BEGINS)) == _LOG_BEGINS, log.stat().st_size
    except FileNotFoundError:
        return False, 0


def _check_without_database(path: Path, mark: Mark | None, log_size: int) -> None:
    state = "is not there" if not path.exists() else "is empty"
    if path.exists() and path.stat().st_size:
        # Whatever it is, the engine says so.
        return
    if log_size:
        raise LossError(f"{log_of(path)} holds records of a database, and {path} {state}")
    if mark is not None:
        raise LossError(f"{path} {state}, and {note_of(path)} tells of a database that was")


def _check_log(path: Path, mark: Mark, iteration: int) -> None:
    if mark.iteration > iteration:
        raise LossError(
            f"{path} is older than {note_of(path)} says: records that were acknowledged are not in"
            " it",
            log_is_readable=True,
        )
    if mark.iteration == iteration and mark.size:
        _check_acknowledged(log_of(path), mark)


def _check_acknowledged(log: Path, mark: Mark) -> None:
    if not log.exists():
        raise LossError(f"{log} is not there, and records were acknowledged that it held")
    size = log.stat().st_size
    if size < mark.size:
        raise LossError(
            f"{log} is cut off: it has {size:,} bytes, and {mark.size:,} were acknowledged",
            log_is_readable=True,
        )
    if not mark.is_of(log):
        raise LossError(f"{log} is damaged: it is not what was acknowledged", log_is_readable=True)
