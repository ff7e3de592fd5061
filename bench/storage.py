"""How the bytes of a database divide among tables and columns."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from bench.designs.store import opened_session

Column = tuple[str, str]
"""Table and column."""

_SEGMENTS = """
SELECT column_name, block_id, block_offset, coalesce(len(additional_block_ids), 0)
FROM pragma_storage_info('{table}') WHERE persistent AND block_id >= 0
"""
_PARTS = """
SELECT table, column, sum(column_data_compressed_bytes) FROM system.parts_columns
WHERE active AND database NOT IN ('system') GROUP BY ALL
"""
HOW = {
    "duckdb": (
        "Bytes of columns: DuckDB tells in which block of 256 KiB a segment begins and where; its"
        " size is taken to reach to the next segment of that block or to the block's end, and what"
        " is left over in a block counts for its last segment. The sum is exact but for metadata."
    ),
    "chdb": (
        "Bytes of columns: compressed bytes of the active parts. A part of few rows does not tell"
        " its columns apart and is counted with the metadata."
    ),
}


def by_column(engine: str, path: Path) -> Mapping[Column, int]:
    """Bytes on disk of every column; the database must not be open elsewhere."""
    return _duckdb(path) if engine == "duckdb" else _chdb(path)


def _duckdb(path: Path) -> dict[Column, int]:
    with duckdb.connect(str(path), read_only=True) as connection:
        (size,) = _rows(connection, "SELECT block_size FROM pragma_database_size()")
        tables = [name for (name,) in _rows(connection, "SELECT table_name FROM duckdb_tables()")]
        segments = [
            (block, offset, (table, column), more)
            for table in tables
            for column, block, offset, more in _rows(connection, _SEGMENTS.format(table=table))
        ]
    return _spans(segments, size[0])


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql).fetchall()


def _spans(segments: list[tuple[int, int, Column, int]], block_size: int) -> dict[Column, int]:
    """Segments are (block, offset in it, column, blocks of their own beside)."""
    found: dict[Column, int] = defaultdict(int)
    segments.sort()
    following = [*((block, offset) for block, offset, _, _ in segments[1:]), (-1, 0)]
    for (block, offset, column, more), (next_block, next_offset) in zip(
        segments, following, strict=True
    ):
        end = next_offset if next_block == block else block_size
        found[column] += end - offset + more * block_size
    return dict(found)


def _chdb(path: Path) -> dict[Column, int]:
    with opened_session(path) as session:
        lines = str(session.query(_PARTS, "TabSeparated")).splitlines()
    return {(table, column): int(size) for table, column, size in _fields(lines)}


def _fields(lines: list[str]) -> Iterator[list[str]]:
    return (line.split("\t") for line in lines)
