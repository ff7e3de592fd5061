"""A connection that does not read the same statement's text twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from callistics.records.columnar.arrow import select

_MOST = 500
# Beyond that it names ids, which will be others the next time.
_LONGEST = 16_384
# Plans take more memory than texts, and suit tables of about the size they were made for.
_MOST_PLANS, _USES = 100, 100


class StatementCache:
    """One connection, for one thread at a time.

    The text of a statement depends on the shape of what is asked or written, or on the weeks and
    merchants it looks among; other values are bound. The texts that were used last are kept.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self._parsed: dict[str, duckdb.Statement] = {}
        self._given: dict[str, _Given] = {}
        self._plans: dict[str, _Plan] = {}
        self._last_plan = 0

    def execute(self, text: str, values: Sequence[object] = ()) -> duckdb.DuckDBPyConnection:
        """Run one statement; what it gives is to be fetched before the next."""
        return self.connection.execute(self._read(text), list(values))

    def repeat(self, text: str) -> duckdb.DuckDBPyConnection:
        """Run a statement without values that is planned once for as long as this is possible.

        To plan a small insert into many columns takes as long as to carry it out. It is planned
        anew now and then, as tables grow.
        """
        plan = self._plans.get(text)
        if plan is None or plan.uses == _USES:
            plan = self._planned(text)
        plan.uses += 1
        return self.connection.execute(plan.statement)

    def select(self, text: str) -> duckdb.DuckDBPyConnection:
        """Run a SELECT without values; it is repeated where it comes again."""
        if text in self._parsed:
            return self.repeat(text)
        return self.connection.execute(self._read(text))

    def _planned(self, text: str) -> "_Plan":
        if text in self._plans:
            self._forget(text)
        elif len(self._plans) >= _MOST_PLANS:
            self._forget(next(iter(self._plans)))
        self._last_plan += 1
        name = f"planned_{self._last_plan}"
        self.connection.execute(f"PREPARE {name} AS {text}")
        (statement,) = self.connection.extract_statements(f"EXECUTE {name}")
        self._plans[text] = plan = _Plan(statement)
        return plan

    def table(self, text: str, columns: pa.Schema, *, few: bool = False) -> pa.Table:
        """The rows of a SELECT as columns. What was executed before must have been fetched.

        With `few` it is expected to give so few that to read it as columns, which has it planned
        twice, would take longer.
        """
        if not few:
            return select(self.connection.sql(self._read(text)).to_arrow_table(), columns)
        rows = self.select(text).fetchall()
        values = zip(*rows, strict=True) if rows else ([] for _ in columns)
        found = (pa.array(one, field.type) for one, field in zip(values, columns, strict=True))
        return pa.Table.from_arrays(list(found), schema=columns)

    def columns(self, text: str, values: Sequence[object]) -> pa.Table:
        """The rows of a SELECT as columns, whatever their types. It is planned twice."""
        return self.connection.sql(self._read(text), params=list(values)).to_arrow_table()

    def _read(self, text: str) -> duckdb.Statement:
        parsed = self._parsed.pop(text, None)
        if parsed is None:
            (parsed,) = self.connection.extract_statements(text)
            if len(text) > _LONGEST:
                return parsed
            if len(self._parsed) >= _MOST:
                del self._parsed[next(iter(self._parsed))]
        self._parsed[text] = parsed
        return parsed

    def give(self, **tables: pa.Table) -> None:
        """Let statements read tables by their names, until others are given under these."""
        for name, rows in tables.items():
            if name in self._given:
                if self._given[name].take(rows):
                    self._forget_plans(name)
            else:
                one = _Given(rows)
                self.connection.register(name, one)
                self._given[name] = one

    def release(self) -> None:
        """Let go of all tables that were given."""
        for one in self._given.values():
            one.rows = None

    def rolled_back(self) -> None:
        """Names that were first used in the transaction are gone with it."""
        self.release()
        self._given.clear()
        self._forget_plans()

    def tables_changed(self) -> None:
        """Plan anew: a table is another one now."""
        self._forget_plans()

    def _forget_plans(self, given: str = "") -> None:
        """They know the columns of the tables that were given: of those that read this one."""
        for text in [text for text in self._plans if given in text]:
            self._forget(text)

    def _forget(self, text: str) -> None:
        plan = self._plans.pop(text)
        self.connection.execute(plan.statement.query.replace("EXECUTE", "DEALLOCATE"))


@dataclass(slots=True)
class _Plan:
    """What carries out a statement that is planned, and how often it did."""

    statement: duckdb.Statement
    uses: int = 0


class _Given:
    """What a name stands for now: to register one takes longer than to read some hundred rows."""

    def __init__(self, rows: pa.Table) -> None:
        self.rows: pa.Table | None = rows
        self._schema = rows.schema

    def take(self, rows: pa.Table) -> bool:
        """Stand for other rows; whether these have other columns."""
        self.rows = rows
        if rows.schema.equals(self._schema):
            return False
        self._schema = rows.schema
        return True

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)

    def __arrow_c_schema__(self) -> object:
        return self._table.schema.__arrow_c_schema__()

    @property
    def _table(self) -> pa.Table:
        if self.rows is None:
            raise LookupError("no table is given")
        return self.rows
