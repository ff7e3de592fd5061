"""Writing the tables of the file anew, one after the other.

Deleted rows stay in the file until their blocks are free, which others share; and what a table's
least and greatest values were stays with it. A new table of the same rows has nothing of either.
"""

from collections.abc import Generator, Mapping, Sequence

import duckdb

from callistics.catalog.rollups import ROLLUPS
from callistics.engines.duckdb.lookup.lookup_sql import keys
from callistics.engines.duckdb.observers import Commit
from callistics.engines.duckdb.rollups.aggregate_sql import insert_sums, of_rows
from callistics.engines.duckdb.tables import ID_OF, KEY_OF, TIME_OF, WITHIN_MONTH
from callistics.engines.duckdb.writer import WriteConnection
from callistics.engines.duckdb.written_meanwhile import OvertakenError, WrittenMeanwhile
from callistics.records.columnar.row_codec import identity_table

_PREFIX = "renewed_"
_TABLES = """
SELECT table_name, sql FROM duckdb_tables()
WHERE database_name = current_database() AND NOT temporary ORDER BY estimated_size DESC, table_name
"""
_MONTHS = "SELECT DISTINCT date_trunc('month', {time}) AS month FROM {table} ORDER BY month"
_KEYED = "(SELECT merchant_id, {id}, {keys} FROM written)"
_FORGET = """
DELETE FROM {new} WHERE rowid IN (
    SELECT rowid FROM {new} SEMI JOIN {keyed} USING ({key}, merchant_id, {id})
)
"""
_AGAIN = "INSERT INTO {new} FROM {table} SEMI JOIN {keyed} USING ({key}, merchant_id, {id})"
_SUMS = {
    rollup.table(step): insert_sums(
        rollup, step, of_rows(rollup, step, rollup.table(step)), _PREFIX + rollup.table(step)
    )
    for rollup in ROLLUPS
    for step in rollup.steps
}


class Renewal:
    """The work on all tables, in pieces.

    Tables of records are copied while others write, a month at a time; what was written meanwhile
    is copied again at the end, in one short transaction of the writer. All others, which are
    small, are written in one transaction each.
    """

    def __init__(self, writer: WriteConnection) -> None:
        self._writer, self._own = writer, writer.another()
        self._meanwhile = WrittenMeanwhile()

    def committed(self, commit: Commit) -> None:
        """Note the records of the table under way that a commit has written or removed."""
        self._meanwhile.committed(commit)

    def work(self) -> Generator[None]:
        """Write every table anew, pausing after each piece."""
        self._drop_unfinished()
        for table, definition in self._tables():
            if table in ID_OF:
                yield from self._copied(table, definition)
            else:
                self._replaced(table, definition)
                yield

    def close(self) -> None:
        """Close the connection."""
        self._own.close()

    def _drop_unfinished(self) -> None:
        """Drop what was left behind: by a process that was killed, or as the disk was full."""
        for table, _ in self._tables():
            if table.startswith(_PREFIX):
                self._run(f"DROP TABLE {table}")

    def _tables(self) -> Sequence[tuple[str, str]]:
        return self._own.connection.execute(_TABLES).fetchall()

    def _replaced(self, table: str, definition: str) -> None:
        with self._writer.alone():
            with self._writer.transaction() as connection:
                _create(connection, table, definition)
                connection.execute(_SUMS.get(table, f"INSERT INTO {_PREFIX}{table} FROM {table}"))
            self._take_place(table)

    def _copied(self, table: str, definition: str) -> Generator[None]:
        with self._writer.lock:
            with self._own.transaction() as connection:
                _create(connection, table, definition)
            self._meanwhile.begin(table)
        try:
            for part, values in self._parts(table):
                self._run(f"INSERT INTO {_PREFIX}{table} FROM {table} WHERE {part}", values)
                yield
            with self._writer.alone():
                self._catch_up(table)
                self._take_place(table)
        finally:
            self._meanwhile.end()
            self._run(f"DROP TABLE IF EXISTS {_PREFIX}{table}")
        yield

    def _run(self, statement: str, values: Mapping[str, object] | None = None) -> None:
        with self._own.transaction() as connection:
            connection.execute(statement, values)

    def _parts(self, table: str) -> list[tuple[str, dict[str, object]]]:
        """Conditions of which each row of a table meets one, in the order of the rows."""
        time = TIME_OF.get(table)
        if time is None:
            return [("TRUE", {})]
        months = self._own.connection.execute(_MONTHS.format(time=time, table=table)).fetchall()
        return [(WITHIN_MONTH.format(time=time), {"month": month}) for (month,) in months]

    def _catch_up(self, table: str) -> None:
        names = {"table": table, "new": _PREFIX + table, "id": ID_OF[table]}
        names["key"] = KEY_OF[names["id"]]
        names["keyed"] = _KEYED.format(keys=keys(names["id"]), **names)
        with self._writer.transaction() as connection:
            connection.register("written", identity_table(self._meanwhile.records, names["id"]))
            if self._meanwhile.records:
                connection.execute(_FORGET.format(**names))
                connection.execute(_AGAIN.format(**names))
            connection.unregister("written")
            counts = f"SELECT (SELECT count(*) FROM {table}), (SELECT count(*) FROM {names['new']})"
            ((stored, copied),) = connection.execute(counts).fetchall()
            if stored != copied:
                raise OvertakenError(f"{table}: {copied} of {stored} rows were copied")

    def _take_place(self, table: str) -> None:
        """Let the new table take the place of the old one, for who is alone."""
        with self._writer.transaction() as connection:
            connection.execute(f"DROP TABLE {table}")
            connection.execute(f"ALTER TABLE {_PREFIX}{table} RENAME TO {table}")
        self._writer.tables_changed()


def _create(connection: duckdb.DuckDBPyConnection, table: str, definition: str) -> None:
    begin = f"CREATE TABLE {table}("
    assert definition.startswith(begin), definition
    connection.execute(f"CREATE TABLE {_PREFIX}{table}({definition.removeprefix(begin)}")
