"""What migrations may be made of: all of it is run or refused, on a server as on a cluster."""

import re
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from callistics.engines.clickhouse import migrate as clickhouse
from callistics.engines.clickhouse import operations as on_server
from callistics.engines.clickhouse.operations import AddColumn as AddServerColumn
from callistics.engines.clickhouse.operations import Alter, CreateTable
from callistics.engines.clickhouse.operations import Sql as ServerSql
from callistics.engines.duckdb import operations as in_file
from callistics.engines.migrations import Migration, load
from callistics.errors import EngineError
from callistics.records.outcomes import outcome_key

from .frozen import connected

TABLES = """-- Words about it.
-- sharded
CREATE TABLE spread (
    merchant_id String
) ENGINE = MergeTree
ORDER BY merchant_id;

-- everywhere
CREATE TABLE whole (
    id String
) ENGINE = ReplacingMergeTree
ORDER BY id;
"""
DONE = "SETTINGS alter_sync = 2, mutations_sync = 2"
ALL_KINDS: tuple[on_server.Operation, ...] = (
    AddServerColumn("spread", "agent_id", "Nullable(String)"),
    AddServerColumn("whole", "agent_id", "Nullable(String)"),
    Alter("spread", "ADD INDEX IF NOT EXISTS of (agent_id) TYPE bloom_filter", columns=False),
    ServerSql("INSERT INTO whole (id) SELECT 'x' WHERE 'x' NOT IN (SELECT id FROM whole)"),
    ServerSql("CREATE VIEW IF NOT EXISTS some{on_cluster} AS SELECT id FROM whole"),
    on_server.Recompute("spread", "agent_id", "merchant_id", str.upper),
    on_server.RunPython(lambda database: database.client.command("OPTIMIZE TABLE whole FINAL")),
    on_server.Rebuild(),
)
ON_A_SERVER = [
    f"ALTER TABLE spread ADD COLUMN IF NOT EXISTS agent_id Nullable(String) {DONE}",
    f"ALTER TABLE whole ADD COLUMN IF NOT EXISTS agent_id Nullable(String) {DONE}",
    f"ALTER TABLE spread ADD INDEX IF NOT EXISTS of (agent_id) TYPE bloom_filter {DONE}",
    "INSERT INTO whole (id) SELECT 'x' WHERE 'x' NOT IN (SELECT id FROM whole)",
    "CREATE VIEW IF NOT EXISTS some AS SELECT id FROM whole",
    "ALTER TABLE spread UPDATE agent_id = NULL"
    f" WHERE merchant_id IS NULL AND agent_id IS NOT NULL {DONE}",
    "CREATE TABLE IF NOT EXISTS rebuild_due (due UInt8) ENGINE = Null",
]
ON_A_CLUSTER = [
    "ALTER TABLE spread_local ON CLUSTER c"
    f" ADD COLUMN IF NOT EXISTS agent_id Nullable(String) {DONE}",
    "ALTER TABLE spread ON CLUSTER c ADD COLUMN IF NOT EXISTS agent_id Nullable(String)",
    f"ALTER TABLE whole ON CLUSTER c ADD COLUMN IF NOT EXISTS agent_id Nullable(String) {DONE}",
    "ALTER TABLE spread_local ON CLUSTER c"
    f" ADD INDEX IF NOT EXISTS of (agent_id) TYPE bloom_filter {DONE}",
    "INSERT INTO whole (id) SELECT 'x' WHERE 'x' NOT IN (SELECT id FROM whole)",
    "CREATE VIEW IF NOT EXISTS some ON CLUSTER c AS SELECT id FROM whole",
    "ALTER TABLE spread_local ON CLUSTER c UPDATE agent_id = NULL"
    f" WHERE merchant_id IS NULL AND agent_id IS NOT NULL {DONE}",
    "CREATE TABLE IF NOT EXISTS rebuild_due ON CLUSTER c (due UInt8) ENGINE = Null",
]


def both(*operations: on_server.Operation) -> list[Migration[on_server.Operation]]:
    return [
        Migration(1, "tables", clickhouse.tables(TABLES)),
        Migration(2, "changes", operations),
    ]


@pytest.mark.parametrize(("cluster", "wanted"), [(None, ON_A_SERVER), ("c", ON_A_CLUSTER)])
def test_statements_of_every_kind(cluster: str | None, wanted: list[str]) -> None:
    before = clickhouse.ddl(cluster, both())
    found = clickhouse.ddl(cluster, both(*ALL_KINDS))
    assert found[: len(before)] == before
    assert found[len(before) :] == wanted


def test_a_server_has_the_tables_of_a_script_as_they_stand_there() -> None:
    script = resources.files(clickhouse.PACKAGE).joinpath("0001_initial.sql").read_text()
    bare = re.sub(r"^--.*\n", "", script, flags=re.MULTILINE).strip()
    _, *found = clickhouse.ddl(None, clickhouse.known()[:1])
    assert [text + ";" for text in found] == [
        statement.replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS")
        for statement in re.split(r"\n\n+", bare)
    ]


