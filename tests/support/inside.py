"""Where tests use private members: here, in `checkpoints.py` and in `other_process.py` alone."""

# pyright: reportPrivateUsage=false, reportUnknownMemberType=false, reportUnknownVariableType=false

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from standardwebhooks import Webhook

from callistics.analytics import parse
from callistics.engines.base import Engine
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.duckdb.clustering import Clustering
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.lookup import id_index
from callistics.engines.duckdb.lookup.id_index import IdIndex
from callistics.engines.duckdb.reopening import ReopeningEngine
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.ingest.writer import Writer
from callistics.model import json as model_json
from callistics.records.columnar.payload_columns import Keys
from callistics.server import app
from callistics.sql.fragment import raw

QueryReader = parse._Reader
as_pairs = model_json._object
save_uses = app._save_uses
read_carefully = model_json._careful


def duckdb_engine(engine: Engine) -> DuckDBEngine:
    """The embedded engine, in a server the one that is open or was last."""
    if isinstance(engine, ReopeningEngine):
        return engine._recovery.database
    assert isinstance(engine, DuckDBEngine)
    return engine


def clickhouse_engine(engine: Engine) -> ClickHouseEngine:
    assert isinstance(engine, ClickHouseEngine)
    return engine


def write_lock(engine: Engine) -> threading.Lock:
    return duckdb_engine(engine)._write.lock


def writer_of(engine: Engine) -> duckdb.DuckDBPyConnection:
    return duckdb_engine(engine)._write.connection


def execute(engine: Engine, sql: str) -> list[tuple[Any, ...]]:
    """The rows of a statement on the embedded engine's writing connection."""
    return writer_of(engine).execute(sql).fetchall()


def server_writer(engine: Engine) -> Any:
    """The writing connection of the other engine."""
    return clickhouse_engine(engine)._writer


def server_readers(engine: Engine) -> list[Any]:
    """The driver's clients that the other engine reads with."""
    clients: list[Any] = clickhouse_engine(engine)._clients[1:]
    return [client._client for client in clients]


def forget_commits(engine: Engine) -> None:
    """Have the other engine know nothing of what it stored, or failed to."""
    found = clickhouse_engine(engine)
    found._newest, found._unsettled = 0, None


def transport(client: Any) -> Any:
    """The HTTP connection of a driver's client."""
    return client._backend


def unreachable(client: Any, patch: pytest.MonkeyPatch) -> None:
    """Have a driver's client ask where nobody is."""
    patch.setattr(client._backend, "_base_url", "http://127.0.0.1:9/")


def statements_of(engine: Engine) -> StatementCache:
    return duckdb_engine(engine)._statements


def given(engine: Engine) -> list[pa.Table | None]:
    """The tables that statements of a commit were given, by name, None once they are let go."""
    return [one.rows for one in statements_of(engine)._given.values()]


def never_release(engine: Engine, patch: pytest.MonkeyPatch) -> None:
    """Have the next commit fail when everything is written."""

    def fail() -> None:
        raise InterruptedError

    patch.setattr(statements_of(engine), "release", fail)


def clustering_of(engine: Engine) -> Clustering:
    return duckdb_engine(engine)._clustering


def id_index_of(engine: Engine) -> IdIndex:
    return duckdb_engine(engine)._id_index


def has_begun(found: IdIndex) -> bool:
    """Whether the ids of the file are being read, or have been."""
    return found._thread is not None


def wait_until_read(found: IdIndex) -> None:
    assert found._thread is not None
    found._thread.join()


def noted(found: IdIndex, table: str) -> int:
    """How many records of a table the index was told of."""
    return len(found._known[table]._added)


def note_payload_key(engine: Engine, key: str) -> None:
    """Have a commit bring a key."""
    found = duckdb_engine(engine)
    found._payload_keys.note(found._write.connection, {"m": Keys({key})})


