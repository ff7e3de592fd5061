"""Opening a database file, once it has been looked at."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from callistics.engines.duckdb.accept_loss import cut_unacknowledged
from callistics.engines.duckdb.checkpoint_journal import roll_back
from callistics.engines.duckdb.connecting import Setting, connect, holder
from callistics.engines.duckdb.file_check import (
    CUT_OFF,
    PUT_BACK,
    LossError,
    check_end,
    check_files,
    is_broken_log,
    is_unreadable_log,
)
from callistics.engines.duckdb.storage_errors import is_damaged
from callistics.engines.duckdb.watermark import Watermark, log_of
from callistics.errors import EngineError, first_line

DEFAULT_MEMORY = "25%"
"""Of the machine's: the rest goes on to cache the file, as far as nobody else needs it."""
# Rows from which on a group of them has columns for the keys of payloads. The engine's own limit is
# 30,000: ten smaller groups beside eighty large ones made a filter by a key half as slow again.
_LEAST_SPLIT = 2_048
# The engine makes none by itself: `transactions.Commits` does, with a journal.
_NO_CHECKPOINTS = "1000TB"


def open_file(
    path: Path, memory_limit: str | None, threads: int | None
) -> duckdb.DuckDBPyConnection:
    """A database, which is made where there is none. Raises `EngineError`."""
    config: dict[str, Setting] = {
        "checkpoint_threshold": _NO_CHECKPOINTS,
        "variant_minimum_shredding_size": _LEAST_SPLIT,
        "memory_limit": memory_limit or DEFAULT_MEMORY,
    }
    if threads is not None:
        config["threads"] = threads
    with explained(path):
        if str(path) == ":memory:":
            return connect(path, config)
        path.parent.mkdir(parents=True, exist_ok=True)
        roll_back(path)
        check_files(path)
        connection = _connected(path, config)
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        _check_end(connection, path)
        return connection


def _connected(path: Path, config: Mapping[str, Setting]) -> duckdb.DuckDBPyConnection:
    try:
        return connect(path, config)
    except duckdb.Error as error:
        if not is_broken_log(error) or not cut_unacknowledged(path):
            raise
    return connect(path, config)


def _check_end(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        check_end(connection, path)
    except EngineError:
        # Nothing is written into such a file.
        connection.close()
        raise


@contextmanager
def explained(path: Path) -> Generator[None]:
    """Raises `EngineError` where the engine or the system fails to open a file."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if is_unreadable_log(error):
            raise LossError(f"{log_of(path)} is damaged, or of another database") from error
        if CUT_OFF in str(error):
            raise EngineError(f"{path} is cut off. {PUT_BACK}") from error
        if is_damaged(error):
            raise EngineError(f"{path} is damaged. {PUT_BACK}") from error
        pid = holder(error)
        if pid is not None:
            raise EngineError(f"{path} is open in another process, with the pid {pid}") from error
        raise EngineError(f"cannot open {path}: {first_line(error)}") from error


def watermark_of(path: Path) -> Watermark | None:
    """What notes how far the log of a database has come that is open; None of one in memory."""
    if str(path) == ":memory:":
        return None
    return Watermark(path)
