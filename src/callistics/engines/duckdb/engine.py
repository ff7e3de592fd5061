"""The embedded engine: opening, reading with a time limit, and writing."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

from callistics.catalog.rollups import ROLLUPS, Rollup
from callistics.engines.base import SharingLimits
from callistics.engines.duckdb.access_keys import load_keys, load_token_secret
from callistics.engines.duckdb.blocked_ids import BlockedIds
from callistics.engines.duckdb.clustering import Clustering
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.dump import DuckDBDump, dump
from callistics.engines.duckdb.lookup.id_index import IdIndex
from callistics.engines.duckdb.lookup.load_states import Lookup
from callistics.engines.duckdb.lookup.surrogate_keys import SurrogateKeys
from callistics.engines.duckdb.maintenance import Maintenance
from callistics.engines.duckdb.migrate import closed_on_failure, migrate, rebuild_done, rebuild_due
from callistics.engines.duckdb.observers import DataVersion, Observer
from callistics.engines.duckdb.opening import explained, open_file, watermark_of
from callistics.engines.duckdb.overwriting.renewal import Renewal
from callistics.engines.duckdb.overwriting.work import Overwriting
from callistics.engines.duckdb.payload_keys import PayloadKeys
from callistics.engines.duckdb.query_timeout import QueryTimeout
from callistics.engines.duckdb.readers import Readers
from callistics.engines.duckdb.rebuild import rebuild_leads, rebuild_rollups
from callistics.engines.duckdb.replaceable import Replaceable
from callistics.engines.duckdb.rollups.schedule import RollupSchedule
from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.snapshot import DuckDBSnapshot, snapshot
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.engines.duckdb.tenants import Tenants
from callistics.engines.duckdb.transactions import Commits
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from callistics.engines.duckdb.webhooks import save_bodies
from callistics.engines.duckdb.writer import WriteConnection
from callistics.interruption import Interruption, interruption
from callistics.model.instants import now
from callistics.model.keys import StoredKey
from callistics.model.webhooks import KeptBody
from callistics.records.columnar.column_rows import ColumnRows
from callistics.sql.dialect import SqlRow, Statement


class DuckDBEngine(Replaceable):
    """Implements `engines.base.Engine` on one database file.

    Queries run on a pool of `readers` connections, each limited to `timeout` seconds. One
    connection writes, from one thread at a time; another writes the bodies of webhooks.
    `clock` gives the time of arrival in µs.
    Errors of the disk are raised as they are: see `reopening.ReopeningEngine`.
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
        clock: Callable[[], int] = now,
    ) -> None:
        self._clock = clock
        self.path = path
        self._timeout, self._tuning = timeout, tuning
        self._connection = open_file(path, memory_limit, threads)
        with closed_on_failure(self._connection.close), explained(path):
            self.migrated = migrate(self._connection)
            self._watermark = watermark_of(path)
            self._payload_keys = PayloadKeys(
                self._connection,
                Tenants(tuning.tenants_listed),
                tuning.payload_keys_listed,
                tuning.payload_names_listed,
            )
        self.dialect = DuckDBDialect(self._payload_keys)
        disk = Disk(path, tuning.disk_reserve)
        self._commits = Commits(path, self._watermark)
        self._write = WriteConnection(self._connection, disk, tuning, self._commits)
        self._id_index = IdIndex(self._connection, tuning)
        self._surrogate_keys = SurrogateKeys(self._connection)
        self._schedule = RollupSchedule(self._write.connection, tuning)
        self._blocked_ids = BlockedIds(self._connection)
        self._data_version = DataVersion()
        self._clustering = Clustering(self._connection, self._write, tuning)
        self._renewal = Renewal(self._write)
        self._overwriting = Overwriting(
            self._write, self._renewal, self._schedule, self._payload_keys, self._alone
        )
        self._maintenance = Maintenance(
            self._write, self._schedule, self._clustering, self._overwriting
        )
        self._query_timeout = QueryTimeout()
        self._readers = Readers(self._connection, readers)
        self._dumps = 0
        self.note_replayed()
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
    def data_version(self) -> int | None:
        """How many commits there were since the file was opened: it is this process's alone.

        None for the moment in which one becomes visible.
        """
        return self._data_version.settled

    @property
    def payload_keys(self) -> PayloadKeys:
        """The keys that payloads have."""
        return self._payload_keys

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        with self._readers.one() as reader:
            return self._execute(reader, statement)

    def run_many(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement, kept as columns. Raises `TimedOut` past the time limit."""
        with self._readers.one() as reader, self._timed(reader):
            return ColumnRows(reader.columns(statement.text, statement.values))

    @contextmanager
    def reading(self) -> Generator[DuckDBSnapshot]:
        """One state of the records for several statements."""
        with (
            self._readers.one() as reader,
            snapshot(reader, self._execute, self._data_version) as found,
        ):
            yield found

    @property
    def sharing(self) -> SharingLimits:
        """As it is tuned."""
        return self._tuning.sharing

    @contextmanager
    def _alone(self, patience: float) -> Generator[bool]:
        """Have nobody read meanwhile, if those who do end within some seconds; whether they did."""
        # A state that is held for a backup nobody waits for.
        if self._dumps:
            yield False
            return
        with self._readers.none(patience) as nobody:
            yield nobody and not self._id_index.is_reading

    def _execute(self, reader: StatementCache, statement: Statement) -> Sequence[SqlRow]:
        with self._timed(reader):
            return reader.execute(statement.text, statement.values).fetchall()

    @contextmanager
    def _timed(self, reader: StatementCache) -> Generator[None]:
        by = interruption() or Interruption(self._timeout)
        try:
            with (
                self._query_timeout.limit(reader.connection, by.left) as end,
                by.telling(end),
            ):
                yield
        except duckdb.InterruptException:
            raise by.error from None

    @contextmanager
    def writing(self) -> Generator[DuckDBSession]:
        """A transaction: committed, and so durable and visible, when the context ends well."""
        with self._write.lock:
            self._write.shorten_log()
            self._payload_keys.begin()
            self._blocked_ids.begin()
            if self._schedule.is_overdue:
                with self._write.transaction() as connection:
                    self._schedule.work(connection)
            with self._write.transaction():
                lookup = Lookup(self._statements, self._id_index, self._surrogate_keys)
                session = DuckDBSession(
                    lookup, self._payload_keys, self._blocked_ids, self._clock()
                )
                yield session
                self._statements.release()
                self._data_version.begin(session.commit)
            for observer in self._observers:
                observer.committed(session.commit)
            delta = session.commit.delta
            self._write.wrote(0 if delta is None else delta.rows)

    @property
    def _observers(self) -> Sequence[Observer]:
        """What is told of each commit, before anyone else may write."""
        return (
            self._data_version,
            self._schedule,
            self._payload_keys,
            self._blocked_ids,
            self._clustering,
            self._renewal,
            self._overwriting,
            self._maintenance,
        )

    @property
    def _statements(self) -> StatementCache:
        return self._write.statements

    def keep_bodies(self, bodies: Sequence[KeptBody]) -> None:
        """Keep bodies of webhooks durably, while others write what takes longer."""
        keeping = self._write.bodies
        with keeping.lock, keeping.transaction():
            save_bodies(keeping.statements, bodies)

    def expect_records(self) -> None:
        """Read the ids of those that are stored, while others are being read."""
        self._id_index.begin()

    def maintain(self) -> bool:
        """Do a piece of maintenance, as long as there is any; whether there was."""
        return self._maintenance.work()

    def load_keys(self) -> list[StoredKey]:
        """Every access key."""
        with self._write.lock:
            return load_keys(self._write.connection)

    def load_token_secret(self) -> str | None:
        """The secret that tokens are signed with, None where none was made yet."""
        with self._write.lock:
            return load_token_secret(self._write.connection)

    def newest_arrival(self) -> int:
        """The newest time (µs) that was given out for a record that came."""
        with self._readers.one() as reader:
            ((newest,),) = reader.execute("SELECT epoch_us(last) FROM arrivals").fetchall()
        return int(newest)

    def rebuild(self) -> None:
        """Recompute every lead, attempt, effective payload and roll-up from the records.

        Leads are taken part by part, each in a commit of its own; the roll-ups come last. One that
        was cut short is to be done again.
        """
        self._payload_keys.collect()
        rebuild_leads(self._write, self.writing, self._tuning)
        with self._write.lock:
            rebuild_rollups(self._write, self._payload_keys)
            self._payload_keys.rebuilt()
            self._schedule.rebuilt()
            self._data_version.advance()

    @contextmanager
    def dumping(self) -> Generator[DuckDBDump]:
        """One state of all that is stored, while others go on writing."""
        self._dumps += 1
        try:
            with dump(self._connection, gives_way=self._tuning.shared) as found:
                yield found
        finally:
            self._dumps -= 1

    def close(self) -> None:
        """Close the file; what was committed is moved from the log into it."""
        self._close(self._write.end)

    def abandon(self) -> None:
        """Close the file as it is: it is for the log to say what was committed."""
        self._close(lambda: None)

    def _close(self, end: Callable[[], None]) -> None:
        self._query_timeout.stop()
        self._id_index.stop()
        self._overwriting.stop()
        with self._write.alone():
            self._readers.close()
            self._maintenance.close()
            self._clustering.close()
            self._renewal.close()
            end()
            self._write.close()
            self._connection.close()
            if self._watermark is not None:
                self._watermark.close()
