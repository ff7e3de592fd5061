"""Least and greatest durations after some were taken away: they cannot be counted down.

Sums go on being counted up and down by the change log. In the transaction that takes a duration
away, what was added to the log is set against it, and of the sums, by time and keys, in which it is
there fewer times than before, the least and the greatest are looked up anew.
"""

from collections.abc import Mapping, Sequence

from callistics.catalog.rollups import CHANGES, ROLLUPS, Rollup
from callistics.engines.duckdb.rollups.aggregate_sql import (
    cut,
    insert,
    keys_of_records,
    keys_of_rows,
    net,
    of_records,
    of_rows,
    shorter_table,
)
from callistics.engines.duckdb.statement_cache import StatementCache
from callistics.model.instants import DAY
from callistics.sql.selection import Unit

KEPT_BY = ("reseller_id", "provider")
"""What least and greatest durations are kept by, besides the time."""
_UNIT = Unit.CALLS
_LOG, _TIME, _C = CHANGES[_UNIT], _UNIT.time_column, _UNIT.alias
_TABLES = tuple(
    (rollup, step) for rollup in ROLLUPS if rollup.extremes for step in reversed(rollup.steps)
)
_LOST = f"""
CREATE OR REPLACE TEMP TABLE lost AS
SELECT {cut(_TIME, DAY)} AS {_TIME}, {", ".join(KEPT_BY)}, duration_ms FROM call_delta
WHERE duration_ms IS NOT NULL GROUP BY ALL HAVING sum(n) < 0
"""
_SECOND = keys_of_records(_TABLES[0][0], DAY)["duration_ms"]
_CALLS = f"""
CREATE OR REPLACE TEMP TABLE their_calls AS
SELECT {", ".join((_TIME, *KEPT_BY, "duration_ms"))} FROM {_UNIT} AS {_C}
SEMI JOIN (SELECT {_TIME} AS day, {_SECOND} AS second FROM lost AS {_C}) AS lost
ON lost.day = {cut(f"{_C}.{_TIME}", DAY)} AND lost.second = {_SECOND}
WHERE {{within}}
"""
# Of more days than these, all between the first and the last are read.
_MOST_DAYS = 50


def _same(values: Mapping[str, str], row: str = "lost") -> str:
    """Whether values are those of a row, absent ones equal to each other."""
    times = f"{row}.{_TIME} = {values[_TIME]}"
    others = (
        f"{row}.{name} IS NOT DISTINCT FROM {value}"
        for name, value in values.items()
        if name != _TIME
    )
    return " AND ".join((times, *others))


_OF_LOST = _same(
    {_TIME: cut(f"{_C}.{_TIME}", DAY)}
    | {name: f"{_C}.{name}" for name in (*KEPT_BY, "duration_ms")}
)
_IN_DOUBT = f"""
CREATE OR REPLACE TEMP TABLE in_doubt AS
SELECT {_C}.rowid AS row_id, {_C}.* FROM {_LOG} AS {_C} SEMI JOIN lost ON {_OF_LOST}
"""
_TAKE_OUT = f"DELETE FROM {_LOG} WHERE rowid IN (SELECT row_id FROM in_doubt)"
TOGETHER = net(_UNIT, "SELECT * EXCLUDE (row_id) FROM in_doubt UNION ALL BY NAME FROM call_delta")
"""A SELECT of the changes in `call_delta` with those of the log that `take_out` has taken out."""


def note_lost(statements: StatementCache) -> bool:
    """Note which durations the changes in `call_delta` take away, by day; whether there are any."""
    ((number,),) = statements.execute(_LOST).fetchall()
    return number > 0


def take_out(statements: StatementCache) -> int:
    """Take changes out of the log that the lost ones are to be set against; how many."""
    statements.execute(_IN_DOUBT)
    ((number,),) = statements.execute(_TAKE_OUT).fetchall()
    return int(number)


def look_up_anew(statements: StatementCache) -> None:
    """Put right the least and greatest of what has lost some; the calls are as they are now."""
    days = statements.execute(f"SELECT DISTINCT epoch_us({_TIME}) FROM lost ORDER BY ALL")
    lost = [int(day) for (day,) in days.fetchall()]
    statements.execute(_CALLS.format(within=_within(lost, DAY)))
    for rollup, step in _TABLES:
        times = sorted({day // step * step for day in lost})
        _put_right(statements, rollup, step, _within(times, step))


def _put_right(statements: StatementCache, rollup: Rollup, step: int, within: str) -> None:
    """Replace the rows of a step that have lost some; those of the next shorter one are right."""
    table, keys = rollup.table(step), {name: f"{_C}.{name}" for name in rollup.key_names}
    ((number,),) = statements.execute(
        "CREATE OR REPLACE TEMP TABLE outdated AS"
        f" SELECT {_C}.rowid AS row_id, {_C}.* FROM {table} AS {_C}"
        f" SEMI JOIN {_lost(rollup, step)} ON {_same(keys)} WHERE {within}"
    ).fetchall()
    if not number:
        return
    statements.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT row_id FROM outdated)")
    extremes = ", ".join(f"anew.{name} AS {name}" for name in rollup.extreme_names)
    rows = (
        f"SELECT {_C}.* REPLACE ({extremes}) FROM ({of_rows(rollup, step, 'outdated')}) AS {_C}"
        f" LEFT JOIN ({_anew(rollup, step, within)}) AS anew ON {_same(keys, 'anew')}"
    )
    statements.execute(insert(rollup, step, rows))


def _lost(rollup: Rollup, step: int) -> str:
    """The rows of a step that have lost some, by their keys."""
    keys = keys_of_records(rollup, step)
    columns = ", ".join(f"{value} AS {name}" for name, value in keys.items())
    return f"(SELECT DISTINCT {columns} FROM lost AS {_C}) AS lost"


def _anew(rollup: Rollup, step: int, within: str) -> str:
    """A SELECT of the rows of a step that have lost some, from the records or a shorter step."""
    shorter, lost = shorter_table(rollup, step), _lost(rollup, step)
    if shorter is None:
        found = (
            f"FROM their_calls AS {_C} SEMI JOIN {lost} ON {_same(keys_of_records(rollup, step))}"
        )
        return of_records(rollup, step, f"({found})", "1")
    found = f"FROM {shorter} AS {_C} SEMI JOIN {lost} ON {_same(keys_of_rows(rollup, step))}"
    return of_rows(rollup, step, f"({found} WHERE {within})")


def _within(times: Sequence[int], step: int) -> str:
    """The condition that a time lies in one of the steps, or between the first and the last."""
    if len(times) > _MOST_DAYS:
        return _between(times[0], times[-1] + step)
    return f"({' OR '.join(_between(one, one + step) for one in times)})"


def _between(first: int, end: int) -> str:
    return f"({_C}.{_TIME} >= make_timestamp({first}) AND {_C}.{_TIME} < make_timestamp({end}))"
