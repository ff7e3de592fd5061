"""Maintenance of roll-ups, of the order of rows, and of what was erased, a piece at a time."""

from contextlib import suppress

import duckdb

from callistics.engines.duckdb.clustering import Clustering
from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.overwriting.work import Overwriting
from callistics.engines.duckdb.rollups.schedule import RollupSchedule
from callistics.engines.duckdb.writer import WriteConnection
from callistics.engines.pieces import Pieces


class Maintenance:
    """Finds the next piece of work and does it, on one thread while others work."""

    def __init__(
        self,
        writer: WriteConnection,
        schedule: RollupSchedule,
        clustering: Clustering,
        overwriting: Overwriting,
    ) -> None:
        self._writer = writer
        self._schedule, self._clustering = schedule, clustering
        self._overwriting = overwriting
        self._clustering_work = Pieces()
        self._rows_written = 0
        # How many there were when the order of all rows was last looked at.
        self._looked_at: int | None = None

    def committed(self, commit: Commit) -> None:
        """Count the rows that a commit has written."""
        self._rows_written += 0 if commit.delta is None else commit.delta.rows

    def work(self) -> bool:
        """Do a piece of work, as long as there is any; whether there was.

        A piece holds up the writer for less than it takes to be noticed.
        """
        with self._writer.lock:
            self._writer.shorten_log()
        return self._maintain_rollups() or self._overwriting.work() or self._cluster_months()

    def close(self) -> None:
        """Give up what is begun; nobody may do a piece meanwhile."""
        # A database that failed does not even drop a table.
        with suppress(duckdb.Error, OSError):
            self._clustering_work.leave()

    def _maintain_rollups(self) -> bool:
        with self._writer.lock:
            if not self._schedule.is_due:
                return False
            with self._writer.transaction() as connection:
                self._schedule.work(connection)
            return True

    def _cluster_months(self) -> bool:
        if not self._clustering_work.are_left:
            written, last = self._rows_written, self._looked_at
            if last is not None and written - last < self._clustering.worthwhile:
                return False
            self._looked_at = written
            self._clustering_work.begin(self._clustering.work())
        try:
            self._clustering_work.do()
        except BaseException:
            # It is begun anew.
            self._looked_at = None
            raise
        return self._clustering_work.are_left
