"""Overwriting the free blocks of the file: what is freed keeps its bytes until it is used again.

Blocks of rows are filled by a table of random numbers. Those of metadata, parts of which are free
while others are in use, are filled by a long comment, which is metadata itself.
"""

import secrets
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager

from callistics.engines.duckdb.writer import WriteConnection

Quiet = Callable[[], AbstractContextManager[bool]]
"""Lets nobody else read or write for a moment; whether that came about."""

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
_DROP = f"DROP TABLE IF EXISTS {_FILLER}"


class FreeBlocks:
    """Overwrites what is free in the file, in pieces, while others read and write."""

    def __init__(self, writer: WriteConnection, quiet: Quiet) -> None:
        self._writer, self._quiet = writer, quiet

    def overwrite(self) -> Generator[None]:
        """Overwrite what is free now."""
        # Those that were left behind: by a process that was killed, or as the disk was full.
        self.give_back()
        try:
            # What one checkpoint frees the next one uses.
            for _ in range(2):
                yield from self._metadata()
            yield from self._blocks()
        finally:
            self.give_back()
        yield from self.settled()

    def settled(self) -> Generator[None]:
        """Have a checkpoint made that frees all there is to free."""
        while True:
            with self._quiet() as quiet:
                if quiet and self._writer.checkpoint():
                    return
            yield

    def give_back(self) -> None:
        """Let go of the blocks that were filled."""
        with self._writer.lock, self._writer.transaction() as connection:
            connection.execute(_DROP)

    def _metadata(self) -> Generator[None]:
        with self._writer.lock, self._writer.transaction() as connection:
            parts = self._number(_FREE_PARTS)
            text = secrets.token_hex((parts + _MORE_PARTS) * _METADATA_PART // 2)
            connection.execute(f"CREATE TABLE {_FILLER} (x DOUBLE)")
            connection.execute(f"COMMENT ON TABLE {_FILLER} IS '{text}'")
        yield from self.settled()
        self.give_back()
        yield from self.settled()

    def _blocks(self) -> Generator[None]:
        with self._writer.lock:
            with self._writer.transaction() as connection:
                connection.execute(f"CREATE TABLE {_FILLER} (x DOUBLE)")
            left = self._number(_FREE)
        while left > 0:
            with self._writer.lock:
                self._fill(min(left, _PIECE))
            left -= _PIECE
            yield
        while True:
            with self._quiet() as quiet:
                if quiet and self._filled_up():
                    return
            yield

    def _filled_up(self) -> bool:
        """Fill what is free yet, while nobody else writes; whether nothing is free in the end."""
        for _ in range(_ROUNDS):
            if not self._writer.checkpoint():
                return False
            free = self._number(_FREE)
            if not free:
                return True
            self._fill(min(free, _PIECE))
        return False

    def _fill(self, blocks: int) -> None:
        numbers = f"SELECT random() * 1e18 + random() FROM range({blocks * _PER_BLOCK})"
        with self._writer.transaction() as connection:
            connection.execute(f"INSERT INTO {_FILLER} {numbers}")

    def _number(self, sql: str) -> int:
        ((number,),) = self._writer.connection.execute(sql).fetchall()
        return int(number)
