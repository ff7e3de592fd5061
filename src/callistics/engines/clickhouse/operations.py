"""What a migration of a ClickHouse server or cluster is made of.

There are no transactions: every operation may be applied again, and a migration that was cut off
is begun anew. Python steps see the schema of their own number.

On a cluster a sharded table is replicated `<name>_local` tables, and `<name>` spreads over them by
merchant, so that a merchant's calls and leads share a shard; other tables are replicated whole on
every node.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from callistics.engines.clickhouse.connection import Client
from callistics.engines.clickhouse.long_values import batches
from callistics.errors import EngineError

REBUILD_DUE = "rebuild_due"
"""The table that is there as long as a rebuild is due."""
_ENGINE = re.compile(r"ENGINE = (\w*MergeTree)(?:\(([\w, ]+)\))?")
_REPEATABLE = re.compile(r"IF (?:NOT )?EXISTS\b|(?:MODIFY|MATERIALIZE|COMMENT|UPDATE|DELETE)\b")
_DEFINING = re.compile(r"\s*(?:CREATE|ALTER|DROP|RENAME|TRUNCATE|OPTIMIZE|EXCHANGE)\b", re.I)
_ON_CLUSTER = "{on_cluster}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The cluster's name, None on one server, and whether each table is sharded."""

    cluster: str | None
    sharded: dict[str, bool]

    @property
    def on_cluster(self) -> str:
        """` ON CLUSTER name`, or nothing."""
        return "" if self.cluster is None else f" ON CLUSTER {self.cluster}"

    def stored(self, table: str) -> str:
        """The table that has the rows. Raises `EngineError` for one that no migration makes."""
        if table not in self.sharded:
            raise EngineError(f"no migration makes a table {table}")
        return f"{table}_local" if self.cluster and self.sharded[table] else table


@dataclass(frozen=True, slots=True)
class Database:
    """What operations work on."""

    client: Client
    layout: Layout


class Operation(ABC):
    """One operation of a migration; doing it twice comes to the same as doing it once."""

    @abstractmethod
    def statements(self, layout: Layout) -> Iterator[str]:
        """What it executes, as far as that does not depend on the data."""

    def apply(self, database: Database) -> None:
        """Do it. Raises `EngineError`, `Unavailable`, `TimedOut`."""
        for statement in self.statements(database.layout):
            database.client.command(statement)


@dataclass(frozen=True, slots=True)
class CreateTable(Operation):
    """A table: sharded by merchant, or whole on every node.

    `definition` is all that stands behind the name, for one server: its engine is a MergeTree.
    """

    table: str
    definition: str
    sharded: bool

    def __post_init__(self) -> None:
        if not _ENGINE.search(self.definition):
            raise EngineError(f"{self.table}: no ENGINE = …MergeTree that could be replicated")

    def statements(self, layout: Layout) -> Iterator[str]:
        """The table, and on a cluster the one that spreads over the shards."""
        stored = layout.stored(self.table)
        definition = self.definition if layout.cluster is None else self._replicated()
        yield f"CREATE TABLE IF NOT EXISTS {stored}{layout.on_cluster} {definition}"
        if stored != self.table:
            yield (
                f"CREATE TABLE IF NOT EXISTS {self.table}{layout.on_cluster} AS {stored}\n"
                f"ENGINE = Distributed({layout.cluster}, currentDatabase(), {stored},"
                " cityHash64(merchant_id))"
            )

    def _replicated(self) -> str:
        shard, replica = ("{shard}", "{replica}") if self.sharded else ("all", "{shard}-{replica}")
        path = f"/clickhouse/tables/{shard}/{{database}}/{self.table}"

        def engine(found: re.Match[str]) -> str:
            arguments = [f"'{path}'", f"'{replica}'", *([found[2]] if found[2] else [])]
            return f"ENGINE = Replicated{found[1]}({', '.join(arguments)})"

        return _ENGINE.sub(engine, self.definition, count=1)


