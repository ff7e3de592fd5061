"""The scale-out engine: opening, reading with a time limit, and the writer's commits."""

import queue
import threading
import uuid
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial

import pyarrow as pa

from callistics.catalog.rollups import Rollup
from callistics.engines.base import SharingLimits, StorageState
from callistics.engines.clickhouse.access_keys import load_keys, load_token_secret
from callistics.engines.clickhouse.columns import wide_as_decimals
from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.engines.clickhouse.connection import Client, Connection, Follow, unanswered
from callistics.engines.clickhouse.dialect import ClickHouseDialect
from callistics.engines.clickhouse.dsn import Address
from callistics.engines.clickhouse.dump import ClickHouseDump, dump
from callistics.engines.clickhouse.ending import Ending
from callistics.engines.clickhouse.migrate import (
    known,
    layout_of,
    migrate,
    rebuild_done,
    rebuild_due,
)
from callistics.engines.clickhouse.overwriting import Overwriting
from callistics.engines.clickhouse.past_commits import newest_commit, unfinished_leads
from callistics.engines.clickhouse.session import ClickHouseSession
from callistics.engines.clickhouse.snapshot import ClickHouseSnapshot, parameters, snapshot
from callistics.engines.waiting import waited_for
from callistics.errors import CallisticsError
from callistics.model.instants import now
from callistics.model.keys import StoredKey
from callistics.model.webhooks import KeptBody
from callistics.records.columnar.changes import Changes
from callistics.records.columnar.column_rows import ColumnRows
from callistics.records.columnar.webhook_tables import BODIES, body_table
from callistics.sql.dialect import SqlRow, Statement

# A replaced row and the one in its place become visible together only within one block.
_ONE_BLOCK = {
    "insert_deduplicate": 1,
    "max_insert_threads": 1,
    "max_insert_block_size": 10_000_000,
    "min_insert_block_size_rows": 10_000_000,
    "min_insert_block_size_bytes": 0,
}
# The limit of queries is none for writing: a large request takes longer than a query may.
_WRITE_SECONDS = 600.0
# What tells a query to end is itself short.
_ENDING_SECONDS = 5.0
_SHARING = SharingLimits(queries=4, rows=500_000)
# Of statements to one address each may be answered by another server, which has no rows kept.
_NO_SHARING = SharingLimits(queries=4, rows=0)
# Leads that are recomputed in one commit of a rebuild.
_REBUILD_LEADS = 50_000


