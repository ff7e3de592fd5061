"""What is restored from a backup of an engine answers as it did, of this schema or an older one."""

from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from callistics.engines.clickhouse import dump as on_server
from callistics.engines.clickhouse.commit_gate import CommitGate
from callistics.engines.duckdb import dump as in_file
from callistics.engines.duckdb.connecting import connect
from callistics.engines.dump import Dump
from callistics.engines.registry import open_engine, restoring
from callistics.errors import EngineError
from callistics.model.webhooks import (
    BodyResult,
    BodyState,
    KeptBody,
    StoredEndpoint,
    WebhookChanges,
)
from callistics.queries import registry
from callistics.settings import Settings
from support import inside
from support.backups import HeldSource, back_up, dsn_of, kept_in, restore_into
from support.store import Store, opened

from .frozen import ANSWER, COMMITS, KEY, POLICY, connected, send, thaw

BODIES = [
    KeptBody(f"body_{n}", "end_1", 1_740_000_000_000_000 + n * 10**12, "text/x", bytes(range(256)))
    for n in range(5)
]
WEBHOOKS = WebhookChanges(
    [StoredEndpoint("end_1", "0" * 64, "vapi", secrets=("s",), created_at=7)],
    [BodyResult("body_1", 9, BodyState.DEAD, "no id")],
)
BOTH = pytest.mark.parametrize("engine", ["duckdb", "chdb"])
MORE = COMMITS[1][0], [COMMITS[1][1][0] | {"call_id": "later"}]


def answers(store: Store) -> list[object]:
    """Every query type, plain and of one value of payloads, on roll-ups and on records."""
    ways = (True, False) if store.engine.rollups else (False,)
    found: list[object] = []
    for name, kind in registry().items():
        for filters in ({}, {"payload_filters": {"city": "Pune"}}):
            body = {"query_type": name, **kind.example, "filters": filters}
            found += [store.ask(body, rollups=way, at=2 * 10**15) for way in ways]
    return found


def everything(store: Store, engine: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is in a backup, and of leads, which are derived."""
    with store.engine.dumping() as dump:
        tables = {part.table for part in dump.parts()}
    final = {"kept_answers", "webhook_bodies"}
    if engine == "duckdb":
        return {name: store.dump(name) for name in {*tables, "leads"} - {"audit_log"}}
    client = inside.server_writer(store.engine)
    return {
        name: sorted(
            client.query(
                f"SELECT * EXCEPT ({'sign, version' if name == 'leads' else ''})"  # noqa: S608
                f" FROM {name} {'' if name in final else 'FINAL'}".replace(" EXCEPT ()", "")
            ).result_rows,
            key=repr,
        )
        for name in tables - {"calls", "audit_log"}
    }


@BOTH
def test_what_is_restored_is_the_state_when_the_backup_was_begun(
    engine: str, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path / "backups")
    with opened(engine, POLICY, tmp_path / "a.db") as store:
        send(store, COMMITS)
        store.engine.keep_bodies(BODIES)
        with store.engine.writing() as session:
            session.keep_receipt(*ANSWER)
            session.save_keys([KEY])
            session.save_token_secret("a secret")
            session.save_webhooks(WEBHOOKS)
        before, calls, rows = answers(store), store.rows("call_count"), everything(store, engine)
        source = HeldSource(
            store.engine, tmp_path, lambda asked: send(store, [MORE]) if asked == 1 else None
        )
        made = back_up(kept, source)
        assert store.rows("call_count") != calls
    restore_into(kept, made.manifest, dsn_of(engine, tmp_path / "b.db"), tmp_path)
    with opened(engine, POLICY, tmp_path / "b.db") as restored:
        assert everything(restored, engine) == rows
        assert answers(restored) == before
        assert restored.engine.load_keys() == [KEY]
        assert restored.engine.load_token_secret() == "a secret"


@BOTH
def test_a_backup_of_a_newer_version_is_refused(engine: str, tmp_path: Path) -> None:
    place = restoring(dsn_of(engine, tmp_path / "new.db"))
    with pytest.raises(EngineError, match="newer than this version's"), place.loading(999):
        pass


@contextmanager
def dumping(engine: str, path: Path) -> Generator[Dump]:
    """What is in a database, which nobody brings to another schema."""
    if engine == "duckdb":
        with connect(path) as connection, in_file.dump(connection) as dump:
            yield dump
    else:
        opening = partial(connected, engine, path)
        with on_server.dump(opening, CommitGate(1), None) as dump:
            yield dump


@BOTH
def test_one_of_an_older_schema_is_brought_forward(engine: str, tmp_path: Path) -> None:
    thaw(engine, tmp_path / "old.db")
    place = restoring(dsn_of(engine, tmp_path / "new.db"))
    with dumping(engine, tmp_path / "old.db") as dump:
        assert dump.schema == 1
        with place.loading(1) as loading:
            for part in dump.parts():
                dump.write(part, tmp_path / "part")
                assert loading.insert(part.table, tmp_path / "part") == part.rows
    open_engine(Settings(engine=place.unfinished)).close()
    place.finish()
    found = [answered(engine, tmp_path / name) for name in ("old.db", "new.db")]
    assert found[0] == found[1] != []


def answered(engine: str, path: Path) -> list[dict[str, Any]]:
    with opened(engine, POLICY, path) as store:
        types = ("call_count", "outcome_distribution", "conversion_funnel", "retry_analysis")
        return [row for name in types for row in store.rows(name)]


def test_tables_of_maintenance_are_in_no_backup_and_do_not_change_it(tmp_path: Path) -> None:
    with opened(path=tmp_path / "a.db") as store:
        send(store, COMMITS)
        with store.engine.dumping() as dump:
            before = dump.parts()
            inside.execute(store.engine, "CREATE TABLE filler (x DOUBLE)")
            inside.execute(store.engine, "CREATE TABLE renewed_calls AS FROM calls LIMIT 1")
            inside.execute(store.engine, "DROP TABLE calls")
            inside.execute(store.engine, "ALTER TABLE renewed_calls RENAME TO calls")
            assert dump.parts() == before
            for part in before:
                dump.write(part, tmp_path / "part")
                assert pq.read_metadata(tmp_path / "part").num_rows == part.rows
        with store.engine.dumping() as dump:
            assert {part.table for part in dump.parts()} == {part.table for part in before}


def test_all_that_is_stored_is_backed_up_or_derived() -> None:
    with opened() as store:
        names = {name for (name,) in inside.execute(store.engine, "SHOW TABLES")}
    kept = {name for name in names if in_file.is_backed_up(name)}
    assert names >= in_file.DERIVED_TABLES
    assert {name for name in names - kept if not name.startswith(in_file.DERIVED_PREFIX)} == {
        *in_file.DERIVED_TABLES,
        "schema_migrations",
        "overwriting_due",
    }
    with opened("chdb") as store:
        rows = inside.server_writer(store.engine).query("SHOW TABLES").result_rows
        others = {str(name) for (name,) in rows}
    assert {name for name in others if not on_server.is_backed_up(name)} == {
        *on_server.DERIVED_TABLES,
        "schema_migrations",
        # What is still to be overwritten is not there any more in a new database.
        "overwriting_due",
    }
    # What the engines keep of the same things they keep in tables of the same names.
    assert kept ^ {name for name in others if on_server.is_backed_up(name)} == {"key_uses"}
