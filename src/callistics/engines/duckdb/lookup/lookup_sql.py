"""Finding stored rows by their ids.

There is no index: keeping one up makes writing many times slower. Beside the ids of calls and of
leads stand numbers made of them, and a look-up scans that one narrow column instead of the texts,
of the weeks that the rows are known to be of; then the ids of the few rows it gives are compared
(docs/decisions/writing.md). The calls of a lead are found by the number that it was given
(surrogate_keys.py).
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from callistics.engines.duckdb.tables import KEY_OF, TIME_OF
from callistics.model.instants import DAY
from callistics.records.columnar.arrow import array_of
from callistics.records.columnar.row_codec import STORAGE
from callistics.records.field_types import Storage

Weeks = npt.NDArray[np.uint32]
"""Whole weeks since 1970; 0 where there is no telling."""

KEY_BITS = 40
"""Of a number: so many that hardly one of 100 million others is taken for one of thousands wanted.

Such a one costs far more than its row, as each column is unpacked around it; with 32 bits there
were hundreds, all over the table.
"""

WEEK_BITS = 12
"""Of a week's number."""
_WEEK, _LAST_WEEK = 7 * DAY, (1 << WEEK_BITS) - 1
# Each range of weeks that is looked through is a comparison for every row in question.
_MOST_RANGES = 8
# A few rows are looked for by scans of their own, one for each span of so many weeks.
_SPAN, _MOST_SCANS = 4, 32
# More of them have rows in nearly every group.
_MOST_MERCHANTS = 50

_TIMES = frozenset(name for name, kept in STORAGE.items() if kept is Storage.INSTANT)


def keys(id_column: str) -> str:
    """The numbers of ids, as a select item: bits of their MD5, the same in every version."""
    return f"{key_of(id_column)} AS {KEY_OF[id_column]}"


def key_of(identity: str) -> str:
    """The number of an id, as an expression."""
    return f"md5_number_lower({identity}) >> {64 - KEY_BITS}"


def weeks_of(times: pa.Array | pa.ChunkedArray) -> Weeks:
    """The weeks of times."""
    weeks = array_of(times).cast(pa.int64()).fill_null(-1).to_numpy() // _WEEK
    return np.where((weeks < 0) | (weeks > _LAST_WEEK), 0, weeks).astype(np.uint32)


def week_of(time: str) -> str:
    """The week of a time, as an expression."""
    week = f"epoch_us({time}) // {_WEEK}"
    return f"CASE WHEN {week} BETWEEN 1 AND {_LAST_WEEK} THEN {week} ELSE 0 END"


def weeks_in(table: str, rows: pa.Table) -> Weeks:
    """The weeks of rows of a table."""
    if table in TIME_OF:
        return weeks_of(rows[TIME_OF[table]])
    return np.zeros(rows.num_rows, np.uint32)


def scans(table: str, most: int, weeks: Weeks | None, merchants: Sequence[str]) -> list[str]:
    """Conditions of which each of some rows meets one, by its merchant and week.

    At most so many rows are looked for by scans of their own. The weeks are None where they may be
    any.
    """
    if weeks is None or table not in TIME_OF:
        return [of_merchants(merchants)]
    if len(weeks) > most or not len(weeks):
        return [within(table, np.unique(weeks))]
    spans = weeks // _SPAN
    while len(np.unique(spans)) > _MOST_SCANS:
        spans = spans // 2
    found: list[str] = []
    for span in np.unique(spans):
        some = np.flatnonzero(spans == span)
        time = _between(table, int(weeks[some].min()), int(weeks[some].max()))
        found.append(f"{time} AND {of_merchants([merchants[one] for one in some.tolist()])}")
    return found


def since(table: str, weeks: Weeks | None, merchants: Sequence[str]) -> str:
    """The condition that a row is of the first of the weeks or later, and of one of the merchants.

    It may hold for others; that is for whoever reads them to see.
    """
    of = of_merchants(merchants)
    if weeks is None or not len(weeks):
        return of
    return f"{TIME_OF[table]} >= {_begin(int(weeks.min()))} AND {of}"


