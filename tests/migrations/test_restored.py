"""What is restored from a backup of an engine answers as it did, of this schema or an older one."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from callistics.engines.clickhouse import dump as on_server
from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.engines.duckdb import dump as in_file
from callistics.engines.registry import open_engine, restoring
from callistics.errors import EngineError
from callistics.queries import registry
from callistics.settings import Settings
from support import inside
from support.backups import HeldSource, back_up, dsn_of, kept_in, restore_into
from support.store import Store, opened

from .frozen import ANSWER, COMMITS, KEY, POLICY, connected, send, thaw

BOTH = pytest.mark.parametrize("engine", ["duckdb", "chdb"])
MORE = COMMITS[1][0], [COMMITS[1][1][0] | {"call_id": "later"}]


def answers(store: Store) -> list[object]:
    """Every query type, plain and of one value of payloads, on roll-ups and on records."""
    found: list[object] = []
    for name, kind in registry().items():
        for filters in ({}, {"payload_filters": {"city": "Pune"}}):
            body = {"query_type": name, **kind.example, "filters": filters}
            found += [store.ask(body, rollups=rollups, at=store.now) for rollups in (True, False)]
    return found


def everything(store: Store, engine: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is in a backup, and of leads, which are derived."""
    with store.engine.dumping() as dump:
        tables = {part.table for part in dump.parts()}
    final = {"kept_answers", "webhook_bodies"}
    if engine == "duckdb":
        return {name: store.dump(name) for name in {*tables, "leads"}}
    client = inside.server_writer(store.engine)
    return {
        name: sorted(
            client.query(
                f"SELECT * EXCEPT ({'sign, version' if name == 'leads' else ''})"  # noqa: S608
                f" FROM {name} {'' if name in final else 'FINAL'}".replace(" EXCEPT ()", "")
            ).result_rows,
            key=repr,
        )
        for name in tables - {"calls"}
    }


@BOTH
def test_what_is_restored_is_the_state_when_the_backup_was_begun(
    engine: str, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path / "backups")
    with opened(engine, POLICY, tmp_path / "a.db") as store:
        send(store, COMMITS)
        with store.engine.writing() as session:
            session.keep_receipt(*ANSWER)
            session.save_keys([KEY])
            session.save_token_secret("a secret")
        before, rows = answers(store), everything(store, engine)
        source = HeldSource(
            store.engine, tmp_path, lambda asked: send(store, [MORE]) if asked == 1 else None
        )
        made = back_up(kept, source)
        assert answers(store) != before
    restore_into(kept, made.manifest, dsn_of(engine, tmp_path / "b.db"), tmp_path)
    with opened(engine, POLICY, tmp_path / "b.db") as restored:
        restored.now = 2_000_000_000_000_000
        assert everything(restored, engine) == rows
        restored.now = 1_900_000_000_000_000 + (len(COMMITS) + 1) * 1_000_000
        assert answers(restored) == before
        assert restored.engine.load_keys() == [KEY]
        assert restored.engine.load_token_secret() == "a secret"


@BOTH
def test_a_backup_of_a_newer_version_is_refused(engine: str, tmp_path: Path) -> None:
    place = restoring(dsn_of(engine, tmp_path / "new.db"))
    with pytest.raises(EngineError, match="newer than this version's"), place.loading(999):
        pass


@BOTH
def test_one_of_an_older_schema_is_brought_forward(engine: str, tmp_path: Path) -> None:
    thaw(engine, tmp_path / "old.db")
    if engine == "duckdb":
        connection = duckdb.connect(str(tmp_path / "old.db"))
        dumping: Any = in_file.dump(connection)
    else:
        dumping = on_server.dump(
            lambda: connected(engine, tmp_path / "old.db"), CommitGate(1), None
        )
    place = restoring(dsn_of(engine, tmp_path / "new.db"))
    with dumping as dump:
        assert dump.schema == 1
        with place.loading(1) as loading:
            for part in dump.parts():
                dump.write(part, tmp_path / "part")
                assert loading.insert(part.table, tmp_path / "part") == part.rows
    if engine == "duckdb":
        connection.close()
    open_engine(Settings(engine=place.unfinished)).close()
    place.finish()
    with opened(engine, POLICY, tmp_path / "old.db") as old:
        old.now = 2_000_000_000_000_000
        before = answers(old)
    with opened(engine, POLICY, tmp_path / "new.db") as new:
        new.now = 2_000_000_000_000_000
        assert answers(new) == before


def test_all_that_is_stored_is_backed_up_or_derived() -> None:
    with opened() as store:
        names = {name for (name,) in inside.execute(store.engine, "SHOW TABLES")}
    kept = {name for name in names if in_file.is_backed_up(name)}
    assert names >= in_file.DERIVED_TABLES
    assert {name for name in names - kept if not name.startswith(in_file.DERIVED_PREFIX)} == {
        *in_file.DERIVED_TABLES,
        "schema_migrations",
    }
    with opened("chdb") as store:
        rows = inside.server_writer(store.engine).query("SHOW TABLES").result_rows
        others = {str(name) for (name,) in rows}
    assert {name for name in others if not on_server.is_backed_up(name)} == {
        *on_server.DERIVED_TABLES,
        "schema_migrations",
    }
    # What the engines keep of the same things they keep in tables of the same names.
    assert kept ^ {name for name in others if on_server.is_backed_up(name)} == {"key_uses"}
