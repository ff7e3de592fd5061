"""A database of the first schema, brought to the newest, and to one beyond, answers as it did."""

# pyright: reportArgumentType=false

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callistics.engines.base import Engine
from callistics.engines.clickhouse import migrate as clickhouse
from callistics.engines.clickhouse import operations as on_server
from callistics.engines.clickhouse.engine import ClickHouseEngine
from callistics.engines.duckdb import migrate as embedded
from callistics.engines.duckdb import operations as in_file
from callistics.engines.duckdb.engine import DuckDBEngine
from callistics.engines.migrations import Migration
from callistics.engines.registry import diagnose, file_dsn
from callistics.errors import EngineError
from callistics.records.outcomes import outcome_key
from callistics.settings import Settings
from support import inside
from support.engines import ENGINES, database, open_for_test
from support.store import Store, opened

from .frozen import ANSWER, FIXTURES, KEY, LATER, POLICY, connected, send, thaw

LINES = (FIXTURES / "answers.ndjson").read_text(encoding="utf-8").splitlines()
FROZEN: list[dict[str, Any]] = [json.loads(line) for line in LINES]
# Every table that both engines have is given a column more.
WIDER = ("calls", "calls_held", "leads", "lead_records", "access_keys", "kept_answers", "arrivals")
# What is derived from outcomes is as if it had been derived in another way.
WRONG_KEYS = "UPDATE {}outcome_key = NULL WHERE outcome = 'SALE'"
BEYOND: dict[str, Callable[[], Migration[Any]]] = {
    "duckdb": lambda: Migration(len(embedded.known()) + 1, "beyond", (
        *(in_file.AddColumn(table, "beyond", "VARCHAR") for table in WIDER),
        in_file.AddColumn("payload_keys", "beyond", "VARCHAR"),
        in_file.Sql(WRONG_KEYS.format("calls SET ")),
        in_file.Recompute("calls", "outcome_key", "outcome", outcome_key),
        in_file.RunPython(lambda connection: connection.execute(
            "UPDATE leads SET statuses = ['wrong']")),
        in_file.Rebuild(),
    )),
    "chdb": lambda: Migration(len(clickhouse.known()) + 1, "beyond", (
        *(on_server.AddColumn(table, "beyond", "Nullable(String)") for table in WIDER),
        on_server.Alter("calls", WRONG_KEYS.format(""), columns=False),
        on_server.Recompute("calls", "outcome_key", "outcome", outcome_key),
        on_server.RunPython(lambda database: database.client.command(
            "ALTER TABLE leads UPDATE statuses = ['wrong'] WHERE true "
            "SETTINGS mutations_sync = 2")),
        on_server.Rebuild(),
    )),
}  # fmt: skip


def go_beyond(patch: pytest.MonkeyPatch, engine: str) -> list[Migration[Any]]:
    """A version with one migration more."""
    module = embedded if engine == "duckdb" else clickhouse
    later = BEYOND["duckdb" if engine == "duckdb" else "chdb"]()
    migrations: list[Migration[Any]] = [*module.known(), later]
    patch.setattr(module, "known", lambda: migrations)
    return migrations


def check(store: Store, when: str) -> None:
    """The answers are those that were frozen, with and without roll-ups where there are any."""
    ways = (True, False) if store.engine.rollups else (False,)
    for one in FROZEN:
        if one["when"] == when:
            for rollups in ways:
                answer = store.ask(one["ask"], rollups=rollups)
                assert answer["data"] == one["data"], one["ask"]


def columns(engine: Engine, table: str) -> list[tuple[str, str]]:
    if isinstance(engine, DuckDBEngine):
        return embedded.describe(inside.writer_of(engine), table)
    return clickhouse.describe(inside.server_writer(engine), table)


