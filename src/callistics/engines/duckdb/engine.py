"""The embedded engine: opening, reading with a time limit, and the writer's transactions."""

import queue
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from callistics.catalog.rollups import ROLLUPS, Rollup
from callistics.engines.duckdb.access_keys import load_keys
from callistics.engines.duckdb.clustering import Clustering
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.lookup.id_index import IdIndex
from callistics.engines.duckdb.lookup.surrogate_keys import SurrogateKeys
from callistics.engines.duckdb.migrate import closed_on_failure, migrate, rebuild_done, rebuild_due
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.query_timeout import QueryTimeout
from callistics.engines.duckdb.rollups.change_log import ChangeLog
from callistics.engines.duckdb.rollups.refresh import rebuild
from callistics.engines.duckdb.rollups.schedule import RollupSchedule
from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from callistics.errors import EngineError, TimedOut, first_line
from callistics.model.keys import StoredKey
from callistics.sql.dialect import SqlRow, Statement

# Of the machine's memory: the rest goes on to cache the file, as far as nobody else needs it.
_MEMORY = "25%"
# The engine's own limit.
_FEWEST_LISTED = 50
_DONE = object()
# A checkpoint keeps writers waiting, the longer the more was written since the last; the log that
# it ends is read again after a crash. Where nobody waits, few checkpoints cost less than many; as
# one costs more the larger the file is, the log may then grow to a share of it.
_LOG_SHARED, _LOG_ALONE = 128 << 20, (512 << 20, 2 << 30)
_LOG_SHARE = 4
# What depends on the size of the file is set again when it is so many times as much.
_GROWS = 1.25
# Rows from which on a group of them has columns for the keys of payloads. The engine's own limit is
# 30,000: ten smaller groups beside eighty large ones made a filter by a key half as slow again.
_LEAST_SPLIT = 2_048

# In the order of rows: a part of them is found in few groups of rows.
_ALL_LEADS = (
    "CREATE OR REPLACE TEMP TABLE all_leads AS SELECT * FROM ("
    + " UNION ".join(
        f"SELECT merchant_id, lead_id FROM {table}" for table in ("calls", "lead_records", "leads")
    )
    + ") ORDER BY merchant_id, lead_id"
)
_SOME_LEADS = "SELECT merchant_id, lead_id FROM all_leads WHERE rowid >= ? AND rowid < ?"


