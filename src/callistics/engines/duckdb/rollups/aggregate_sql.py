"""The statements that sum records up into the tables of a roll-up (catalog/rollups.py).

Rows of a table are parts: those that agree in time and keys add up to the sum of these.
"""

from callistics.catalog.rollups import FINEST, Rollup
from callistics.engines.duckdb.dialect import DuckDBDialect
from callistics.model.instants import DAY
from callistics.sql.selection import Unit

COLUMNS = {
    Unit.CALLS: (
        "reseller_id",
        "provider",
        "outcome",
        "outcome_key",
        "success",
        "answered_at",
        "attempt",
        "sentiment",
        "duration_ms",
    ),
    Unit.LEADS: ("reseller_id", "status", "statuses", "providers"),
}
"""What the roll-ups of a unit need to know of a record besides its time."""

_DIALECT = DuckDBDialect()
_EXTREMES = {"least": "min", "greatest": "max"}


def shorter_table(rollup: Rollup, step: int) -> str | None:
    """The table of the next shorter step, None where there is none."""
    following = rollup.steps[rollup.steps.index(step) + 1 :]
    return rollup.table(following[0]) if following else None


def cut(time: str, step: int) -> str:
    """The first instant of the step that a time lies in."""
    return f"time_bucket(to_microseconds({step}), {time}, TIMESTAMP '1970-01-01')"


def change(unit: Unit, weight: str) -> str:
    """The select list that makes a change of a record, the time cut to the finest step."""
    time = f"{cut(unit.time_column, FINEST[unit])} AS {unit.time_column}"
    return ", ".join((time, *COLUMNS[unit], f"{weight} AS n"))


def net(unit: Unit, changes: str) -> str:
    """A SELECT of what changes come to together: of what came and went again nothing is left."""
    columns = ", ".join((unit.time_column, *COLUMNS[unit]))
    return (
        f"SELECT {columns}, sum(n)::BIGINT AS n FROM ({changes}) AS c"
        f" GROUP BY {columns} HAVING sum(n) <> 0"
    )


def keys_of_records(rollup: Rollup, step: int) -> dict[str, str]:
    """The columns that tell a table's rows apart, and what they are of a record."""
    found = keys_of_rows(rollup, step)
    for key in rollup.keys:
        if key.value is not None:
            found[key.name] = _DIALECT.render(key.value(_DIALECT)).text
    return found


def keys_of_rows(rollup: Rollup, step: int) -> dict[str, str]:
    """The same, of a row of this or a shorter step."""
    alias = rollup.unit.alias
    found = {name: f"{alias}.{name}" for name in rollup.key_names}
    time = rollup.unit.time_column
    return found | {time: cut(found[time], step)}


def of_records(rollup: Rollup, step: int, rows: str, weight: str) -> str:
    """A SELECT of the rows of a step's table, from records that count `weight` each."""
    source = f"{rows} AS {rollup.unit.alias}"
    return _summed(keys_of_records(rollup, step), rollup.figures(weight), source)


def of_rows(rollup: Rollup, step: int, rows: str) -> str:
    """A SELECT of the rows of a step's table, from rows of this or a shorter step."""
    alias = rollup.unit.alias
    figures = {name: f"{alias}.{name}" for name in rollup.figures("1")}
    return _summed(keys_of_rows(rollup, step), figures, f"{rows} AS {alias}")


def _summed(keys: dict[str, str], figures: dict[str, str], source: str) -> str:
    sums = {name: f"{_aggregate(name)}({value})" for name, value in figures.items()}
    columns = ", ".join(f"{value} AS {name}" for name, value in (keys | sums).items())
    # What came may make up for what went, and be the only one to have its value now.
    some = " OR ".join(
        f"{value} {'<> 0' if value.startswith('sum') else 'IS NOT NULL'}" for value in sums.values()
    )
    return f"SELECT {columns} FROM {source} GROUP BY {', '.join(keys.values())} HAVING {some}"


def _aggregate(figure: str) -> str:
    return _EXTREMES.get(figure.rpartition("_")[2], "sum")


def day_of(rollup: Rollup, step: int) -> str:
    """The day that a row of a step's table lies in, or the step where that is longer."""
    return cut(rollup.unit.time_column, max(step, DAY))


def insert(rollup: Rollup, step: int, rows: str) -> str:
    """Put rows into the table of a step as parts."""
    time = rollup.unit.time_column
    return _insert(rollup.table(step), rows, "FALSE", time)


def insert_sums(rollup: Rollup, step: int, rows: str, table: str | None = None) -> str:
    """Put rows into the table of a step, or one like it, that are whole sums."""
    time = rollup.unit.time_column
    order = f"{rollup.first}, {time}" if rollup.first else time
    return _insert(table or rollup.table(step), rows, "TRUE", order)


def insert_many(rollup: Rollup, step: int, rows: str, within: str) -> str:
    """Put rows into the table of a step: whole sums of the days that it has no rows of, else parts.

    `within` is the condition that all of the rows meet.
    """
    time, days = rollup.unit.time_column, day_of(rollup, step)
    stored = f"SELECT {days} FROM {rollup.table(step)} WHERE {within}"
    order = f"date_trunc('month', {time}), {rollup.first}, {time}" if rollup.first else time
    return _insert(rollup.table(step), rows, f"{days} NOT IN ({stored})", order)


def _insert(table: str, rows: str, merged: str, order: str) -> str:
    return (
        f"INSERT INTO {table} BY NAME SELECT *, {merged} AS merged FROM ({rows}) ORDER BY {order}"
    )