@pytest.mark.parametrize("beyond", [False, True])
@pytest.mark.parametrize("engine", [*ENGINES, "wire"])
def test_it_answers_as_before(
    engine: str, beyond: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    thaw(engine, path)
    if beyond:
        go_beyond(monkeypatch, engine)
    with opened(engine, POLICY, path) as store:
        assert ("beyond" in dict(columns(store.engine, "calls"))) == beyond
        check(store, "stored")
        assert store.engine.load_keys() == [KEY]
        with store.engine.writing() as session:
            assert session.kept_receipt(*ANSWER[:2]) == ANSWER[2]
            session.keep_receipt("key_1", "again", ANSWER[2])
            session.save_keys([KEY])
        send(store, LATER)
        check(store, "later")
    with opened(engine, POLICY, path) as store:
        assert store.engine.migrated == []  # type: ignore[attr-defined]
        check(store, "later")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_new_database_has_the_tables_of_one_that_was_migrated(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_beyond(monkeypatch, engine)
    thaw(engine, tmp_path / "old.db")
    with opened(engine, path=tmp_path / "old.db") as old, opened(engine) as new:
        for table in WIDER:
            assert columns(old.engine, table) == columns(new.engine, table) != []
        assert columns(new.engine, "no_such_table") == []


@pytest.mark.parametrize("engine", ENGINES)
def test_a_newer_database_is_refused(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.db"
    with monkeypatch.context() as patch:
        newest = go_beyond(patch, engine)[-1].number
        with opened(engine, path=path):
            pass
    with pytest.raises(EngineError) as refused:
        open_for_test(engine, lambda: 1, path)
    sentence = f"schema {newest} is newer than this version's {newest - 1}: upgrade Callistics"
    assert str(refused.value) == sentence
    place = file_dsn(path) if engine == "duckdb" else database(engine, path)
    assert sentence in diagnose(Settings(engine=place)).problems


@pytest.mark.parametrize("engine", ENGINES)
def test_a_rebuild_that_was_cut_short_is_done_on_the_next_start(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    thaw(engine, path)
    go_beyond(monkeypatch, engine)
    kind = DuckDBEngine if engine == "duckdb" else ClickHouseEngine

    def fail(_: Engine) -> None:
        raise EngineError("cut short")

    with monkeypatch.context() as patch:
        patch.setattr(kind, "rebuild", fail)
        with pytest.raises(EngineError, match="cut short"):
            open_for_test(engine, lambda: 1, path)
    with opened(engine, POLICY, path) as store:
        check(store, "stored")
    monkeypatch.setattr(kind, "rebuild", fail)
    with opened(engine, POLICY, path) as store:
        check(store, "stored")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_migration_that_was_cut_off_is_begun_anew(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.db"
    thaw(engine, path)
    *former, whole = go_beyond(monkeypatch, engine)
    module: Any = embedded if engine == "duckdb" else clickhouse
    kind: Any = in_file if engine == "duckdb" else on_server

    def fail(_: object) -> None:
        raise EngineError("cut off")

    for count in range(0, len(whole.operations) + 1, 2):
        part = (*whole.operations[:count], kind.RunPython(fail))
        cut = [*former, Migration(whole.number, whole.name, part)]
        with monkeypatch.context() as patch:
            patch.setattr(module, "known", lambda cut=cut: cut)
            with pytest.raises(EngineError, match="cut off"):
                open_for_test(engine, lambda: 1, path)
    if engine == "duckdb":
        monkeypatch.setattr(module, "known", lambda: former)
        with opened(engine, path=path) as store:
            assert "beyond" not in dict(columns(store.engine, "calls"))
        monkeypatch.setattr(module, "known", lambda: [*former, whole])
    with opened(engine, POLICY, path) as store:
        assert store.engine.migrated == [whole.number]  # type: ignore[attr-defined]
        check(store, "stored")


def test_rollups_alone_are_filled_anew(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    thaw("duckdb", path)
    operations = (
        in_file.Sql("DELETE FROM rollup_times_days; DELETE FROM rollup_outcomes_days"),
        in_file.Rebuild(rollups=True),
    )
    with pytest.MonkeyPatch.context() as patch:
        known = embedded.known()
        more = Migration(len(known) + 1, "rollups", operations)
        patch.setattr(embedded, "known", lambda: [*known, more])
        with opened("duckdb", POLICY, path) as store:
            check(store, "stored")


def test_what_is_frozen_has_every_kind_of_row(tmp_path: Path) -> None:
    thaw("chdb", tmp_path / "x")
    client = connected("chdb", tmp_path / "x")
    tables = [str(name) for (name,) in client.query("SHOW TABLES").result_rows]
    assert all(client.query(f"SELECT * FROM {name} LIMIT 1").result_rows for name in tables)  # noqa: S608
    client.close()
