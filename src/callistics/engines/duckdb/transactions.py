"""Transactions of the connections that write: committed one at a time, and noted."""

import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.watermark import Watermark, log_of


class Commits:
    """Ends the transactions of all connections of a database, one after the other.

    `is_torn` is whether the log ends in half a commit: the engine would write behind it what it
    could never read again. What is committed is noted in the `watermark`, where the database is a
    file: a log that another commit is just being written to has no end that could be noted.
    """

    def __init__(self, path: Path, watermark: Watermark | None) -> None:
        self._log, self._watermark = log_of(path), watermark
        self._one = threading.Lock()
        self.is_torn = False

    def check(self) -> None:
        """Raise `duckdb.IOException` where the log is torn."""
        if self.is_torn:
            raise duckdb.IOException("the log ends in half a commit")

    def commit(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Commit what a connection has begun. Raises `duckdb.Error`, and `OSError` of the note."""
        with self._one:
            # Another one may have torn it since this one began.
            self.check()
            logged = size(self._log)
            try:
                connection.execute("COMMIT")
            except BaseException:
                self.is_torn = size(self._log) != logged
                raise
            self._note()

    def _note(self) -> None:
        try:
            if self._watermark is not None:
                self._watermark.advance()
        except OSError:
            # It is to be no commit then.
            self.is_torn = True
            raise


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

        Raises `duckdb.IOException` where the log is torn: who waited for the lock may not know yet.
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
