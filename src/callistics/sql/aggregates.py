"""Counting and adding up rows, whatever one of them stands for.

An engine may keep a replaced row and cancel it with a second one of weight -1 (`Dialect.weight`);
the rows of a roll-up have the number of records that they sum up as their weight. Then counts and
sums go by the weights, and what has no weight left is not there.

A roll-up's row has sums in place of values: `x_known`, `x_total`, `x_least` and `x_greatest` for
the column `x`.
"""

from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose, raw
from callistics.sql.selection import Frame


def count(frame: Frame) -> Sql:
    """The number of rows of the plan's unit: of calls, or of leads."""
    weight = frame.source.weight
    return raw("count(*)") if weight is None else compose("coalesce(sum({}), 0)", weight)


def count_known(frame: Frame, column: str) -> Sql:
    """How many have a value in a column."""
    if frame.source.step is not None:
        return raw(f"coalesce(sum({column}_known), 0)")
    if frame.source.weight is None:
        return raw(f"count({column})")
    return count_where(frame, raw(f"{column} IS NOT NULL"))


def count_where(frame: Frame, condition: Sql) -> Sql:
    """How many meet a condition."""
    weight = frame.source.weight
    if weight is None:
        return compose("count(*) FILTER (WHERE {})", condition)
    return compose("coalesce(sum({}) FILTER (WHERE {}), 0)", weight, condition)


def total(frame: Frame, column: str) -> Sql:
    """The sum of a column; where none has a value it is NULL or 0."""
    if frame.source.step is not None:
        return raw(f"sum({column}_total)")
    weight = frame.source.weight
    return raw(f"sum({column})") if weight is None else compose(f"sum({column} * {{}})", weight)


def least(frame: Frame, column: str) -> Sql:
    """The smallest value of a column, NULL where none has one; see `told_apart`."""
    return raw(f"min({column}{'' if frame.source.step is None else '_least'})")


def greatest(frame: Frame, column: str) -> Sql:
    """The largest value of a column, NULL where none has one; see `told_apart`."""
    return raw(f"max({column}{'' if frame.source.step is None else '_greatest'})")


def told_apart(frame: Frame, column: str) -> tuple[str, ...]:
    """What else to group by, so that `least` and `greatest` see no value that is cancelled."""
    cancels = frame.source.weight is not None and frame.source.step is None
    return (column,) if cancels else ()


def there(weight: Sql | None) -> Sql:
    """The HAVING clause that leaves out groups without records, where there may be any."""
    return raw("") if weight is None else compose("\nHAVING sum({}) > 0", weight)


def standing(dialect: Dialect, table: str, alias: str, columns: tuple[str, ...]) -> Sql:
    """A table's rows as a source to join: the named columns at least, of rows that are there.

    The columns must tell the rows apart.
    """
    weight = dialect.weight(alias)
    if weight is None:
        return raw(f"{table} AS {alias}")
    named = ", ".join(columns)
    return compose(
        f"(SELECT {named} FROM {table} AS {alias} GROUP BY {named}{{}}) AS {alias}", there(weight)
    )
