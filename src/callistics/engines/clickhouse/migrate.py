"""Bringing a server or a cluster to the schema this version knows.

A script of migrations has `CREATE TABLE` statements alone, written for one server: each is marked
`-- sharded` or `-- everywhere`.
"""

import re
from collections.abc import Sequence

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.operations import (
    REBUILD_DUE,
    CreateTable,
    Database,
    Layout,
    Operation,
    joined,
)
from callistics.engines.migrations import Migration, load, missing
from callistics.errors import EngineError

PACKAGE = "callistics.engines.clickhouse.migrations"
Migrations = Sequence[Migration[Operation]]
_STATEMENT = re.compile(
    r"^-- (sharded|everywhere)\nCREATE TABLE (\w+) (.*?);$", re.DOTALL | re.MULTILINE
)
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)
_APPLIED = CreateTable(
    "schema_migrations",
    """(
    number UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY number""",
    sharded=False,
)


def known() -> list[Migration[Operation]]:
    """Every migration of this version, in order."""
    return load(PACKAGE, Operation, tables)


def tables(script: str) -> tuple[Operation, ...]:
    """The tables of a script. Raises `EngineError` if there is anything else in it."""
    rest = _COMMENT.sub("", _STATEMENT.sub("", script)).strip()
    if rest:
        raise EngineError(f"a script makes marked tables and nothing else: {rest.splitlines()[0]}")
    return tuple(
        CreateTable(table, definition, placing == "sharded")
        for placing, table, definition in _STATEMENT.findall(script)
    )


def layout_of(migrations: Migrations, cluster: str | None) -> Layout:
    """Which tables there are, and how they are spread. Raises `EngineError` for unknown ones."""
    operations = [_APPLIED, *(one for each in migrations for one in each.operations)]
    made = {one.table: one.sharded for one in operations if isinstance(one, CreateTable)}
    return Layout(cluster, made)


def ddl(cluster: str | None, migrations: Migrations = ()) -> list[str]:
    """Every statement that makes the tables from nothing. Raises `EngineError`."""
    migrations = migrations or known()
    layout = layout_of(migrations, cluster)
    operations = [_APPLIED, *(one for each in migrations for one in each.operations)]
    return [statement for one in operations for statement in one.statements(layout)]


def migrate(client: Client, cluster: str | None, migrations: Migrations = ()) -> list[int]:
    """Apply what is missing, in order; returns the numbers. Raises `EngineError` if too new.

    `migrations` are those of this version unless given. There are no transactions: every operation
    may be done again, and a migration counts once its row is in the table of migrations.
    """
    migrations = migrations or known()
    # All of them are looked at before anything is changed.
    ddl(cluster, migrations)
    database = Database(client, layout_of(migrations, cluster))
    _APPLIED.apply(database)
    rows = client.query("SELECT number FROM schema_migrations FINAL").result_rows
    applied = missing(migrations, {int(number) for (number,) in rows})
    # Where there is nothing yet no migration takes long, and all of them are noted at once.
    for each in [applied] if len(applied) == len(migrations) else [[one] for one in applied]:
        _apply(database, each)
    return [migration.number for migration in applied]


def _apply(database: Database, migrations: Migrations) -> None:
    for operation in joined(one for each in migrations for one in each.operations):
        operation.apply(database)
    database.client.command(
        "INSERT INTO schema_migrations (number, name)"
        " SELECT number, name FROM (SELECT 1)"
        " ARRAY JOIN {numbers:Array(UInt32)} AS number, {names:Array(String)} AS name",
        {
            "numbers": [migration.number for migration in migrations],
            "names": [migration.name for migration in migrations],
        },
    )


def rebuild_due(client: Client) -> bool:
    """Whether a migration has asked for a rebuild that has not come to its end."""
    # A number is always there: an answer that was lost is not taken for "no".
    ((tables,),) = client.query(
        "SELECT count() FROM system.tables "
        "WHERE database = currentDatabase() AND name = {table:String}",
        {"table": REBUILD_DUE},
    ).result_rows
    return bool(tables)


def rebuild_done(client: Client, cluster: str | None) -> None:
    """Note that the rebuild came to its end."""
    client.command(f"DROP TABLE IF EXISTS {REBUILD_DUE}{Layout(cluster, {}).on_cluster} SYNC")


def describe(client: Client, table: str) -> list[tuple[str, str]]:
    """Name and type of each column that a table really has, in order; none if there is no table."""
    rows = client.query(
        "SELECT name, type FROM system.columns WHERE database = currentDatabase() "
        "AND table = {table:String} ORDER BY position",
        {"table": table},
    ).result_rows
    return [(str(name), str(type_)) for name, type_ in rows]
