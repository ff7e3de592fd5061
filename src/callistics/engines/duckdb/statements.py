"""A connection that does not read the same statement's text twice."""

from collections.abc import Sequence

import duckdb
import pyarrow as pa

_MOST = 500


class Statements:
    """One connection, for one thread at a time.

    The text of a statement depends on the shape of what is asked or written; values are bound.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._parsed: dict[str, duckdb.Statement] = {}
        self._given: set[str] = set()

    def execute(self, text: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Run one statement; what it gives is to be fetched before the next."""
        return self.connection.execute(self._read(text), list(values))

    def table(self, text: str) -> pa.Table:
        """The rows of a SELECT as columns. What was executed before must have been fetched."""
        return self.connection.sql(self._read(text)).to_arrow_table()

    def _read(self, text: str) -> duckdb.Statement:
        parsed = self._parsed.get(text)
        if parsed is None:
            (parsed,) = self.connection.extract_statements(text)
            if len(self._parsed) >= _MOST:
                self._parsed.clear()
            self._parsed[text] = parsed
        return parsed

    def give(self, **tables: pa.Table) -> None:
        """Let statements read tables by their names, until others are given under these."""
        for name, rows in tables.items():
            self.connection.register(name, rows)
            self._given.add(name)

    def release(self) -> None:
        """Let go of all tables that were given."""
        for name in self._given:
            self.connection.unregister(name)
        self._given.clear()