class Counted:
    """A connection that counts the statements it is given."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.statements = 0

    def execute(self, *given: Any) -> duckdb.DuckDBPyConnection:
        self.statements += 1
        return self._connection.execute(*given)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def counted(engine: Engine) -> Counted:
    """The writer's connection, which counts from now on."""
    statements = duckdb_engine(engine)._statements
    found: Any = Counted(statements.connection)
    statements.connection = found
    return found


def is_scalar(engine: Engine, key: str) -> bool:
    return duckdb_engine(engine)._payload_keys.is_scalar(key)


def is_list(engine: Engine, key: str) -> bool:
    return duckdb_engine(engine)._payload_keys.is_list(key)


def forget(engine: DuckDBEngine) -> None:
    """Have an engine know nothing of the records that it had, and count as changed."""
    engine._payload_keys.load(engine._write.connection)
    # What it knows from before would hide it if too little was known of what comes now.
    for table, known in engine._id_index._known.items():
        nothing = id_index._Known(known._tuning)
        nothing.read(id_index.SortedNumbers(np.zeros(0, np.uint64)))
        engine._id_index._known[table] = nothing
    engine._data_version.advance()


def put_before_engine(writer: Writer, other: Any) -> Any:
    """Have a writer write to another engine from now on; returns the one it had."""
    before, writer._engine = writer._engine, other
    return before


def leave_half_a_commit(engine: Engine, log: Path) -> None:
    """Have the next commit fail, and leave bytes in the log, as where these cannot be cut off."""
    write: Any = duckdb_engine(engine)._write
    connection = write.connection

    class Torn:
        def execute(self, text: Any, *values: Any) -> Any:
            if text == "COMMIT":
                with log.open("ab") as file:
                    # The length of what follows, a checksum, and a part of what follows.
                    file.write((5_000).to_bytes(8, "little") + bytes(1_000))
                write.connection = connection
                raise duckdb.TransactionException("Failed to commit: No space left on device")
            return connection.execute(text, *values)

        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

    write.connection = Torn()


def kept_bodies(server: Any) -> int:
    """How many bodies of webhooks are stored."""
    run = server.application.services.webhooks.stored._run
    return int(run(raw("SELECT count(*) FROM webhook_bodies"))[0][0])


def purge_webhooks(server: Any, days: int) -> None:
    """Do the hourly purge now, as if bodies were kept for so many days."""
    webhooks = server.application.services.webhooks
    webhooks._keep, webhooks._purged = days, None
    assert webhooks.maintain()


def engine_of(server: Any) -> Engine:
    """The engine of a running application."""
    return server.application.services.audit._engine


def alert_rows(server: Any, kind: str) -> dict[str, str]:
    """What is stored of alerts of a kind, by its id."""
    sql = f"SELECT id, argMax(content, version) FROM alert_rows WHERE kind = '{kind}' GROUP BY id"  # noqa: S608
    rows = server.application.services.alerts.stored._run(raw(sql))
    return {str(own): str(content) for own, content in rows}


def purge_alerts(server: Any) -> None:
    """Do the hourly purge now, as if nothing were kept."""
    alerts = server.application.services.alerts
    alerts._purged, alerts.clock = None, lambda: 1 << 60
    assert alerts.maintain()


def verify_without_clock(signer: Webhook, body: bytes, headers: Mapping[str, str]) -> None:
    """Check a signature as its library does, whatever the time of the message."""
    with pytest.MonkeyPatch.context() as patch:
        at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), tz=UTC)
        patch.setattr(Webhook, "_Webhook__verify_timestamp", lambda *_: at)
        signer.verify(body, dict(headers))


def may_fetch_again(server: Any) -> None:
    """Let the keys of issuers be fetched again, as if the last time were long ago."""
    for keys in server.application.services.tokens._remote.values():
        keys._tried = float("-inf")


def at_clock(engine: Any, moment: int) -> Any:
    """The engine, whose clock stands still at an instant (µs) from now on."""
    own = engine if isinstance(engine, ClickHouseEngine) else duckdb_engine(engine)
    own._clock = lambda: moment
    return engine