def test_every_kind_may_be_done_again(tmp_path: Path) -> None:
    client = connected("chdb", tmp_path)
    try:
        assert clickhouse.migrate(client, None, both(*ALL_KINDS)) == [1, 2]
        client.command("INSERT INTO spread (merchant_id) VALUES ('a'), ('b')")
        database = on_server.Database(client, clickhouse.layout_of(both(), None))
        for operation in ALL_KINDS * 2:
            operation.apply(database)
        assert clickhouse.describe(client, "spread")[1] == ("agent_id", "Nullable(String)")
        rows = client.query("SELECT * FROM spread ORDER BY ALL").result_rows
        assert [tuple(row) for row in rows] == [("a", "A"), ("b", "B")]
        assert client.query("SELECT count() FROM some").result_rows == [(1,)]
    finally:
        client.close()


def test_many_long_values_are_derived_anew(tmp_path: Path) -> None:
    client = connected("chdb", tmp_path)
    try:
        clickhouse.migrate(client, None)
        outcomes = [f"no-answer '{n}\\' {'é' * 2_000}" for n in range(40)]
        client.command(
            "INSERT INTO calls (merchant_id, outcome, outcome_key, version, sign)"
            " SELECT 'm', arrayJoin({outcomes:Array(String)}), 'old', 1, 1"
            " UNION ALL SELECT 'n', NULL, 'old', 1, 1",
            {"outcomes": outcomes},
        )
        database = on_server.Database(client, clickhouse.layout_of(clickhouse.known(), None))
        on_server.Recompute("calls", "outcome_key", "outcome", outcome_key).apply(database)
        rows = client.query("SELECT outcome, outcome_key FROM calls").result_rows
        assert dict(map(tuple, rows)) == {
            None: None,
            **{outcome: outcome_key(outcome) for outcome in outcomes},
        }
    finally:
        client.close()


def test_columns_that_follow_each_other_are_one_alteration() -> None:
    column = "ADD COLUMN IF NOT EXISTS {} Nullable(Int8)".format
    names = [("spread", "a"), ("spread", "b"), ("whole", "c"), ("spread", "d")]
    added = [AddServerColumn(table, name, "Nullable(Int8)") for table, name in names]
    index = Alter("spread", "ADD INDEX IF NOT EXISTS of (a) TYPE minmax", columns=False)
    assert list(on_server.joined([*added, index, index])) == [
        Alter("spread", f"{column('a')}, {column('b')}"),
        Alter("whole", column("c")),
        Alter("spread", column("d")),
        index,
        index,
    ]


REFUSED = {
    "what a script has beside tables": lambda: clickhouse.tables(
        TABLES + "ALTER TABLE whole ADD COLUMN IF NOT EXISTS x String;\n"
    ),
    "a table without a mark": lambda: clickhouse.tables(TABLES.replace("-- sharded\n", "")),
    "a table that cannot be replicated": lambda: CreateTable("x", "(a Int8) ENGINE = Log", False),
    "an alteration that cannot be repeated": lambda: Alter("whole", "ADD COLUMN x String"),
    "a definition on one node alone": lambda: ServerSql("DROP TABLE IF EXISTS whole"),
    "an alteration of no table": lambda: clickhouse.ddl(
        None, both(AddServerColumn("hole", "x", "String"))
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_not_be_done_is_refused(case: str) -> None:
    with pytest.raises(EngineError):
        REFUSED[case]()


def test_a_migration_that_cannot_be_done_changes_nothing(tmp_path: Path) -> None:
    client = connected("chdb", tmp_path)
    with pytest.raises(EngineError, match="no migration makes a table hole"):
        clickhouse.migrate(client, None, both(AddServerColumn("hole", "x", "String")))
    assert client.query("SHOW TABLES").result_rows == []
    client.close()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package of migrations, empty yet."""
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "some_migrations"
    folder.mkdir()
    (folder / "__init__.py").touch()
    yield folder
    for name in [name for name in sys.modules if name.startswith("some_migrations")]:
        del sys.modules[name]


def loaded() -> list[Migration[in_file.Operation]]:
    return load("some_migrations", in_file.Operation, lambda text: (in_file.Sql(text),))


MODULE = "from callistics.engines.{}.operations import Sql\nOPERATIONS = {}\n"
GOOD = MODULE.format("duckdb", "(Sql('SELECT 1'),)")


def test_scripts_and_modules_are_loaded_in_order(package: Path) -> None:
    (package / "m0002_second.py").write_text(GOOD)
    (package / "0001_first.sql").write_text("SELECT 1")
    operations = (in_file.Sql("SELECT 1"),)
    assert loaded() == [Migration(1, "first", operations), Migration(2, "second", operations)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0001_text.txt", "SELECT 1"),
        ("first.sql", "SELECT 1"),
        ("m0001_script.sql", "SELECT 1"),
        ("0001_module.py", GOOD),
        ("0002_the_first_is_missing.sql", "SELECT 1"),
        ("m0001_nothing.py", ""),
        ("m0001_empty.py", "OPERATIONS = ()"),
        ("m0001_list.py", MODULE.format("duckdb", "[Sql('SELECT 1')]")),
        ("m0001_text.py", "OPERATIONS = ('SELECT 1',)"),
        ("m0001_of_another_engine.py", MODULE.format("clickhouse", "(Sql('SELECT 1'),)")),
    ],
)
def test_a_file_that_is_no_migration_is_refused(package: Path, name: str, text: str) -> None:
    (package / name).write_text(text)
    with pytest.raises(EngineError, match="some_migrations: "):
        loaded()


def test_a_number_is_given_once(package: Path) -> None:
    for name in ("0001_a.sql", "0001_b.sql"):
        (package / name).write_text("SELECT 1")
    with pytest.raises(EngineError, match="numbered"):
        loaded()
