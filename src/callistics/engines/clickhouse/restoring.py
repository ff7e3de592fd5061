"""Making a database of ClickHouse anew out of the parts of a backup."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pyarrow as pa

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.dsn import Address
from callistics.engines.clickhouse.migrate import describe, known, layout_of, migrate
from callistics.engines.clickhouse.operations import Database, Rebuild
from callistics.engines.migrations import up_to
from callistics.errors import EngineError
from callistics.records.columnar.parquet_files import parquet_file

_SECONDS = 600.0
_ROWS_AT_ONCE = 100_000
# What is inserted is no repetition, though it may look like one.
_AS_IT_IS = {"insert_deduplicate": 0}


class ClickHouseRestoring:
    """Implements `engines.dump.Restoring`: the database has its name once all of it is there.

    Raises `EngineError` for a cluster.
    """

    def __init__(self, dsn: str) -> None:
        self._address = Address(dsn)
        if self._address.cluster is not None:
            raise EngineError("a cluster is restored by ClickHouse itself: RESTORE DATABASE")
        parts = urlsplit(dsn)
        options = dict(parse_qsl(parts.query)) | {"database": f"{self._address.database}_restoring"}
        self.unfinished = urlunsplit(parts._replace(query=urlencode(options)))
        self._made = Address(self.unfinished)

    def refuse_taken(self) -> None:
        """Raises `EngineError` where the database has tables already."""
        with self._connected() as client:
            self._refuse_taken(client)

    @contextmanager
    def loading(self, schema: int) -> Generator["ClickHouseLoading"]:
        """A new database of an older schema, or of this one, for the rows of a backup."""
        migrations = up_to(known(), schema)
        self.discard()
        self._made.create_database(_SECONDS).close()
        client = self._made.open(_SECONDS, None, None)
        try:
            migrate(client, None, migrations)
            yield ClickHouseLoading(client)
            Rebuild().apply(Database(client, layout_of(migrations, None)))
        finally:
            client.close()

    def finish(self) -> None:
        """Give the database its name. Raises `EngineError` where that is taken."""
        with self._connected() as client:
            self._refuse_taken(client)
            client.command(f"DROP DATABASE IF EXISTS {self._address.quoted_database} SYNC")
            names = f"{self._made.quoted_database} TO {self._address.quoted_database}"
            client.command(f"RENAME DATABASE {names}")

    def discard(self) -> None:
        """Drop what is there of it."""
        with self._connected() as client:
            client.command(f"DROP DATABASE IF EXISTS {self._made.quoted_database} SYNC")

    def _refuse_taken(self, client: Client) -> None:
        ((tables,),) = client.query(
            "SELECT count() FROM system.tables WHERE database = {name:String}",
            {"name": self._address.database},
        ).result_rows
        if tables:
            name = self._address.database
            raise EngineError(f"the database {name} has tables already: restore into a new one")

    @contextmanager
    def _connected(self) -> Generator[Client]:
        client = self._address.connect(_SECONDS)
        try:
            yield client
        finally:
            client.close()


class ClickHouseLoading:
    """Implements `engines.dump.Loading`."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def insert(self, table: str, path: Path) -> int:
        """Take in the rows of a Parquet file, some at a time; how many."""
        names = {name for name, _ in describe(self._client, table)}
        if not names:
            raise EngineError(f"the backup has a table {table}, which its schema has not")
        count = 0
        with parquet_file(path) as file:
            for batch in file.iter_batches(_ROWS_AT_ONCE):
                rows = pa.Table.from_batches([batch])
                if "sign" in names:
                    signs = pa.array([1] * rows.num_rows, pa.int8())
                    rows = rows.append_column("sign", signs)
                self._client.insert_arrow(table, rows, _AS_IT_IS)
                count += rows.num_rows
        return count
