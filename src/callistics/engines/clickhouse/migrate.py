"""The tables, on one server or on a cluster, and bringing them to the schema this version knows.

A migration is written for one server. On a cluster a table marked `-- sharded` becomes replicated
`<name>_local` tables, and `<name>` spreads over them by merchant, so that a merchant's calls and
leads share a shard; one marked `-- everywhere` is replicated whole on every node.
"""

import re
from collections.abc import Iterator

from callistics.engines.clickhouse.connection import Client
from callistics.engines.migrations import Migration, load, missing

PACKAGE = "callistics.engines.clickhouse.migrations"
_STATEMENT = re.compile(
    r"^-- (sharded|everywhere)\nCREATE TABLE (\w+) (.*?);$", re.DOTALL | re.MULTILINE
)
_ENGINE = re.compile(r"ENGINE = (\w*MergeTree)(?:\(([\w, ]+)\))?")
_LEDGER = """-- everywhere
CREATE TABLE schema_migrations (
    number UInt32,
    name String,
    applied_at DateTime64(6, 'UTC') DEFAULT now64(6, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY number;
"""


def ddl(cluster: str | None) -> list[str]:
    """Every statement that makes the tables from nothing."""
    scripts = [_LEDGER, *(migration.sql for migration in load(PACKAGE))]
    return [statement for script in scripts for statement in statements(script, cluster)]


def migrate(client: Client, cluster: str | None) -> list[int]:
    """Apply what is missing, in order; returns the numbers. Raises `EngineError` if too new.

    There are no transactions: every statement may be run again, and a migration counts once its
    row is in the ledger.
    """
    for statement in statements(_LEDGER, cluster):
        client.command(statement)
    rows = client.query("SELECT number FROM schema_migrations FINAL").result_rows
    applied = missing(load(PACKAGE), {int(number) for (number,) in rows})
    for migration in applied:
        _apply(client, migration, cluster)
    return [migration.number for migration in applied]


def _apply(client: Client, migration: Migration, cluster: str | None) -> None:
    for statement in statements(migration.sql, cluster):
        client.command(statement)
    client.command(
        "INSERT INTO schema_migrations (number, name) VALUES ({number:UInt32}, {name:String})",
        {"number": migration.number, "name": migration.name},
    )


def statements(sql: str, cluster: str | None) -> Iterator[str]:
    """The statements of a migration, for one server or for the cluster named."""
    for placing, name, rest in _STATEMENT.findall(sql):
        if cluster is None:
            yield f"CREATE TABLE IF NOT EXISTS {name} {rest}"
        elif placing == "everywhere":
            path = f"/clickhouse/tables/all/{{database}}/{name}"
            engine = _replicated(rest, path, "{shard}-{replica}")
            yield f"CREATE TABLE IF NOT EXISTS {name} ON CLUSTER {cluster} {engine}"
        else:
            path = f"/clickhouse/tables/{{shard}}/{{database}}/{name}"
            engine = _replicated(rest, path, "{replica}")
            yield f"CREATE TABLE IF NOT EXISTS {name}_local ON CLUSTER {cluster} {engine}"
            yield (
                f"CREATE TABLE IF NOT EXISTS {name} ON CLUSTER {cluster} AS {name}_local\n"
                f"ENGINE = Distributed({cluster}, currentDatabase(), {name}_local,"
                " cityHash64(merchant_id))"
            )


def _replicated(rest: str, path: str, replica: str) -> str:
    def engine(found: re.Match[str]) -> str:
        arguments = [f"'{path}'", f"'{replica}'", *([found[2]] if found[2] else [])]
        return f"ENGINE = Replicated{found[1]}({', '.join(arguments)})"

    return _ENGINE.sub(engine, rest, count=1)


def local(table: str, cluster: str | None) -> str:
    """Where rows of a sharded table are deleted: the table itself, or its parts on every shard."""
    return table if cluster is None else f"{table}_local ON CLUSTER {cluster}"
