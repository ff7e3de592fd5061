"""A surrogate key for each lead: to join calls and leads by texts takes more than twice as long.

Unlike the numbers made of ids (lookup_sql.py), by which rows are found, no two leads have the same.
"""

import duckdb
import numpy as np

from callistics.records.columnar.arrow import RowIndices

_LAST = """
SELECT greatest(coalesce((SELECT max(lead_no) FROM leads), 0),
                coalesce((SELECT max(lead_no) FROM calls), 0))
"""


class SurrogateKeys:
    """Gives numbers that none of the stored leads has, for one writer at a time."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._last: int | None = None

    def take(self, count: int) -> RowIndices:
        """So many numbers. Those of a transaction that comes to nothing are not given again."""
        if self._last is None:
            with self._connection.cursor() as reader:
                ((last,),) = reader.execute(_LAST).fetchall()
            self._last = int(last)
        first = self._last + 1
        self._last += count
        return np.arange(first, first + count)
