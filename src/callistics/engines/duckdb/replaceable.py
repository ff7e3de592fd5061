"""What an open database does that may fail, and be replaced by one that is opened anew."""

from abc import ABC, abstractmethod
from contextlib import suppress

import duckdb

from callistics.engines.duckdb.observers import DataVersion
from callistics.engines.duckdb.query_timeout import QueryTimeout
from callistics.engines.duckdb.transactions import Commits
from callistics.engines.duckdb.watermark import Watermark
from callistics.engines.duckdb.writer import WriteConnection


class Replaceable(ABC):
    """A part of `DuckDBEngine`: see `recovery.Recovery`, which asks for it."""

    _connection: duckdb.DuckDBPyConnection
    _write: WriteConnection
    _commits: Commits
    _watermark: Watermark | None
    _data_version: DataVersion
    _query_timeout: QueryTimeout

    @abstractmethod
    def close(self) -> None:
        """Close the file; what was committed is moved from the log into it."""

    @abstractmethod
    def abandon(self) -> None:
        """Close the file as it is: it is for the log to say what was committed."""

    @property
    def unused_data_version(self) -> int:
        """A number that no state has had, nor the one that may show."""
        return self._data_version.unused

    def count_from(self, data_version: int) -> None:
        """Have `data_version` begin with a number, before anyone asks."""
        self._data_version.begin_with(data_version)

    @property
    def is_sound(self) -> bool:
        """Whether it goes on after an error, and its log ends as it says."""
        try:
            with self._connection.cursor() as probe:
                probe.execute("SELECT 1")
        except duckdb.Error:
            return False
        return not self._commits.is_torn

    def try_to_write(self) -> None:
        """Do what is done before each commit, and commit what changes nothing but is written.

        The engine writes no update where no value changes
        (`findings/an-update-of-nothing-never-meets-the-disk.sh`).
        """
        with self._write.lock:
            self._write.shorten_log()
            self._touch()

    def note_replayed(self) -> None:
        """Have all that a start has read from the log noted, before anybody is told of it.

        Half a commit at its end is written over with that. A disk that fails this is for the first
        one who writes to be told of.
        """
        if self._watermark is not None and self._watermark.is_behind:
            with suppress(duckdb.Error, OSError), self._write.lock:
                self._touch()

    def _touch(self) -> None:
        with self._write.transaction() as connection:
            found = connection.execute("DELETE FROM arrivals RETURNING last").fetchall()
            connection.execute("INSERT INTO arrivals VALUES (?)", found[0])

    def interrupt(self) -> None:
        """End the queries that run: they raise `TimedOut`."""
        self._query_timeout.end_all()

    def cut_log(self) -> None:
        """Cut off the log, after it was abandoned, what was never acknowledged."""
        if self._watermark is not None:
            self._watermark.cut()
