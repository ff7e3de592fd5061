"""The migrations make the tables that the declared fields want, on every engine."""

import re
from collections.abc import Mapping

import pytest

from callistics.engines.clickhouse import column_types as clickhouse
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.clickhouse.migrate import describe as described
from callistics.engines.duckdb import column_types
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.migrate import describe, migrate
from callistics.records.field_types import Storage
from support import inside
from support.store import opened

TABLES = ("calls", "calls_held", "lead_records")
DICTIONARY = re.compile(r"^LowCardinality\((.*)\)$")


@pytest.mark.parametrize("table", TABLES)
def test_duckdb(table: str) -> None:
    with connect(":memory:") as connection:
        migrate(connection)
        assert dict(describe(connection, table)) == column_types.RECORD_TABLES[table]


def test_clickhouse() -> None:
    with opened("chdb") as store:
        assert isinstance(store.engine, ClickHouseEngine)
        found = {
            table: dict(described(inside.server_writer(store.engine), table)) for table in TABLES
        }
    wanted = clickhouse.RECORD_TABLES
    assert found["calls"] == wanted["calls"]
    for table in ("calls_held", "lead_records"):
        assert plain(found[table]) == wanted[table]


def plain(columns: Mapping[str, str]) -> dict[str, str]:
    """Types without the dictionary that a small table may have."""
    return {name: DICTIONARY.sub(r"\1", kind) for name, kind in columns.items()}


def test_every_kind_of_value_has_a_type() -> None:
    assert column_types.TYPES.keys() == clickhouse.TYPES.keys() == set(Storage)
