"""The embedded engine as others have it: one that is opened again where its disk failed it."""

from collections.abc import Callable, Generator, Sequence, Set
from contextlib import contextmanager

from callistics.catalog.rollups import Rollup
from callistics.engines.base import SharingLimits, StorageState
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.engines.duckdb.disk import Disk
from callistics.engines.duckdb.dump import DuckDBDump
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.recovery import Recovery
from callistics.engines.duckdb.session import DuckDBSession
from callistics.engines.duckdb.snapshot import DuckDBSnapshot
from callistics.model.keys import StoredKey
from callistics.model.scope import Scope
from callistics.model.webhooks import KeptBody
from callistics.sql.dialect import SqlRow, Statement


class ReopeningEngine:
    """Implements `engines.base.Engine` on a database file, whatever becomes of its disk.

    What cannot be read or written now raises `StorageFailed`.
    """

    def __init__(self, open_database: Callable[[], DuckDBEngine], disk: Disk) -> None:
        self._disk = disk
        self._recovery = Recovery(open_database, disk)
        self.migrated = self._recovery.database.migrated
        self.dialect = DuckDBDialect(_Keys(self._recovery))

    @property
    def rollups(self) -> Sequence[Rollup]:
        """All of them are kept."""
        return self._recovery.database.rollups

    @property
    def version(self) -> str:
        """`DuckDB 2.0.0`."""
        return self._recovery.database.version

    @property
    def sharing(self) -> SharingLimits:
        """As it is tuned."""
        return self._recovery.database.sharing

    @property
    def data_version(self) -> int | None:
        """As of `DuckDBEngine`; it goes on where the database before it ended."""
        return self._recovery.database.data_version

    @property
    def storage(self) -> StorageState:
        """Whether records can be stored, and how much room there is."""
        recovery = self._recovery
        return StorageState(recovery.problem, self._disk.free, recovery.failures)

    def when_reopened(self, act: Callable[[], None]) -> None:
        """Have something done each time the database was opened again."""
        self._recovery.when_reopened(act)

    def when_failed(self, let_go: Callable[[], None]) -> None:
        """Have those let go of the database that hold a state of it where it failed."""
        self._recovery.when_failed(let_go)

    def run(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement. Raises `TimedOut` past the time limit."""
        with self._recovery.reading() as database:
            return database.run(statement)

    def run_many(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement, kept as columns. Raises `TimedOut` past the time limit."""
        with self._recovery.reading() as database:
            return database.run_many(statement)

    @contextmanager
    def reading(self) -> Generator[DuckDBSnapshot]:
        """One state of the records for several statements."""
        with self._recovery.reading() as database, database.reading() as snapshot:
            yield snapshot

    @contextmanager
    def writing(self) -> Generator[DuckDBSession]:
        """A transaction: committed, and so durable and visible, when the context ends well."""
        with self._recovery.writing() as database, database.writing() as session:
            yield session

    def keep_bodies(self, bodies: Sequence[KeptBody]) -> None:
        """Keep bodies of webhooks durably, while others write what takes longer."""
        with self._recovery.writing() as database:
            database.keep_bodies(bodies)

    def expect_records(self) -> None:
        """Get ready for many records that will come soon."""
        with self._recovery.reading() as database:
            database.expect_records()

    def maintain(self) -> bool:
        """Do a piece of maintenance; none while nothing can be written."""
        if self._recovery.problem is not None:
            return False
        with self._recovery.writing() as database:
            return database.maintain()

    def load_keys(self) -> list[StoredKey]:
        """Every access key."""
        with self._recovery.reading() as database:
            return database.load_keys()

    def load_token_secret(self) -> str | None:
        """The secret that tokens are signed with, None where none was made yet."""
        with self._recovery.reading() as database:
            return database.load_token_secret()

    def newest_arrival(self) -> int:
        """The newest time (µs) that was given out for a record that came."""
        with self._recovery.reading() as database:
            return database.newest_arrival()

    @contextmanager
    def dumping(self) -> Generator[DuckDBDump]:
        """One state of all that is stored, while others go on writing."""
        with self._recovery.reading() as database, database.dumping() as found:
            yield found

    def rebuild(self) -> None:
        """Recompute everything that is derived from the records."""
        with self._recovery.writing() as database:
            database.rebuild()

    def close(self) -> None:
        """Close the file."""
        self._recovery.close()


class _Keys:
    """Which keys payloads have, of the database that is open or was last."""

    def __init__(self, recovery: Recovery) -> None:
        self._recovery = recovery

    def merchants(self, scope: Scope) -> Set[str] | None:
        return self._recovery.database.payload_keys.merchants(scope)

    def is_scalar(self, key: str, among: Set[str] | None) -> bool:
        return self._recovery.database.payload_keys.is_scalar(key, among)

    def is_list(self, key: str, among: Set[str] | None) -> bool:
        return self._recovery.database.payload_keys.is_list(key, among)

    def may_be_unlisted(self, key: str, among: Set[str] | None) -> bool:
        return self._recovery.database.payload_keys.may_be_unlisted(key, among)