class DuckDBEngine:
    """Implements `engines.base.Engine` on one database file.

    Queries run on a pool of `readers` connections, each limited to `timeout` seconds; writing is
    one connection's, by one thread at a time. `clock` gives the time of arrival in µs.
    """

    def __init__(
        self,
        path: Path,
        *,
        readers: int = 4,
        timeout: float = 30.0,
        memory_limit: str | None = None,
        threads: int | None = None,
        tuning: Tuning = DEFAULTS,
        clock: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        self._clock = clock
        self.path = path
        self._timeout = timeout
        self._tuning = tuning
        self._log_limit = _LOG_SHARED if tuning.shared else _LOG_ALONE[0]
        self._connection = _open(path, memory_limit, threads, self._log_limit)
        with closed_on_failure(self._connection.close):
            self.migrated = migrate(self._connection)
        self._payload_keys = PayloadKeys(self._connection, tuning.payload_keys_listed)
        self.dialect = DuckDBDialect(self._payload_keys)
        self._connect_writer()
        self._writing = threading.Lock()
        self._presence = IdIndex(self._connection, tuning)
        self._lead_numbers = SurrogateKeys(self._connection)
        self._schedule = RollupSchedule(self._writer, tuning)
        self._commits = 0
        self._order = Clustering(self._connection, self._moving, tuning)
        self._pieceing: Generator[None] | None = None
        self._rows_written = 0
        # How many there were when the order of all rows was last looked at.
        self._tidied: int | None = None
        self._watchdog = QueryTimeout()
        self._readers: queue.SimpleQueue[StatementCache] = queue.SimpleQueue()
        self._reader_count = readers
        for _ in range(readers):
            self._readers.put(StatementCache(self._connection.cursor()))
        if rebuild_due(self._connection):
            with closed_on_failure(self.close):
                self.rebuild()
                rebuild_done(self._connection)

    @property
    def rollups(self) -> Sequence[Rollup]:
        """All of them are kept."""
        return ROLLUPS

    @property
    def version(self) -> str:
        """`DuckDB 2.0.0`."""
        return f"DuckDB {duckdb.__version__}"

    @property
    def data_version(self) -> int:
        """How many commits there were since the file was opened: it is this process's alone."""
        return self._commits

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        reader = self._readers.get()
        try:
            with self._watchdog.limit(reader.connection, self._timeout):
                return reader.execute(statement.text, statement.values).fetchall()
        except duckdb.InterruptException:
            raise TimedOut(f"the query took longer than {self._timeout:g} seconds") from None
        finally:
            self._readers.put(reader)

    @contextmanager
    def writing(self) -> Generator[DuckDBSession]:
        """A transaction: committed, and so durable and visible, when the context ends well."""
        with self._writing:
            self._payload_keys.begin()
            if self._schedule.is_overdue:
                with self._transaction() as writer:
                    self._schedule.work(writer)
            with self._transaction():
                ledger = ChangeLog(self._statements)
                session = DuckDBSession(
                    self._statements,
                    self._presence,
                    self._lead_numbers,
                    self._payload_keys,
                    ledger,
                    self._clock(),
                )
                yield session
                session.finish()
                self._statements.release()
            self._commits += 1
            self._schedule.committed(ledger)
            self._payload_keys.committed()
            self._rows_written += session.rows_written
            copied = self._order.copying
            if copied is not None:
                self._order.written(session.written(copied))
            self._fit()

    def _connect_writer(self) -> None:
        self._writer = self._connection.cursor()
        self._statements = StatementCache(self._writer)
        self._listed = _FEWEST_LISTED
        self._fit()

    def _fit(self) -> None:
        """Set what suits the size of the file."""
        size = self.path.stat().st_size if self.path.exists() else 0
        listed = size // self._tuning.file_bytes_per_row_fetched
        if listed > _GROWS * self._listed:
            self._listed = listed
            self._writer.execute(f"SET SESSION dynamic_or_filter_threshold = {listed}")
        limit = min(size // _LOG_SHARE, _LOG_ALONE[1])
        if not self._tuning.shared and limit > _GROWS * self._log_limit:
            self._log_limit = limit
            self._writer.execute(f"SET GLOBAL checkpoint_threshold = '{limit}B'")

    @contextmanager
    def _moving(self) -> Generator[duckdb.DuckDBPyConnection]:
        """A transaction that changes where rows are, not what they say."""
        with self._writing, self._transaction() as writer:
            yield writer

    @contextmanager
    def _transaction(self) -> Generator[duckdb.DuckDBPyConnection]:
        self._writer.execute("BEGIN")
        try:
            yield self._writer
            self._writer.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def maintain(self) -> bool:
        """Do a piece of work on the roll-ups, or on the order of rows, as long as there is any.

        A thread of its own does this beside all others; a piece holds up the writer for less than
        it takes to be noticed.
        """
        return self._compact_rollups() or self._cluster_months()

    def _compact_rollups(self) -> bool:
        with self._writing:
            if not self._schedule.is_due:
                return False
            with self._transaction() as writer:
                self._schedule.work(writer)
            return True

    def _cluster_months(self) -> bool:
        if self._pieceing is None:
            written, last = self._rows_written, self._tidied
            if last is not None and written - last < self._order.worthwhile:
                return False
            self._tidied, self._pieceing = written, self._order.work()
        try:
            if next(self._pieceing, _DONE) is _DONE:
                self._pieceing = None
        except BaseException:
            # It is begun anew.
            self._tidied, self._pieceing = None, None
            raise
        return self._pieceing is not None

    def _roll_back(self) -> None:
        try:
            self._writer.execute("ROLLBACK")
            self._statements.rolled_back()
        except duckdb.Error:
            # The transaction is gone already, or the connection is: start with a fresh one.
            self._connect_writer()

    def load_keys(self) -> list[StoredKey]:
        """Every access key."""
        with self._writing:
            return load_keys(self._writer)

    def rebuild(self) -> None:
        """Recompute every lead, attempt, effective payload and roll-up from the records.

        Leads are taken part by part, each in a commit of its own; the roll-ups come last. One that
        was cut short is to be done again.
        """
        with self._writing:
            ((leads,),) = self._writer.execute(_ALL_LEADS).fetchall()
        self._payload_keys.collect()
        most = self._tuning.leads_rebuilt_at_once
        for first in range(0, leads, most):
            with self.writing() as session:
                bounds = [first, first + most]
                session.touch(self._statements.execute(_SOME_LEADS, bounds).fetchall())
        with self._writing:
            self._writer.execute("DROP TABLE all_leads")
            with self._transaction() as writer:
                self._payload_keys.keep_collected(writer)
                rebuild(writer)
            self._payload_keys.committed()
            self._commits += 1
            self._schedule.rebuilt()

    def close(self) -> None:
        """Close the file; what was committed is moved from the log into it."""
        self._watchdog.stop()
        self._presence.stop()
        with self._writing:
            for _ in range(self._reader_count):
                self._readers.get().connection.close()
            self._order.close()
            self._writer.close()
            self._connection.close()


def _open(
    path: Path, memory_limit: str | None, threads: int | None, log_limit: int
) -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "checkpoint_threshold": f"{log_limit}B",
        "variant_minimum_shredding_size": _LEAST_SPLIT,
        "memory_limit": memory_limit or _MEMORY,
    }
    if threads is not None:
        config["threads"] = threads
    try:
        if str(path) != ":memory:":
            path.parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(path), config=config)
    except (duckdb.Error, OSError) as error:
        raise EngineError(f"cannot open {path}: {first_line(error)}") from error