@dataclass(frozen=True, slots=True)
class Alter(Operation):
    """`ALTER TABLE table action`, on every node.

    Indices, TTLs, settings and rows are only where rows are stored: `columns` is false then.
    """

    table: str
    action: str
    columns: bool = True

    def __post_init__(self) -> None:
        if not _REPEATABLE.search(self.action):
            raise EngineError(f"{self.table}: {self.action}: cannot be repeated: IF [NOT] EXISTS")

    def statements(self, layout: Layout) -> Iterator[str]:
        """On the stored table, then on the one that spreads over the shards."""
        stored, done = layout.stored(self.table), "SETTINGS alter_sync = 2, mutations_sync = 2"
        yield f"ALTER TABLE {stored}{layout.on_cluster} {self.action} {done}"
        if self.columns and stored != self.table:
            yield f"ALTER TABLE {self.table}{layout.on_cluster} {self.action}"


class AddColumn(Alter):
    """A new last column: NULL, or the zero of its type, in every row unless it has a DEFAULT."""

    def __init__(self, table: str, column: str, type: str) -> None:  # noqa: A002
        super().__init__(table, f"ADD COLUMN IF NOT EXISTS {column} {type}")


def joined(operations: Iterable[Operation]) -> Iterator[Operation]:
    """The same, with new columns of one table that follow each other made by one statement."""
    for table, found in groupby(operations, _widened):
        if table is not None:
            yield Alter(table, ", ".join(one.action for one in found if isinstance(one, Alter)))
        else:
            yield from found


def _widened(operation: Operation) -> str | None:
    return operation.table if isinstance(operation, AddColumn) else None


@dataclass(frozen=True, slots=True)
class Recompute(Operation):
    """A column that is derived from another of the same row, by a function of each distinct value.

    The function is not called for NULL, which gives NULL.
    """

    table: str
    column: str
    source: str
    function: Callable[[str], str | None]

    def statements(self, layout: Layout) -> Iterator[str]:
        """Clears what is derived from NULL; the others depend on the data."""
        column, source = self.column, self.source
        action = f"UPDATE {column} = NULL WHERE {source} IS NULL AND {column} IS NOT NULL"
        yield from Alter(self.table, action, columns=False).statements(layout)

    def apply(self, database: Database) -> None:
        """Update the rows whose value is another now, a number of distinct values at a time."""
        pairs = self._pairs(database.client)
        if any(source is None and old is not None for source, old in pairs):
            Operation.apply(self, database)
        stale = sorted({one for one, old in pairs if one is not None and self.function(one) != old})
        for sources in batches(stale) if stale else ():
            derived = [self.function(source) for source in sources]
            for statement in self._update().statements(database.layout):
                database.client.command(statement, {"sources": sources, "derived": derived})

    def _pairs(self, client: Client) -> list[tuple[str | None, str | None]]:
        rows = client.query(f"SELECT DISTINCT {self.source}, {self.column} FROM {self.table}")
        return [(source, derived) for source, derived in rows.result_rows]

    def _update(self) -> Alter:
        action = (
            f"UPDATE {self.column} = transform({self.source}, {{sources:Array(String)}},"
            f" {{derived:Array(Nullable(String))}}, {self.column})"
            f" WHERE {self.source} IN {{sources:Array(String)}}"
        )
        return Alter(self.table, action, columns=False)


@dataclass(frozen=True, slots=True)
class Sql(Operation):
    """Any one statement, executed on the node that is connected to.

    One that defines something has ` ON CLUSTER …` where `{on_cluster}` stands.
    """

    text: str

    def __post_init__(self) -> None:
        if _DEFINING.match(self.text) and _ON_CLUSTER not in self.text:
            raise EngineError(f"{self.text}: is to be done on every node: {_ON_CLUSTER}")

    def statements(self, layout: Layout) -> Iterator[str]:
        """The statement."""
        yield self.text.replace(_ON_CLUSTER, layout.on_cluster)


@dataclass(frozen=True, slots=True)
class RunPython(Operation):
    """A function of the open database, which may be called again after it was cut off."""

    function: Callable[[Database], None]

    def statements(self, layout: Layout) -> Iterator[str]:  # noqa: ARG002
        """None that are known beforehand."""
        return iter(())

    def apply(self, database: Database) -> None:
        """Call it."""
        self.function(database)


@dataclass(frozen=True, slots=True)
class Rebuild(Operation):
    """All that is derived is recomputed, once, when every migration has been applied.

    That it is due is what a table says by being there, which outlives a process that is killed.
    """

    def statements(self, layout: Layout) -> Iterator[str]:
        """Make the table."""
        yield (
            f"CREATE TABLE IF NOT EXISTS {REBUILD_DUE}{layout.on_cluster} (due UInt8) ENGINE = Null"
        )
