"""Parquet files as lines of JSON: a record for each row, numbered from 1."""

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from callistics.errors import first_line
from callistics.files.encode import encoded
from callistics.files.lines import Line, UnreadableError
from callistics.files.mapping import Rules, TableMapper
from callistics.files.values import as_it_is, json_value
from callistics.model.json import decode

Read = Callable[[Any], object]

_ROWS = 5_000
_ZONED = "TIMESTAMP WITH TIME ZONE"
_PLAIN = ("varchar", "boolean", "tinyint", "smallint", "integer", "bigint", "decimal")


def parquet_lines(name: str, rules: Rules) -> Iterator[Line]:
    """The records of a Parquet file; nulls are absent.

    Raises `UnreadableError` where it cannot be read, or its columns and the rules do not fit.
    """
    with _opened() as connection:
        columns = _columns(connection, name)
        mapper = TableMapper(rules, [column for column, _ in columns])
        used = {cell.index for cell in mapper.cells}
        chosen = [_expression(index in used, *column) for index, column in enumerate(columns)]
        reads = [(index, reader(columns[index][1])) for index in sorted(used)]
        text = f"SELECT {', '.join(chosen)} FROM read_parquet(?)"  # noqa: S608 - quoted names
        found = connection.execute(text, [_literal(name)])
        number = 0
        while rows := found.fetchmany(_ROWS):
            for row in rows:
                number += 1
                yield _line(number, list(row), reads, mapper)


def row_count(name: str) -> int:
    """How many rows a file has, from its footer."""
    with _opened() as connection:
        text = "SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata(?)"
        found = connection.execute(text, [_literal(name)]).fetchone()
    return int(found[0]) if found else 0


@contextmanager
def _opened() -> Generator[duckdb.DuckDBPyConnection]:
    try:
        with duckdb.connect() as connection:
            # Casts of times with a zone follow the session's; in UTC they keep the instant.
            connection.execute("SET TimeZone = 'UTC'")
            yield connection
    except duckdb.Error as error:
        raise UnreadableError(f"cannot be read as Parquet: {first_line(error)}") from error


def _literal(name: str) -> str:
    """A file name that is not taken for a pattern."""
    return re.sub(r"([*?\[])", r"[\1]", name)


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, Any]]:
    found = connection.execute("SELECT * FROM read_parquet(?) LIMIT 0", [_literal(name)])
    return [(str(column[0]), column[1]) for column in found.description or []]


def _expression(used: bool, column: str, kind: object) -> str:
    name = '"' + column.replace('"', '""') + '"'
    if not used:
        return f"NULL AS {name}"
    # DuckDB hands out times with a zone only where another library is installed.
    return (
        f"CAST({name} AS {str(kind).replace(_ZONED, 'TIMESTAMP')})" if _ZONED in str(kind) else name
    )


def reader(kind: Any) -> Read:
    """How the values of a DuckDB type become JSON values; times with a zone get their `Z`."""
    if str(kind) == "JSON":
        return _decoded
    if kind.id in _PLAIN:
        return as_it_is
    if _ZONED not in str(kind):
        return json_value
    return _reader_of_zoned(kind)


def _reader_of_zoned(kind: Any) -> Read:
    if kind.id in ("list", "array"):
        item = _if_given(reader(kind.children[0][1]))
        return lambda values: [item(value) for value in values]
    if kind.id == "struct":
        members = {name: _if_given(reader(inner)) for name, inner in kind.children}
        return lambda values: _present({name: members[name](values[name]) for name in values})
    if kind.id == "map":
        item = _if_given(reader(kind.children[1][1]))
        return lambda values: _present({str(name): item(values[name]) for name in values})
    return lambda value: f"{json_value(value)}Z"


def _if_given(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _present(members: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value is not None}


def _decoded(text: str) -> object:
    return decode(text.encode())


def _line(number: int, row: list[Any], reads: list[tuple[int, Read]], mapper: TableMapper) -> Line:
    try:
        for index, read in reads:
            if row[index] is not None:
                row[index] = read(row[index])
        return encoded(number, mapper.record(row))
    except ValueError as error:
        return Line(number, b"", str(error))
