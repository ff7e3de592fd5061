"""Transactions of the connections that write: committed one at a time, and noted; checkpoints."""

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from callistics.engines.duckdb.checkpoint_journal import CheckpointJournal
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.watermark import Watermark, log_of

# How the engine says that it makes no checkpoint beside what others do.
_REFUSED = "Cannot CHECKPOINT"


class Commits:
    """Ends the transactions of all connections of a database, and moves its log into it.

    One after the other: a log that another commit is just being written to has no end that could be
    noted in the `watermark`, as is done where the database is a file. `is_torn` is whether a write
    was cut off: the engine would write behind half a commit what it could never read again, and
    after half a checkpoint it would go by what it takes to be in the file.
    """

    def __init__(self, path: Path, watermark: Watermark | None) -> None:
        self._log, self._watermark = log_of(path), watermark
        self._journal = None
        if watermark is not None:
            self._journal = CheckpointJournal(path, watermark.database)
        self._one = threading.Lock()
        self.is_torn = False

    def check(self) -> None:
        """Raise `duckdb.IOException` where a write was cut off."""
        if self.is_torn:
            raise duckdb.IOException("half a commit or half a checkpoint was written")

    def commit(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Commit what a connection has begun. Raises `duckdb.Error`, and `OSError` of the note."""
        with self._one:
            # Another one may have torn it since this one began.
            self.check()
            before = self._written
            try:
                connection.execute("COMMIT")
            except BaseException:
                self.is_torn = True
                self.is_torn = self._written[0] != before[0]
                raise
            with self._torn_on_failure():
                # Where nothing was written, the log may end in half a commit of before, which the
                # engine writes over with the next one.
                if self._written != before and self._watermark is not None:
                    self._watermark.advance()

    def checkpoint(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Move the log into the file; whether that could be done beside what others do.

        Raises `duckdb.Error` and `OSError`.
        """
        with self._one:
            self.check()
            if self._journal is not None:
                self._journal.write(connection)
            with self._torn_on_failure():
                try:
                    connection.execute("CHECKPOINT")
                except duckdb.TransactionException as error:
                    if _REFUSED not in str(error):
                        raise
                    return False
                if self._watermark is not None:
                    # So that half a commit behind it is known for one.
                    self._watermark.advance()
            if self._journal is not None:
                self._journal.drop()
            return True

    @contextmanager
    def _torn_on_failure(self) -> Generator[None]:
        """What cannot be noted is to be no commit; half a checkpoint is to be rolled back."""
        try:
            yield
        except BaseException:
            self.is_torn = True
            raise

    @property
    def log_size(self) -> int:
        """How long the log is, in bytes."""
        return self._written[0]

    @property
    def _written(self) -> tuple[int, int]:
        """What every write to the log changes: its size, and when it was (ns); 0 where missing."""
        try:
            status = self._log.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_size, status.st_mtime_ns


class Transactions:
    """A connection that writes, for the thread that has `lock`."""

    def __init__(self, database: duckdb.DuckDBPyConnection, commits: Commits) -> None:
        self._database, self._commits = database, commits
        self.lock = threading.Lock()
        self._connect()

    def _connect(self) -> None:
        self.connection = self._database.cursor()
        self.statements = StatementCache(self.connection)

    @contextmanager
    def transaction(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A transaction for who has the lock: committed when the context ends well.

        Raises `duckdb.IOException` where a write was cut off: who waited for the lock may not know.
        """
        self._commits.check()
        self.connection.execute("BEGIN")
        try:
            yield self.connection
            self._commits.commit(self.connection)
        except BaseException:
            self._roll_back()
            raise

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


def size(path: Path) -> int:
    """Of a file, in bytes; 0 where it is missing."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
