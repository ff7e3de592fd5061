"""What is read: a table or a query, its columns, and those that say what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

from callistics.cli.root import Failure
from callistics.cli.syncing.connecting import asking
from callistics.cli.syncing.values import is_read
from callistics.errors import did_you_mean

TIMES = frozenset({"timestamp with time zone", "timestamp without time zone"})
DATE = "date"
SOURCE = "source"
"""What is read, by the name that it has in statements."""
_WHOLE = frozenset({"smallint", "integer", "bigint"})
# A column that is made wider keeps its values, and their order.
_WIDENED = {**dict.fromkeys(_WHOLE, "whole number"), "character varying": "text"}
_FIND = "SELECT c.oid::int8, c.oid::regclass::text FROM pg_class c WHERE c.oid = to_regclass(%s)"
_NAMES = """
SELECT relname FROM pg_class WHERE pg_table_is_visible(oid) AND relkind IN ('r', 'v', 'm', 'p', 'f')
"""
_KEY = """
SELECT a.attname FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place),
pg_attribute a WHERE i.indrelid = %s AND i.indisprimary AND a.attrelid = i.indrelid
AND a.attnum = k.number ORDER BY k.place
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column with the name of its type, and whether its values can be taken."""

    name: str
    type: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What the command line says of what is read."""

    table: str | None
    query: str | None
    cursor: str
    tie: tuple[str, ...] = ()
    deleted: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or a query, as what it is read by; `tie` tells rows of one cursor value apart."""

    name: str
    source: sql.Composable
    columns: tuple[Column, ...]
    cursor: Column
    tie: tuple[Column, ...]
    deleted: Column | None = None

    @property
    def names(self) -> list[str]:
        """The names of its columns."""
        return [column.name for column in self.columns]

    @property
    def counts(self) -> bool:
        """Whether the cursor is a whole number, else it is a time or a date."""
        return self.cursor.type in _WHOLE

    @property
    def key_types(self) -> tuple[str, ...]:
        """The types of the cursor and the tie, by which a position is read and compared."""
        return tuple(_WIDENED.get(one.type, one.type) for one in (self.cursor, *self.tie))

    @property
    def needs_zone(self) -> bool:
        """Whether the cursor is a time that leaves open which zone it is of."""
        return self.cursor.type in ("timestamp without time zone", DATE)


def relation(connection: Connection[Any], given: Given) -> Relation:
    """Look up what is to be read. Raises `Failure` where something is not there."""
    with asking():
        if given.query is None:
            assert given.table is not None
            oid, name = _table(connection, given.table)
            text = name
            key = [row[0] for row in connection.execute(_KEY, (oid,))]
        else:
            name, key = "the query", list[str]()
            text = "(\n{}\n)".format(given.query.strip().removesuffix(";"))
        # A name that is quoted already, or what the user asks.
        inside = sql.SQL(text)  # pyright: ignore[reportArgumentType]
        source = sql.SQL("{} AS {}").format(inside, sql.Identifier(SOURCE))
        columns = _columns(connection, source)
    cursor = _named("--cursor", given.cursor, columns, name)
    if cursor.type not in TIMES | _WHOLE | {DATE}:
        raise Failure(
            f'--cursor: "{cursor.name}" is of the type {cursor.type}; it must be a time, a date or'
            " a whole number that grows with every change of a row"
        )
    tie = tuple(_named("--tie", one, columns, name) for one in given.tie or key)
    if not tie:
        raise Failure(
            f"{name} has no primary key: name a column that tells rows of the same"
            f" {cursor.name} apart with --tie"
        )
    deleted = None if given.deleted is None else _named("--deleted", given.deleted, columns, name)
    return Relation(name, source, columns, cursor, tie, deleted)


def _table(connection: Connection[Any], name: str) -> tuple[int, str]:
    quoted = '"{}"'.format(name.replace('"', '""'))
    for one in (name, quoted):
        row = connection.execute(_FIND, (one,)).fetchone()
        if row is not None:
            return int(row[0]), str(row[1])
    known = [str(row[0]) for row in connection.execute(_NAMES)]
    raise Failure(f"--table: there is no table {name}{did_you_mean(name, known)}")


def _columns(connection: Connection[Any], source: sql.Composable) -> tuple[Column, ...]:
    found = connection.execute(sql.SQL("SELECT * FROM {} LIMIT 0").format(source)).description
    types = [(one.name, one.type_code) for one in found or ()]
    return tuple(
        Column(name, _type(connection, oid), is_read(connection, oid)) for name, oid in types
    )


def _type(connection: Connection[Any], oid: int) -> str:
    row = connection.execute("SELECT format_type(%s, NULL)", (oid,)).fetchone()
    assert row is not None
    return str(row[0])


def _named(option: str, name: str, columns: Sequence[Column], where: str) -> Column:
    found = next((column for column in columns if column.name == name), None)
    if found is None:
        hint = did_you_mean(name, [column.name for column in columns])
        raise Failure(f'{option}: {where} has no column "{name}"{hint}')
    return found
