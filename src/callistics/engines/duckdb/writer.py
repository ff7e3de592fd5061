"""The connection that writes: its transactions, and what suits it to the size of the file."""

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.duckdb.watermark import Watermark, log_of

# The engine's own limit.
_FEWEST_LISTED = 50
# A checkpoint keeps writers waiting, the longer the more was written since the last; the log that
# it ends is read again after a crash. Where nobody waits, few checkpoints cost less than many; as
# one costs more the larger the file is, the log may then grow to a share of it.
_LOG_SHARED, _LOG_ALONE = 128 << 20, (512 << 20, 2 << 30)
_LOG_SHARE = 4
# What depends on the size of the file is set again when it is so many times as much.
_GROWS = 1.25


def first_log_limit(*, shared: bool) -> int:
    """The size in bytes that the log may have before a checkpoint, whatever the file's."""
    return _LOG_SHARED if shared else _LOG_ALONE[0]


class WriteConnection:
    """The one connection of a database that writes, for the thread that has `lock`.

    `tuning` says whether others may wait for it meanwhile. `is_torn` is whether the log ends in
    half a commit: the engine would write behind it what it could never read again. What is
    committed is noted in the `watermark`, where the database is a file.
    """

    def __init__(
        self,
        database: duckdb.DuckDBPyConnection,
        disk: Disk,
        tuning: Tuning,
        watermark: Watermark | None,
    ) -> None:
        self._database, self._watermark = database, watermark
        self._disk, self._path = disk, disk.path
        self._log = log_of(self._path)
        self.is_torn = False
        self._tuning, self._log_limit = tuning, first_log_limit(shared=tuning.shared)
        self.lock = threading.Lock()
        self._written = 0
        self._connect()

    def _connect(self) -> None:
        self.connection = self._database.cursor()
        self.statements = StatementCache(self.connection)
        self._listed, self._spillable = _FEWEST_LISTED, -1
        self.fit()

    def fit(self) -> None:
        """Set what suits the size of the file."""
        size = _size(self._path)
        listed = size // self._tuning.file_bytes_per_row_fetched
        if listed > _GROWS * self._listed:
            self._listed = listed
            self.connection.execute(f"SET SESSION dynamic_or_filter_threshold = {listed}")
        limit = min(size // _LOG_SHARE, _LOG_ALONE[1])
        if not self._tuning.shared and limit > _GROWS * self._log_limit:
            self._log_limit = limit
            self.connection.execute(f"SET GLOBAL checkpoint_threshold = '{limit}B'")
        self._limit_spilling()

    def _limit_spilling(self) -> None:
        """Leave queries as much of the disk as is not kept back."""
        room, last = self._disk.spillable, self._spillable
        if room is None or last <= room <= _GROWS * last or room <= last <= _GROWS * room:
            return
        self._spillable = room
        # Where more is spilled already, it is for the next time.
        with suppress(duckdb.OutOfMemoryException):
            self.connection.execute(f"SET GLOBAL max_temp_directory_size = '{room}B'")

    def wrote(self, rows: int) -> None:
        """Take account of rows that a commit has written."""
        self._written += rows
        if not self._tuning.shared and self._written >= self._tuning.rows_between_checkpoints:
            self._written = 0
            # Who reads meanwhile is let finish: the next commit tries again.
            with suppress(duckdb.TransactionException):
                self.connection.execute("CHECKPOINT")
        self.fit()

    @contextmanager
    def transaction(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A transaction for who has the lock: committed when the context ends well.

        Raises `duckdb.IOException` where the log is torn: who waited for the lock may not know yet.
        """
        if self.is_torn:
            raise duckdb.IOException("the log ends in half a commit")
        logged = _size(self._log)
        self.connection.execute("BEGIN")
        try:
            yield self.connection
            self.connection.execute("COMMIT")
        except BaseException:
            self.is_torn = self.is_torn or _size(self._log) != logged
            self._roll_back()
            raise
        self._note()

    def _note(self) -> None:
        """Have a commit noted before it is acknowledged."""
        try:
            if self._watermark is not None:
                self._watermark.advance()
        except OSError:
            # It is to be no commit then.
            self.is_torn = True
            raise

    @contextmanager
    def moving(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A transaction that changes where rows are, not what they say; it takes the lock."""
        with self.lock, self.transaction() as connection:
            yield connection

    def _roll_back(self) -> None:
        try:
            self.connection.execute("ROLLBACK")
            self.statements.rolled_back()
        except duckdb.Error:
            # The transaction is gone already, or the connection is: start with a fresh one, which a
            # database that failed does not have.
            self.connection.close()
            with suppress(duckdb.Error):
                self._connect()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
