"""Percentiles by nearest rank, exactly: over a histogram of the values."""

from collections.abc import Sequence

from callistics.sql.fragment import Sql, raw

PERCENTILES = (50, 90, 95, 99)


def ranked(keys: Sequence[str], value: str, source: str) -> Sql:
    """Values, each with its count `n`: how many there are up to it, and in its group at all."""
    partition = f"PARTITION BY {', '.join(keys)} " if keys else ""
    return raw(
        f"SELECT *, sum(n) OVER ({partition}ORDER BY {value}) AS upto,"
        f" sum(n) OVER ({partition.strip()}) AS whole\nFROM {source}"
    )


def percentiles(value: str) -> list[str]:
    """Of ranked values, the smallest with so many percent of all at or below it."""
    return [f"min({value}) FILTER (WHERE 100 * upto >= {p} * whole) AS p{p}" for p in PERCENTILES]
