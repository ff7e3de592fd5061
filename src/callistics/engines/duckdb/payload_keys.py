"""The keys that payloads have, so that no query looks for one that none has.

DuckDB reads a key of a VARIANT from a column of its own where it has made one, and takes every
value apart where it has not, a hundred times slower (docs/decisions/payloads.md).
"""

from collections.abc import Iterable

import duckdb

from callistics.engines.duckdb.observers import Commit
from callistics.records.columnar.payload_columns import Keys

_Pair = tuple[str, bool]
"""A key, and whether there is a list or an object under it."""


class PayloadKeys:
    """The keys of all payloads that are stored, in memory and in a table.

    There may be too many, never too few: those of a transaction are known before it commits.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._known = Keys()
        self._stored: set[_Pair] = set()
        self._collected: set[_Pair] | None = None
        self.load(connection)

    def is_scalar(self, key: str) -> bool:
        """Whether a payload may have a text, number or boolean under a key."""
        return key in self._known.scalars

    def is_list(self, key: str) -> bool:
        """Whether a payload may have a list or an object under a key."""
        return key in self._known.lists

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Know those that are stored, and no others."""
        self._stored = set(connection.execute("SELECT key, is_list FROM payload_keys").fetchall())
        self._known = Keys(
            {key for key, is_list in self._stored if not is_list},
            {key for key, is_list in self._stored if is_list},
        )

    def note(self, connection: duckdb.DuckDBPyConnection, keys: Keys) -> None:
        """Store the keys of payloads that the transaction writes."""
        self._known.scalars.update(keys.scalars)
        self._known.lists.update(keys.lists)
        found = _pairs(keys)
        if self._collected is not None:
            self._collected |= found
        _insert(connection, found - self._stored)

    def committed(self, commit: Commit) -> None:
        """Take the keys of a commit for stored."""
        if commit.delta is not None:
            self._stored |= _pairs(commit.delta.payload_keys)

    def collect(self) -> None:
        """Collect what is noted from now on: every payload is about to be written."""
        self._collected = set()

    def keep_collected(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store only what was collected."""
        connection.execute("DELETE FROM payload_keys")
        _insert(connection, self._collected or set())

    def rebuilt(self) -> None:
        """Take what was collected for all that is stored."""
        self._stored, self._collected = self._collected or set(), None


def _pairs(keys: Keys) -> set[_Pair]:
    return {(key, False) for key in keys.scalars} | {(key, True) for key in keys.lists}


def _insert(connection: duckdb.DuckDBPyConnection, pairs: Iterable[_Pair]) -> None:
    for pair in sorted(pairs):
        connection.execute("INSERT INTO payload_keys (key, is_list) VALUES (?, ?)", list(pair))
