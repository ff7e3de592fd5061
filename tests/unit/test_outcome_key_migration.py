"""A database whose keys of outcomes were made by an earlier version answers as a new one does."""

from pathlib import Path

import pytest

from callistics.engines.clickhouse import migrate as schema
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.duckdb.migrate import migrate
from support import inside
from support.engines import ENGINES, ROLLUP_TABLES
from support.store import Store, opened

# What an earlier version had: upper case, `-` and space as `_`.
_OLD = "replaceAll(replaceAll(upper(outcome), '-', '_'), ' ', '_')"
_TABLES = ("calls", "calls_held")
_SUMS = tuple(table for table in ROLLUP_TABLES if "outcomes" in table or "call_changes" in table)
_OUTCOMES = ("no_answer ", "", "?", "Busy.", "customer-did-not-answer", "CONFIRMED", None)


def _send(store: Store, first: int) -> None:
    fields = {"merchant_id": "m", "reseller_id": "r", "started_at": "2026-01-15T09:00:00Z"}
    records = [
        {"call_id": f"c{first + number}", "outcome": outcome, "test": number % 2 > 0} | fields
        for number, outcome in enumerate(_OUTCOMES * 2)
    ]
    store.send("calls", records)


def _age(store: Store) -> None:
    if isinstance(store.engine, DuckDBEngine):
        old = _OLD.replace("replaceAll", "replace")
        for table in (*_TABLES, *_SUMS):
            inside.execute(store.engine, f"UPDATE {table} SET outcome_key = {old}")  # noqa: S608
        inside.execute(store.engine, "DELETE FROM schema_migrations WHERE number = 2")
        return
    command = inside.server_writer(store.engine).command
    for table in _TABLES:
        command(
            f"ALTER TABLE {table} UPDATE outcome_key = {_OLD} WHERE 1 SETTINGS mutations_sync = 2"
        )
    command("DELETE FROM schema_migrations WHERE number = 2")


def _upgrade(store: Store) -> list[int]:
    if isinstance(store.engine, DuckDBEngine):
        return migrate(inside.writer_of(store.engine))
    return schema.migrate(inside.server_writer(store.engine), None)


@pytest.mark.parametrize("engine", ENGINES)
def test_old_keys_are_made_anew(engine: str) -> None:
    with opened(engine) as store:
        tables = (*_TABLES, *(_SUMS if store.engine.rollups else ()))
        # Some of the sums are merged, others are still among the changes.
        for first in (0, 100):
            _send(store, first)
            if not first:
                store.maintain()
        before = [store.dump(table) for table in tables]
        right = store.rows("retry_analysis")
        assert [row["successes"] for row in right] == [2]
        _age(store)
        assert store.rows("retry_analysis") != right
        assert _upgrade(store)[0] == 2
        assert store.rows("retry_analysis") == right
        assert store.ask({"query_type": "retry_analysis"}, rollups=False)["data"] == right
        assert [store.dump(table) for table in tables] == before


def test_a_file_is_brought_up_to_date_when_it_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    with opened(path=file) as store:
        _send(store, 0)
        right = store.rows("retry_analysis")
        _age(store)
        assert store.rows("retry_analysis") != right
    with opened(path=file) as store:
        assert store.rows("retry_analysis") == right
