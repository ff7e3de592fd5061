"""From a DSN to an engine, and what is said where that fails."""

import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from callistics.engines.base import Engine
from callistics.engines.clickhouse.dsn import Address
from callistics.engines.diagnosis import Diagnosis
from callistics.engines.duckdb.connecting import connect
from callistics.engines.duckdb.tuning import Tuning
from callistics.engines.registry import database_file, diagnose, file_dsn, key_file, open_engine
from callistics.errors import EngineError
from callistics.settings import Settings
from support import engines, inside
from support.store import opened


def looked_at(dsn: str) -> Diagnosis:
    return diagnose(Settings(engine=dsn))


def refusal(dsn: str) -> str:
    with pytest.raises(EngineError) as caught:
        open_engine(Settings(engine=dsn))
    return str(caught.value)


def test_an_unknown_engine_is_refused_with_a_hint() -> None:
    assert 'did you mean "clickhouse"' in refusal("clickhose://host")
    assert "duckdb:///path/file.db" in refusal("postgres://host")


@pytest.mark.parametrize("dsn", ["duckdb://", "duckdb:///folder/", "chdb://", "chdb:///"])
def test_a_dsn_that_names_no_place_is_refused(dsn: str) -> None:
    assert "names no" in refusal(dsn)


@pytest.mark.parametrize("dsn", ["clickhouse://127.0.0.1:1/db", "chdb://memory"])
def test_a_driver_that_is_missing_is_named(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "clickhouse_connect", None)
    assert "pip install '.[clickhouse]'" in refusal(dsn)
    assert ("chdb" in refusal(dsn).partition("installed:")[2]) == dsn.startswith("chdb")


def test_a_server_that_is_not_there_is_told_in_the_systems_words() -> None:
    message = refusal("clickhouse://me:secret@127.0.0.1:1/db")
    assert message == "cannot open clickhouse://127.0.0.1:1/db: Connection refused"


def test_no_password_is_shown() -> None:
    assert "secret" not in Address("clickhouse://me:secret@host:8123/db").shown


def test_a_clusters_name_is_checked() -> None:
    assert "letters, digits" in refusal("clickhouse://host/db?cluster=a;DROP")


def test_files_of_embedded_and_other_engines(tmp_path: Path) -> None:
    file = tmp_path / "a b.db"
    assert database_file(file_dsn(file)) == file
    assert key_file(file_dsn(file)) == tmp_path / "a b.db.admin-key"
    assert database_file("clickhouse://host/db") is None
    assert key_file("clickhouse://host/db") == Path.cwd() / "callistics.admin-key"


@pytest.mark.parametrize("size", ["4GB", "4GiB", "512MB", "1.5G", "80%"])
def test_a_limit_of_memory(size: str, tmp_path: Path) -> None:
    settings = Settings(engine=engines.dsn("chdb", tmp_path), memory_limit=size)
    if "%" in size:
        with pytest.raises(EngineError, match="takes a size"):
            open_engine(settings)
        return
    open_engine(settings).close()


def test_a_database_is_looked_at_without_being_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"
    found = looked_at(file_dsn(file))
    assert found.engine.startswith("DuckDB ")
    assert "not there yet" in found.problems[0]
    assert not file.exists()


def test_a_database_is_looked_at_while_it_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "some.db"
    open_engine(Settings(engine=file_dsn(file))).close()
    found = looked_at(file_dsn(file))
    assert not found.problems
    assert dict(found.facts)["calls"] == "0"


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    file = tmp_path / "text.db"
    file.write_text("no database at all" * 100)
    assert looked_at(file_dsn(file)).problems


def test_a_server_that_cannot_be_reached_is_a_problem() -> None:
    assert "Connection refused" in looked_at("clickhouse://127.0.0.1:1/db").problems[0]


def test_a_fresh_chdb_has_no_tables_until_it_is_opened(tmp_path: Path) -> None:
    dsn = engines.dsn("chdb", tmp_path)
    assert "no tables yet" in looked_at(dsn).problems[0]
    engine = open_engine(Settings(engine=dsn))
    assert not looked_at(dsn).problems
    engine.close()


def test_more_rows_are_fetched_by_themselves_from_a_larger_file(
    tmp_path: Path,
) -> None:
    small = Tuning(file_bytes_per_row_fetched=1_000)
    path = tmp_path / "x.db"

    def listed(engine: Engine) -> int:
        select = "SELECT current_setting('dynamic_or_filter_threshold')"
        ((found,),) = inside.execute(engine, select)
        return int(found)

    with opened(path=path, tuning=small) as store:
        assert listed(store.engine) <= 50 * 1.25
        call = {"call_id": "c1", "merchant_id": "m", "started_at": "2025-01-01T10:00:00Z"}
        store.send("calls", [call])
    size = path.stat().st_size
    with opened(path=path, tuning=small) as store:
        engine = store.engine
        assert listed(engine) == size // 1_000 > 50 * 1.25
        # The connection is lost in the middle of a commit.
        with pytest.raises(duckdb.ConnectionException), engine.writing():
            inside.writer_of(engine).close()
        assert listed(engine) == size // 1_000


@pytest.mark.parametrize("table", ["figures", "main.figures", "memory.main.figures"])
def test_a_missing_table_is_not_read_from_a_variable(table: str) -> None:
    """DuckDB 2.0.0 reads a variable of the last part of a name, however that is qualified.

    Source: findings/a-qualified-table-is-a-python-variable.sh.
    """
    figures = pa.table({"count": [1]})
    assert figures.num_rows == 1
    with connect(":memory:") as connection, pytest.raises(duckdb.CatalogException):
        connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
    with duckdb.connect() as unguarded:
        assert unguarded.execute(f"SELECT count(*) FROM {table}").fetchall() == [(1,)]  # noqa: S608
