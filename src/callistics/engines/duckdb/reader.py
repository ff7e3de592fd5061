"""A connection that reads, and does not read the same statement's text twice."""

from collections.abc import Sequence

import duckdb

from callistics.sql.dialect import SqlRow, Statement

_MOST = 500


class Reader:
    """One connection, for one thread at a time.

    The text of a statement depends on the shape of a question alone, its values are bound.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._parsed: dict[str, duckdb.Statement] = {}

    def rows(self, statement: Statement) -> Sequence[SqlRow]:
        """The rows of a statement."""
        parsed = self._parsed.get(statement.text)
        if parsed is None:
            (parsed,) = self.connection.extract_statements(statement.text)
            if len(self._parsed) >= _MOST:
                self._parsed.clear()
            self._parsed[statement.text] = parsed
        return self.connection.execute(parsed, list(statement.values)).fetchall()
