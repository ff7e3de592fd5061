"""A sync that cannot be: a sentence that says what to do, and nothing stored."""

from pathlib import Path

import pytest

from support.live import free_port
from support.postgres import PASSWORD, Database

from .conftest import Run
from .syncing import CALLS, TENANT, insert, sync


@pytest.fixture
def calls(database: Database) -> Database:
    database.run(CALLS)
    insert(database, 1)
    return database


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--cursor", "updatd_at"), 'no column "updatd_at", did you mean "updated_at"?'),
        (("--cursor", "outcome"), '"outcome" is of the type text; it must be a time'),
        (("--table", "cals"), 'there is no table cals, did you mean "calls"?'),
        (("--table", "Calls.x.y.z.w"), "improper relation name"),
        (("--tie", "id"), '--tie: calls has no column "id"'),
        (("--deleted", "gone"), '--deleted: calls has no column "gone"'),
        (("--map", "outcome=result"), '--map: there is no column "result"'),
        (("--drop", "outcome", "--drop", "x"), '--drop: there is no column "x"'),
        (("--overlap", "5 minutes"), "a time such as 30s, 5m or 2h"),
        (("--overlap", "5"), "a time such as 30s, 5m or 2h"),
        (("--query", "SELECT 1"), "give either --table or --query"),
        (("--deleted", "deleted_at", "--set", "test=true"), "nothing else can fill test"),
        (("--deleted", "deleted_at", "--kind", "leads"), "leads have no field"),
        (("--timezone", "Asia/Kolkatta"), "did you mean"),
        (("--tie", "call_id,"), "--tie: a name is empty"),
    ],
)
def test_options_that_do_not_fit(
    options: tuple[str, ...], message: str, run: Run, calls: Database
) -> None:
    given = ("--table", "calls", "--cursor", "updated_at", *TENANT, "--drop", "deleted_at")
    result = run("sync", calls.dsn, *given, *options, code=None)
    assert result.exit_code in {1, 2}
    assert message in result.output
    assert PASSWORD not in result.output


def test_columns_that_are_unknown(run: Run, calls: Database) -> None:
    calls.run("ALTER TABLE calls ADD outcom text")
    shown = sync(run, calls, code=1)
    assert 'columns that calls do not have:\n  "outcom", did you mean "outcome"?' in shown


def test_a_table_without_a_key(run: Run, calls: Database) -> None:
    calls.run("CREATE VIEW seen AS SELECT * FROM calls")
    shown = sync(run, calls, "--table", "seen", code=1)
    assert "seen has no primary key: name a column that tells rows of the same updated_at" in shown
    assert "1 stored" in sync(run, calls, "--table", "seen", "--tie", "call_id")


def test_names_that_need_quotes(run: Run, calls: Database) -> None:
    calls.run('CREATE SCHEMA "My App"; ALTER TABLE calls SET SCHEMA "My App"')
    calls.run('ALTER TABLE "My App".calls RENAME updated_at TO "Updated ""At"""')
    named = ("--table", '"My App".calls', "--cursor", 'Updated "At"')
    assert "1 stored" in sync(run, calls, *named)
    assert "0 received" in sync(run, calls, *named, "--overlap", "0")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (PASSWORD, "wrong", "password authentication failed"),
        ("postgres:", "nobody:", "password authentication failed"),
        ("postgresql://", "mysql://", "must look like postgresql://user@host:5432/database"),
    ],
)
def test_a_database_that_does_not_let_in(
    old: str, new: str, message: str, run: Run, calls: Database
) -> None:
    calls.dsn = calls.dsn.replace(old, new)
    shown = sync(run, calls, code=1)
    assert message in shown
    assert PASSWORD not in shown


def test_a_database_that_is_not_there(run: Run) -> None:
    dsn = f"postgresql://u:{PASSWORD}@127.0.0.1:{free_port()}/d"
    shown = run("sync", dsn, "--table", "t", "--cursor", "c", code=1).output
    assert "cannot connect to 127.0.0.1:" in shown
    assert PASSWORD not in shown


def test_a_table_that_may_not_be_read(run: Run, calls: Database, folder: Path) -> None:
    calls.run(f"CREATE ROLE reader_{calls.name} LOGIN PASSWORD '{PASSWORD}'")
    calls.dsn = calls.dsn.replace("postgres:", f"reader_{calls.name}:", 1)
    calls.dsn = calls.dsn.replace(f"reader_{calls.name}://", "postgres://")
    assert "permission denied for table calls" in sync(run, calls, code=1)
    assert not (folder / "callistics.db").exists()


def test_a_query_only_reads(run: Run, calls: Database) -> None:
    query = "SELECT 1) AS x; DELETE FROM calls; SELECT * FROM (SELECT 2"
    given = ("--query", query, "--cursor", "c", "--tie", "c", "--name", "n")
    assert "PostgreSQL: " in run("sync", calls.dsn, *given, code=1).output
    assert "1 stored" in sync(run, calls)


def test_without_the_package(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callistics.cli.commands.sync.find_spec", lambda _: None)
    shown = run("sync", "postgresql://h/d", "--table", "t", "--cursor", "c", code=1).output
    assert "pip install '.[postgresql]'" in shown


def test_a_query_needs_a_name(run: Run) -> None:
    given = ("--query", "SELECT 1", "--cursor", "c")
    assert "--query needs --name" in run("sync", "postgresql://h/d", *given, code=2).output
