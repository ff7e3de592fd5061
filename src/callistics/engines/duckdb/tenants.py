"""Which merchants each reseller and each template has records of.

A key that is limited to resellers or templates alone is told nothing of others' merchants by it: of
what is known by merchant, such as the keys of payloads, only what these have is looked at.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from typing import Any

import duckdb
import pyarrow as pa

from callistics.model.scope import SCOPED, Scope

MERCHANT = "merchant_id"
FIELDS = tuple(name for name in SCOPED if name != MERCHANT)
"""The fields, besides the merchant, by which a key is limited."""
_NAMES = [MERCHANT, *FIELDS]
# So few rows are looked through one by one sooner than grouped.
_FEW = 1_000

_Row = tuple[str, str, str | None]
"""Field, merchant_id, value. Without a value the merchant has others than are listed."""
_LISTED = "SELECT field, merchant_id, value FROM tenants"
_INSERT = (
    "INSERT INTO tenants (field, merchant_id, value) "
    "SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])"
)
_THERE = "\nUNION ".join(
    f"SELECT '{field}' AS field, {MERCHANT}, {field} AS value FROM {table}"
    f" WHERE {field} IS NOT NULL"
    for table in ("calls", "leads")
    for field in FIELDS
)
# A merchant with more than are listed has all that it had, and the mark that it has others too.
_FORGET_UNUSED = f"""
DELETE FROM tenants AS t WHERE value IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ({_THERE}) AS had
    WHERE had.field = t.field AND had.{MERCHANT} = t.{MERCHANT} AND had.value = t.value
)
"""
_FILL = f"""
DELETE FROM tenants;
INSERT INTO tenants (field, merchant_id, value)
SELECT DISTINCT field, {MERCHANT}, CASE WHEN number <= {{most}} THEN value END FROM (
    SELECT *, row_number() OVER (PARTITION BY field, {MERCHANT} ORDER BY value) AS number
    FROM ({_THERE})
)
"""


class Tenants:
    """The merchants of resellers and templates, in memory and in a table.

    Of each merchant `limit` resellers are listed, and as many templates; with more of them it
    counts for any. There may be too many, never too few: what a transaction brings is known before
    it commits.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._stored, self._known = _Merchants(()), _Merchants(())
        self.begin()

    def merchants(self, scope: Scope) -> Set[str] | None:
        """All that a scope reaches records of, and maybe others; None where that is any."""
        found = scope.merchant_ids
        for field in FIELDS:
            allowed = scope.allowed(field)
            if allowed is not None:
                of = self._known.of(field, allowed)
                found = of if found is None else found & of
        return found

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Know those that are stored, and no others."""
        rows = connection.execute(_LISTED).fetchall()
        self._stored, self._known = _Merchants(rows), _Merchants(rows)
        self.begin()

    def begin(self) -> None:
        """Forget what a transaction brought that failed."""
        self._brought: list[_Row] = []
        self._instead: _Merchants | None = None

    def note(self, connection: duckdb.DuckDBPyConnection, rows: Iterable[pa.Table]) -> None:
        """Take note of the tenants of rows of calls and leads that the transaction writes."""
        brought = dict.fromkeys(self._lacking(rows))
        self._brought += brought
        self._known.add(brought)
        if brought:
            columns = zip(*brought, strict=True)
            connection.execute(_INSERT, [list(column) for column in columns])

    def _lacking(self, rows: Iterable[pa.Table]) -> Iterator[_Row]:
        """What is to be listed of rows, within the limit."""
        seen: set[_Row] = set()
        numbers: dict[tuple[str, str], int] = {}
        for merchant, *values in (row for table in rows for row in _distinct(table)):
            for field, value in zip(FIELDS, values, strict=True):
                row = (field, merchant, value)
                if value is None or row in seen or self._stored.has(*row):
                    continue
                seen.add(row)
                before = numbers.get(row[:2], self._stored.number(field, merchant))
                numbers[row[:2]] = before + 1
                yield row if before < self._limit else (field, merchant, None)

    def committed(self) -> None:
        """Take what was noted, or filled in instead, for stored."""
        if self._instead is not None:
            self._stored = self._instead
        self._stored.add(self._brought)
        self.begin()

    def forget_unused(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store none of which there is no record any more, within the transaction."""
        connection.execute(_FORGET_UNUSED)

    def reload(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take what the table has for stored; others may go on to be known."""
        self._stored = _Merchants(connection.execute(_LISTED).fetchall())

    def fill(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Store those of all records that are there, within the transaction, and know them."""
        connection.execute(_FILL.format(most=self._limit))
        rows = connection.execute(_LISTED).fetchall()
        self._known.add(rows)
        self._brought, self._instead = [], _Merchants(rows)


def _distinct(rows: pa.Table) -> Iterable[Sequence[Any]]:
    """The different (merchant, value of each field) of rows."""
    if not rows.num_rows:
        return ()
    if rows.num_rows > _FEW:
        rows = rows.select(_NAMES).group_by(_NAMES).aggregate([])
    return dict.fromkeys(zip(*(rows[name].to_pylist() for name in _NAMES), strict=True))


class _Merchants:
    """The merchants by the values of each field; of those with more than are listed any value."""

    def __init__(self, rows: Iterable[_Row]) -> None:
        self._of: dict[tuple[str, str | None], set[str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self.add(rows)

    def add(self, rows: Iterable[_Row]) -> None:
        """Know what rows say."""
        for field, merchant, value in rows:
            merchants = self._of.setdefault((field, value), set())
            if merchant not in merchants:
                merchants.add(merchant)
                self._numbers[field, merchant] = self._numbers.get((field, merchant), 0) + 1

    def number(self, field: str, merchant: str) -> int:
        """How many values of a field a merchant has."""
        return self._numbers.get((field, merchant), 0)

    def has(self, field: str, merchant: str, value: str | None) -> bool:
        """Whether a merchant is known to have a value, or may have any."""
        return merchant in self._of.get((field, value), ()) or merchant in self._of.get(
            (field, None), ()
        )

    def of(self, field: str, values: Set[str]) -> Set[str]:
        """The merchants that have one of some values, or may have any."""
        # What is added meanwhile replaces nothing: a copy of a set is made in one step.
        return {one for value in (None, *values) for one in tuple(self._of.get((field, value), ()))}
