"""The keys that payloads have, so that no question looks for one that none has.

DuckDB reads a key of a VARIANT from a column of its own where it has made one, and takes every
value apart where it has not, a hundred times slower (docs/decisions/payloads.md).
"""

from itertools import chain

import duckdb

from callistics.records.columnar.payload_columns import Keys


class PayloadKeys:
    """The keys of all payloads that are stored, in memory and in a table.

    There may be too many, never too few: what a transaction brings is known before it commits.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._known = Keys()
        self._stored: set[tuple[str, bool]] = set()
        self._brought: set[tuple[str, bool]] = set()
        self._collected: set[tuple[str, bool]] | None = None
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
        """Take note of the keys of payloads that the transaction writes."""
        self._known.scalars.update(keys.scalars)
        self._known.lists.update(keys.lists)
        lists = ((key, True) for key in keys.lists)
        found = set(chain(((key, False) for key in keys.scalars), lists))
        if self._collected is not None:
            self._collected |= found
        self._bring(connection, found)

    def _bring(self, connection: duckdb.DuckDBPyConnection, found: set[tuple[str, bool]]) -> None:
        self._brought = found - self._stored
        for key, is_list in sorted(self._brought):
            connection.execute(
                "INSERT INTO payload_keys (key, is_list) VALUES (?, ?)", [key, is_list]
            )

    def begin(self) -> None:
        """Forget what a transaction brought that failed."""
        self._brought = set()

    def committed(self) -> None:
        """What was noted last is stored."""
        self._stored |= self._brought
        self._brought = set()

    def collect(self) -> None:
        """Collect what is noted from now on: every payload is about to be written."""
        self._collected = set()

    def keep_collected(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store only what was collected."""
        connection.execute("DELETE FROM payload_keys")
        self._stored = set()
        self._bring(connection, self._collected or set())
        self._collected = None