def within(table: str, weeks: Weeks) -> str:
    """The condition that a row is of some weeks, at least: of these, each once in order."""
    if not len(weeks):
        return "(FALSE)"
    gaps = np.diff(weeks)
    ends = np.sort(np.argsort(gaps)[::-1][: _MOST_RANGES - 1])
    ends = ends[gaps[ends] > 1]
    firsts, lasts = weeks[np.append(0, ends + 1)], weeks[np.append(ends, -1)]
    ranges = (
        f"({_between(table, first, last)})"
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
    )
    return f"({' OR '.join(ranges)})"


def of_merchants(merchants: Sequence[str]) -> str:
    """The condition that a row is of one of the merchants.

    It holds for any where these are none or many, or where a name has what no text of a statement
    should have, such as control characters.
    """
    several = sorted(set(merchants))
    if not 0 < len(several) <= _MOST_MERCHANTS or not all(map(str.isprintable, several)):
        return "TRUE"
    return f"merchant_id IN ({', '.join(map(_quoted, several))})"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _between(table: str, first: int, last: int) -> str:
    time = TIME_OF[table]
    return f"{time} >= {_begin(first)} AND {time} < {_begin(last + 1)}"


def _begin(week: int) -> str:
    return f"TIMESTAMP '{date(1970, 1, 1) + timedelta(weeks=week)}'"


def rows(table: str, id_column: str, wanted: str, conditions: Sequence[str] = ("TRUE",)) -> str:
    """A SELECT of the rows, and their row ids as `row_id`, whose number is that of a wanted id.

    `wanted` is a relation with the id column; rows that meet none of the conditions are left out.
    Rows of other merchants may have the same id, and now and then another id has the same number:
    whoever reads them compares both.
    """
    numbers = f"(SELECT {keys(id_column)} FROM {wanted})"
    return alike(table, (KEY_OF[id_column],), numbers, conditions)


def alike(
    table: str,
    columns: Sequence[str],
    wanted: str,
    conditions: Sequence[str] = ("TRUE",),
    but: str | None = None,
) -> str:
    """A SELECT of the rows, and their row ids as `row_id`, that agree with a wanted one in columns.

    Each meets one of the conditions. `but` is a relation of row ids that are left out.
    """
    named = ", ".join(columns)
    others = "" if but is None else f" WHERE k.rowid NOT IN (FROM {but})"
    scanned = " UNION ALL ".join(
        f"FROM {table} SELECT rowid, {named} WHERE {one}" for one in conditions
    )
    return (
        f"SELECT t.rowid AS row_id, t.* FROM {table} AS t WHERE t.rowid IN ("
        f"SELECT k.rowid FROM ({scanned}) AS k SEMI JOIN {wanted} AS w USING ({named}){others})"
    )


def among_few(table: str, columns: Sequence[str], wanted: str, but: str | None = None) -> str:
    """The same of a table with few rows, all of which are read: it takes one join, not three."""
    others = "" if but is None else f" WHERE t.rowid NOT IN (FROM {but})"
    named = ", ".join(columns)
    return (
        f"SELECT t.rowid AS row_id, t.* FROM {table} AS t SEMI JOIN {wanted} AS w"
        f" USING ({named}){others}"
    )


def whose(table: str, id_column: str, wanted: str, condition: str = "TRUE") -> str:
    """A SELECT of (id, merchant_id) of the rows that have an id, of those that meet a condition.

    No other row is read, nor its number compared.
    """
    return (
        f"SELECT {id_column}, merchant_id FROM ({rows(table, id_column, wanted, [condition])})"
        f" SEMI JOIN {wanted} USING ({id_column})"
    )


def stored(column: str, prefix: str = "") -> str:
    """A column as a select item, of a table that has it or what it is made of."""
    if column == "duration_sent_ms":
        return f"CASE WHEN {prefix}duration_sent THEN {prefix}duration_ms END AS {column}"
    return prefix + column


def plain(column: str, prefix: str = "") -> str:
    """The same, so that Python gets no objects of time for it: µs since 1970."""
    name = prefix + column
    if column in _TIMES:
        return f"epoch_us({name}) AS {column}"
    if column == "events":
        packed = "struct_pack(status := e.status, since := epoch_us(e.since))"
        return f"list_transform({name}, lambda e: {packed}) AS {column}"
    return stored(column, prefix)