class ClickHouseEngine:
    """Implements `engines.base.Engine` on a ClickHouse server, a cluster, or chDB in process.

    Queries run on a pool of `readers` connections, each limited to `timeout` seconds. One
    connection writes, from one thread at a time. `clock` gives the time of arrival in µs.
    """

    def __init__(
        self,
        dsn: str,
        *,
        readers: int = 4,
        timeout: float = 30.0,
        memory_limit: int | None = None,
        threads: int | None = None,
        sharing: SharingLimits | None = None,
        clock: Callable[[], int] = now,
    ) -> None:
        self._clock = clock
        self._address = Address(dsn)
        self.dialect = ClickHouseDialect()
        self.sharing = sharing or (_SHARING if self._address.in_process else _NO_SHARING)
        self._writing, self._gate = threading.Lock(), CommitGate(timeout)
        self._clients: list[Client] = []
        self._unsettled: Callable[[], None] | None = None
        # The process before may have been killed amid a commit.
        self._may_be_unfinished = True
        self._open_for_long = partial(self._address.open, _WRITE_SECONDS, memory_limit, threads)

        def client(seconds: float, follow: Follow | None = None) -> Connection:
            prepared = self._address.prepare(seconds, memory_limit, threads, follow)
            self._clients.append(prepared)
            return prepared

        # Kept until the end: what chDB has in memory is gone with its last connection.
        self._clients.append(self._address.create_database(_WRITE_SECONDS))
        try:
            self._writer = self._open_for_long()
            self._clients.append(self._writer)
            self.migrated = migrate(self._writer, self._address.cluster)
            self._newest = self._arrived = newest_commit(self._writer)
            layout = layout_of(known(), self._address.cluster)
            self._overwriting = Overwriting(client(_WRITE_SECONDS), layout)
            # The last one that was used comes first: those that were never needed are not opened.
            self._readers: queue.LifoQueue[Connection] = queue.LifoQueue()
            ending = Ending(client(_ENDING_SECONDS), self._address.cluster)
            for _ in range(readers):
                self._readers.put(client(timeout, ending.following))
            if rebuild_due(self._writer):
                self.rebuild()
                rebuild_done(self._writer, self._address.cluster)
        except BaseException:
            self.close()
            raise

    @property
    def rollups(self) -> Sequence[Rollup]:
        """None: sums that are kept in step need transactions."""
        return ()

    @property
    def version(self) -> str:
        """`ClickHouse 26.9.2.1`, with `(chDB)` where it runs in process."""
        note = " (chDB)" if self._address.in_process else ""
        return f"ClickHouse {self._writer.server_version}{note}"

    @property
    def storage(self) -> StorageState:
        """Nobody knows here: the disk is another machine's, and a commit tells."""
        return StorageState()

    def when_reopened(self, act: Callable[[], None]) -> None:
        """Never: it is a server that was opened."""

    def when_failed(self, let_go: Callable[[], None]) -> None:
        """Never: see `when_reopened`."""

    @property
    def data_version(self) -> None:
        """None: other processes may write to the same database."""
        return

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut`, `Unavailable`."""
        with self._reader() as reader:
            return reader.query(statement.text, parameters(statement)).result_rows

    def run_many(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement, kept as columns. Raises `TimedOut`, `Unavailable`."""
        with self._reader() as reader:
            rows = reader.query_arrow(statement.text, parameters(statement))
            return ColumnRows(wide_as_decimals(rows))

    @contextmanager
    def reading(self) -> Generator[ClickHouseSnapshot]:
        """One state of the records for several statements: commits of this process wait."""
        with self._reader() as reader, snapshot(reader, self._gate) as found:
            yield found

    @contextmanager
    def _reader(self) -> Generator[Connection]:
        reader = waited_for(self._readers)
        try:
            yield reader
        finally:
            self._readers.put(reader)

    @contextmanager
    def writing(self) -> Generator[ClickHouseSession]:
        """A commit: durable and visible when the context ends well.

        There are no transactions: if it ends badly part of it may be there. Sending the same
        records again heals that, and the next commit what was derived from them.
        """
        with self._writing:
            self._settle()
            self._undo_unfinished()
            with self._committing() as session:
                yield session
            self._may_be_unfinished = False

    @contextmanager
    def _committing(self) -> Generator[ClickHouseSession]:
        clock = self._clock()
        now = max(clock, self._newest + 1)
        session = ClickHouseSession(self._writer, self._arrived, clock, now)
        try:
            yield session
            with self._gate.committing():
                self._insert_all(session)
        finally:
            # What has been given out is never given out again, though the commit failed.
            self._arrived = session.arrived
            self._newest = max(now, session.arrived)

    def _insert_all(self, session: ClickHouseSession) -> None:
        self._may_be_unfinished = True
        for name, rows in session.inserts():
            self._insert(name, rows)
        if session.arrived != self._arrived:
            self._insert("arrivals", pa.table({"last": [session.arrived]}))

    def _undo_unfinished(self) -> None:
        """Derive anew what a commit that was cut off derived from records that it did not store.

        They may never come again, or not before others that change what is derived from them.
        """
        if not self._may_be_unfinished:
            return
        leads = unfinished_leads(self._writer)
        for start in range(0, len(leads), _REBUILD_LEADS):
            with self._committing() as session:
                session.apply(Changes(rebuilt=leads[start : start + _REBUILD_LEADS]))
        self._may_be_unfinished = False

    def _insert(self, name: str, rows: pa.Table) -> None:
        """Insert rows as one block."""
        insert = partial(self._writer.insert_once, name, rows, uuid.uuid4().hex, _ONE_BLOCK)
        try:
            insert()
        except CallisticsError:
            self._unsettled = insert
            raise

    def _settle(self) -> None:
        """Repeat an insert of which nobody knows whether it took place, so that it has.

        Otherwise the server might yet execute it, after the same records have come again.
        """
        if self._unsettled is None:
            return
        try:
            with self._gate.committing():
                self._unsettled()
        except CallisticsError as error:
            if unanswered(error):
                raise
            # A refusal settles it as well: then it has not taken place. Were it kept, a block
            # that the server cannot take would stand in the way of every commit.
        self._unsettled = None

    def keep_bodies(self, bodies: Sequence[KeptBody]) -> None:
        """Keep bodies of webhooks durably, in a commit of their own."""
        with self._writing:
            self._settle()
            with self._gate.committing():
                self._insert(BODIES, body_table(bodies))

    def load_keys(self) -> list[StoredKey]:
        """Every access key."""
        with self._writing:
            return load_keys(self._writer)

    def load_token_secret(self) -> str | None:
        """The secret that tokens are signed with, None where none was made yet."""
        with self._writing:
            return load_token_secret(self._writer)

    def newest_arrival(self) -> int:
        """The newest time (µs) that was given out for a record that came."""
        return self._arrived

    def rebuild(self) -> None:
        """Recompute every lead, attempt and effective payload from the records, part by part."""
        with self._writing:
            pairs = self._writer.query(
                "SELECT merchant_id, lead_id FROM calls UNION DISTINCT "
                "SELECT merchant_id, lead_id FROM lead_records UNION DISTINCT "
                "SELECT merchant_id, lead_id FROM leads"
            ).result_rows
        for start in range(0, len(pairs), _REBUILD_LEADS):
            with self.writing() as session:
                chosen = pairs[start : start + _REBUILD_LEADS]
                leads = [(str(merchant), str(lead)) for merchant, lead in chosen]
                session.apply(Changes(rebuilt=leads))

    def expect_records(self) -> None:
        """Nothing: the database has all it needs."""

    def maintain(self) -> bool:
        """Merge parts with rows that were erased; all others the database merges by itself."""
        return self._overwriting.work()

    def dumping(self) -> AbstractContextManager[ClickHouseDump]:
        """One state of all that is stored, while others go on writing. Raises `EngineError`."""
        return dump(self._open_for_long, self._gate, self._address.cluster)

    def close(self) -> None:
        """Close every connection; what was committed is in the database."""
        for client in self._clients:
            client.close()
        self._clients.clear()
