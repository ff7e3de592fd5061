"""Overwriting the free blocks of the file: what is freed keeps its bytes until it is used again.

Blocks of rows are filled by a table of random numbers. Those of metadata, parts of which are free
while others are in use, are filled by a long comment, which is metadata itself.
"""

import secrets
from collections.abc import Generator

import duckdb

_FILLER = "filler"
# A block has room for so many numbers, which nothing compresses.
_PER_BLOCK = 32_000
# So many blocks are filled at a time.
_PIECE = 64
# A comment is written into parts of blocks of this size.
_METADATA_PART = 4_096
_MORE_PARTS = 8
_ROUNDS = 20
_FREE = "SELECT free_blocks FROM pragma_database_size() WHERE database_name = current_database()"
_FREE_PARTS = "SELECT coalesce(sum(free_blocks), 0)::BIGINT FROM pragma_metadata_info()"


class NotFilledError(Exception):
    """Others were faster to free blocks than these could be filled."""


def drop_filler(connection: duckdb.DuckDBPyConnection) -> None:
    """Give the filled blocks back."""
    connection.execute(f"DROP TABLE IF EXISTS {_FILLER}")


def overwrite_metadata(connection: duckdb.DuckDBPyConnection) -> None:
    """Overwrite what is free in blocks of metadata; nobody else may write meanwhile."""
    # What one checkpoint frees the next one uses.
    for _ in range(2):
        ((parts,),) = connection.execute(_FREE_PARTS).fetchall()
        text = secrets.token_hex((parts + _MORE_PARTS) * _METADATA_PART // 2)
        connection.execute(f"CREATE TABLE {_FILLER} (x DOUBLE)")
        connection.execute(f"COMMENT ON TABLE {_FILLER} IS '{text}'")
        connection.execute("CHECKPOINT")
        drop_filler(connection)
        connection.execute("CHECKPOINT")


def fill(connection: duckdb.DuckDBPyConnection) -> Generator[None]:
    """Fill blocks that are free now, a piece at a time, while others write."""
    connection.execute(f"CREATE TABLE {_FILLER} (x DOUBLE)")
    left = _free(connection)
    while left > _PIECE:
        _insert(connection, _PIECE)
        left -= _PIECE
        yield


def fill_up(connection: duckdb.DuckDBPyConnection) -> None:
    """Fill all blocks that are free yet; nobody else may write meanwhile.

    Raises `NotFilledError`.
    """
    for _ in range(_ROUNDS):
        connection.execute("CHECKPOINT")
        free = _free(connection)
        if not free:
            return
        _insert(connection, free)
    raise NotFilledError


def _free(connection: duckdb.DuckDBPyConnection) -> int:
    ((free,),) = connection.execute(_FREE).fetchall()
    return int(free)


def _insert(connection: duckdb.DuckDBPyConnection, blocks: int) -> None:
    connection.execute(
        f"INSERT INTO {_FILLER} SELECT random() * 1e18 + random() FROM range({blocks * _PER_BLOCK})"
    )
