"""Counting and adding up rows, in every engine.

An engine may keep a replaced row and cancel it with a second one of weight -1 (`Dialect.weight`);
then counts and sums go by the weights, and what has no weight left is not there.
"""

from callistics.catalog.plan import Frame
from callistics.sql.dialect import Dialect
from callistics.sql.fragment import Sql, compose, raw


def count(dialect: Dialect, alias: str) -> Sql:
    """How many rows of a table."""
    weight = dialect.weight(alias)
    return raw("count(*)") if weight is None else compose("coalesce(sum({}), 0)", weight)


def count_known(dialect: Dialect, alias: str, column: Sql) -> Sql:
    """How many rows of a table have a value in a column."""
    if dialect.weight(alias) is None:
        return compose("count({})", column)
    return count_where(dialect, alias, compose("{} IS NOT NULL", column))


def count_where(dialect: Dialect, alias: str, condition: Sql) -> Sql:
    """How many rows of a table meet a condition."""
    weight = dialect.weight(alias)
    if weight is None:
        return compose("count(*) FILTER (WHERE {})", condition)
    return compose("coalesce(sum({}) FILTER (WHERE {}), 0)", weight, condition)


def total(dialect: Dialect, alias: str, column: Sql) -> Sql:
    """The sum of a column, NULL where none has a value."""
    weight = dialect.weight(alias)
    return compose("sum({})", column) if weight is None else compose("sum({} * {})", column, weight)


def there(dialect: Dialect, alias: str) -> str:
    """The HAVING clause that leaves out groups without rows, where there may be any."""
    weight = dialect.weight(alias)
    return "" if weight is None else f"\nHAVING sum({weight}) > 0"


def standing(dialect: Dialect, table: str, alias: str, columns: tuple[str, ...]) -> Sql:
    """A table's rows as a source to join: the named columns at least, of rows that are there.

    The columns must tell the rows apart.
    """
    if dialect.weight(alias) is None:
        return raw(f"{table} AS {alias}")
    named = ", ".join(columns)
    return raw(
        f"(SELECT {named} FROM {table} AS {alias}"
        f" GROUP BY {named}{there(dialect, alias)}) AS {alias}"
    )


def frame_count(frame: Frame) -> Sql:
    """How many calls, or leads, of the plan's unit."""
    return count(frame.dialect, frame.plan.unit.alias)
