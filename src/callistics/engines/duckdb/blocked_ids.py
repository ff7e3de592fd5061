"""The blocked ids of the file, in memory: whoever writes looks there for every record."""

from collections.abc import Set

import duckdb

from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.erasures import NewBlocks


class BlockedIds:
    """In step with the tables `block_secret` and `blocked_ids`, for one writer at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        rows = connection.execute("SELECT secret FROM block_secret").fetchall()
        self._secret = next((bytes(secret) for (secret,) in rows), None)
        blocks = connection.execute("SELECT digest, until FROM blocked_ids").fetchall()
        self._until: dict[bytes, int] = {}
        for digest, until in blocks:
            self._take(bytes(digest), int(until))
        self._last = max(self._until.values(), default=0)
        self.begin()

    def begin(self) -> None:
        """Forget what a transaction brought that failed."""
        self._new_secret: bytes | None = None
        self._new: list[NewBlocks] = []

    def committed(self, commit: Commit) -> None:
        """Take what the transaction brought for stored."""
        del commit
        self._secret = self._new_secret or self._secret
        for blocks in self._new:
            for digest in blocks.digests:
                self._take(digest, blocks.until)
            self._last = max(self._last, blocks.until)
        self.begin()

    def _take(self, digest: bytes, until: int) -> None:
        """Keep the longest block of a digest: that of a merchant has many."""
        self._until[digest] = max(until, self._until.get(digest, 0))

    def secret(self, now: int) -> bytes | None:
        """What ids are hashed with; None where none is blocked at an instant (µs)."""
        return self._secret if self._last > now else None

    def among(self, digests: Set[bytes], now: int) -> Set[bytes]:
        """Those of the digests that are blocked at an instant (µs)."""
        return {one for one in digests if self._until.get(one, 0) > now}

    def save_secret(self, statements: StatementCache, secret: bytes) -> None:
        """Store the secret instead of the one before, of which no id is blocked any more."""
        self._new_secret = secret
        statements.execute("DELETE FROM block_secret")
        statements.execute("INSERT INTO block_secret VALUES (?)", [secret])

    def block(self, statements: StatementCache, blocks: NewBlocks, now: int) -> None:
        """Store digests; those that are blocked no more go."""
        self._new.append(blocks)
        statements.execute("DELETE FROM blocked_ids WHERE until <= ?", [now])
        statements.execute(
            "INSERT INTO blocked_ids SELECT unnest(?::BLOB[]), ?",
            [list(blocks.digests), blocks.until],
        )
