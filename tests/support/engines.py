"""Every engine that tests run on, and how each is opened and emptied for them."""

import hashlib
import itertools
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from callistics.catalog.rollups import CHANGES, ROLLUPS
from callistics.engines.base import Engine
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.tuning import DEFAULTS, Tuning
from support import inside
from support.wired import wire

SERVER = os.environ.get("CALLISTICS_TEST_CLICKHOUSE_URL")
"""DSN of a ClickHouse server to test on as well, such as `clickhouse://default@localhost:8123`."""

ENGINES = ("duckdb", "chdb", *(("clickhouse",) if SERVER else ()))
"""What every property is checked on; "wire" is chDB behind HTTP, for tests that ask for it."""
current = "duckdb"
"""The engine that servers are started on where a test does not say."""
RECORDS = ("calls", "calls_held", "lead_records", "leads")
ROLLUP_TABLES = (
    *CHANGES.values(),
    *(rollup.table(step) for rollup in ROLLUPS for step in rollup.steps),
)

_numbers = itertools.count()
_databases: dict[tuple[str, Path], str] = {}


def dsn(engine: str, folder: Path, *, own_process: bool = False) -> str:
    """The DSN of a folder's store: the same again for the same folder.

    chDB knows one place per process: in this one, stores are databases beside each other in
    memory, which stay until they are dropped; a process of its own has its data in the folder.
    """
    if engine == "duckdb":
        return f"duckdb://{folder}/test.db"
    if engine == "chdb" and own_process:
        return f"chdb://{folder}/chdb"
    return database(engine, folder)


def _beside(engine: str, name: str) -> str:
    if engine == "clickhouse":
        return f"{SERVER}?database={name}"
    if engine == "wire":
        return f"{wire().dsn}?database={name}"
    _in_process()
    return f"chdb://memory?database={name}"


@cache
def _in_process() -> Client:
    """A connection that keeps what is in memory until the process ends."""
    return clickhouse_connect.get_client(dsn="chdb://memory")


def drop(folder: Path) -> None:
    """Delete the databases in memory that stand for a folder or for what would be in it.

    Each has a file open for every table, and tasks in the background that take time.
    """
    for engine, path in [one for one in _databases if one[1].is_relative_to(folder)]:
        statement = f"DROP DATABASE IF EXISTS {_databases.pop((engine, path))} SYNC"
        if engine == "wire":
            wire().execute(statement)
        else:
            _in_process().command(statement)


IN_MEMORY = Path(":memory:")


def in_memory(engine: str) -> Path:
    """What `open_for_test` opens as a store of its own without a file."""
    return IN_MEMORY if engine == "duckdb" else Path(f"{os.getpid()}-{next(_numbers)}")


# Some records are then looked for by scans of their own, and more together.
AS_IF_LARGE = Tuning(
    rows_scanned_whole=5,
    rows_per_scan=3,
    changes_refreshed=1,
    loose_parts_merged=1,
    payload_names_listed=3,
)
"""What is worth its while where there are many rows is so from the first ones on."""


def database(engine: str, path: Path) -> str:
    """The DSN of a ClickHouse database: the same again for the same path."""
    name = "test_" + hashlib.sha256(str(path).encode()).hexdigest()[:16]
    if engine in ("chdb", "wire"):
        _databases[engine, path] = name
    return _beside(engine, name)


def open_for_test(
    engine: str, clock: Callable[[], int], path: Path, tuning: Tuning = DEFAULTS
) -> Engine:
    """A store with one reader and one thread, empty unless there is one of that path already."""
    options: dict[str, Any] = {"readers": 1, "threads": 1, "clock": clock}
    if engine == "duckdb":
        return DuckDBEngine(path, tuning=tuning, **options)
    return ClickHouseEngine(database(engine, path), **options)


def empty(engine: Engine) -> None:
    """Delete every record."""
    tables = (*RECORDS, *ROLLUP_TABLES) if engine.rollups else RECORDS
    for table in tables:
        if isinstance(engine, ClickHouseEngine):
            inside.server_writer(engine).command(f"TRUNCATE TABLE {table}")
        else:
            inside.execute(engine, f"DELETE FROM {table}")  # noqa: S608
    if not isinstance(engine, ClickHouseEngine):
        inside.execute(engine, "DELETE FROM payload_keys")
        inside.forget(inside.duckdb_engine(engine))


def empty_server(engine: Engine) -> None:
    """Delete every record of a server's engine, and what it answered to idempotency keys."""
    if isinstance(engine, ClickHouseEngine):
        empty(engine)
        inside.server_writer(engine).command("TRUNCATE TABLE kept_answers")
        return
    # The server's own writer may be at work.
    with inside.write_lock(engine):
        empty(engine)
        inside.execute(engine, "DELETE FROM kept_answers")


def rows_of(engine: Engine, table: str) -> list[dict[str, Any]]:
    """Every standing row of a table, in an order that depends on the rows alone.

    What depends on more does not come as it is: a lead's number comes as the leads that have it,
    and keys of payloads that are not listed among those that are.
    """
    if isinstance(engine, DuckDBEngine):
        cursor = inside.writer_of(engine).execute(f"FROM {table}")
        names = [column[0] for column in cursor.description or ()]
        rows = cursor.fetchall()
        if "lead_no" in names:
            rows = _with_leads(engine, rows, names.index("lead_no"))
    else:
        assert isinstance(engine, ClickHouseEngine)
        select = f"SELECT * EXCEPT (version, sign) FROM {table} FINAL"  # noqa: S608
        found = inside.server_writer(engine).query(select)
        names, rows = list(found.column_names), list(found.result_rows)
    return sorted((_as_listed(dict(zip(names, row, strict=True))) for row in rows), key=repr)


def _as_listed(row: dict[str, Any]) -> dict[str, Any]:
    apart = row.pop("payload_unlisted", None)
    for place, name in enumerate(("payload", "payload_orders") if apart else ()):
        more = {key: values[place] for key, values in apart.items() if values[place] is not None}
        row[name] = {**(row[name] or {}), **more} or None
    return row


def _with_leads(
    engine: DuckDBEngine, rows: list[tuple[Any, ...]], place: int
) -> list[tuple[Any, ...]]:
    found: dict[int, list[tuple[str, str]]] = {}
    numbers = "SELECT lead_no, merchant_id, lead_id FROM leads ORDER BY ALL"
    for number, *lead in inside.execute(engine, numbers):
        found.setdefault(number, []).append(tuple(lead))
    return [(*row[:place], found.get(row[place]), *row[place + 1 :]) for row in rows]
