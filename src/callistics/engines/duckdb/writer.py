"""The connections that write, and what suits them to the size of the file."""

from collections.abc import Generator
from contextlib import contextmanager, suppress

import duckdb
import structlog

from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.transactions import Commits, Transactions, size
from callistics.engines.duckdb.tuning import Tuning
from callistics.errors import first_line

_log = structlog.get_logger("callistics")

# The engine's own limit.
_FEWEST_LISTED = 50
# A checkpoint keeps writers waiting, the longer the more was written since the last; the log that
# it ends is read again after a crash. Where nobody waits, few checkpoints cost less than many; as
# one costs more the larger the file is, the log may then grow to a share of it.
_LOG_SHARED, _LOG_ALONE = 128 << 20, (512 << 20, 2 << 30)
_LOG_SHARE = 4
# What depends on the size of the file is set again when it is so many times as much.
_GROWS = 1.25


def _first_log_limit(*, shared: bool) -> int:
    """The size in bytes that the log may have before a checkpoint, whatever the file's."""
    return _LOG_SHARED if shared else _LOG_ALONE[0]


class WriteConnection(Transactions):
    """The connection that writes all but the `bodies` of webhooks, which another one keeps.

    `tuning` says whether others may wait for it meanwhile.
    """

    def __init__(
        self, database: duckdb.DuckDBPyConnection, disk: Disk, tuning: Tuning, commits: Commits
    ) -> None:
        self._disk, self._path = disk, disk.path
        self._tuning, self._log_limit = tuning, _first_log_limit(shared=tuning.shared)
        self._written = 0
        super().__init__(database, commits)
        self.bodies = self.another()

    def _connect(self) -> None:
        super()._connect()
        self._listed, self._spillable = _FEWEST_LISTED, -1
        self.fit()

    def fit(self) -> None:
        """Set what suits the size of the file."""
        stored = size(self._path)
        listed = stored // self._tuning.file_bytes_per_row_fetched
        if listed > _GROWS * self._listed:
            self._listed = listed
            self.connection.execute(f"SET SESSION dynamic_or_filter_threshold = {listed}")
        limit = min(stored // _LOG_SHARE, _LOG_ALONE[1])
        if not self._tuning.shared and limit > _GROWS * self._log_limit:
            self._log_limit = limit
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
            self.checkpoint()
        self.fit()

    def shorten_log(self) -> None:
        """Move the log into the file once it is long; for who has the lock, outside a transaction.

        It comes before what is written next: that is then refused where the disk fails it. Where
        others keep it from being done it is for the next one. Raises `duckdb.Error`, `OSError`.
        """
        if self._commits.log_size > self._log_limit:
            self.checkpoint()

    def checkpoint(self) -> bool:
        """As of `Commits`, for who has the lock."""
        return self._commits.checkpoint(self.connection)

    @contextmanager
    def moving(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A transaction that changes where rows are, not what they say; it takes the lock."""
        with self.lock, self.transaction() as connection:
            yield connection

    def another(self) -> Transactions:
        """A connection that writes beside this one, and does not wait for its lock."""
        return Transactions(self._database, self._commits)

    @contextmanager
    def alone(self) -> Generator[None]:
        """Have nobody write at all; it takes the lock."""
        with self.lock, self.bodies.lock:
            yield

    def tables_changed(self) -> None:
        """Have statements planned anew, for who is alone: a table is another one now."""
        self.statements.tables_changed()
        self.bodies.statements.tables_changed()

    def end(self) -> None:
        """Move the log into the file, before it is closed by who has the lock.

        Where the disk fails that, the log is there for the next start.
        """
        try:
            if self._commits.log_size:
                self.checkpoint()
        except (duckdb.Error, OSError) as error:
            _log.warning("the log is left as it is", reason=first_line(error))

    def close(self) -> None:
        """Close the connections."""
        self.bodies.close()
        super().close()
