"""Finding (merchant_id, id) pairs of one table in others, many at a time."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from callistics.records.columnar.arrow import Mask, RowIndices, array_of, codes, scattered


def row_indices(wanted: pa.Table, others: Sequence[pa.Table], id_column: str) -> list[RowIndices]:
    """The row of `wanted` with the pair of each row of the others, -1 where there is none.

    Of a pair that `wanted` has more than once, the last row counts.
    """
    first, *rest = _numbered((wanted, *others), id_column)
    number = 1 + max(int(one.max(initial=-1)) for one in (first, *rest))
    known = scattered(number, first, np.arange(len(first)))
    return [known[numbers] for numbers in rest]


def is_again(rows: pa.Table, id_column: str) -> Mask:
    """Whether each row's pair is that of another row as well."""
    (numbers,) = _numbered((rows,), id_column)
    counts: Mask = np.bincount(numbers)[numbers] > 1
    return counts


def distinct(rows: pa.Table, id_column: str) -> pa.Table:
    """One of the rows of every pair."""
    (numbers,) = _numbered((rows,), id_column)
    _, first = np.unique(numbers, return_index=True)
    return rows if len(first) == len(numbers) else rows.take(pa.array(first))


def _numbered(tables: Sequence[pa.Table], id_column: str) -> list[RowIndices]:
    """Numbers from 0 for all rows: equal ones for equal pairs."""
    merchants, ids = (
        codes(pa.concat_arrays([array_of(table[name]) for table in tables]))
        for name in ("merchant_id", id_column)
    )
    pairs = merchants * (1 + ids.max(initial=0)) + ids
    _, numbers = np.unique(pairs, return_inverse=True)
    bounds = np.cumsum([table.num_rows for table in tables])[:-1]
    return np.split(numbers.astype(np.int64), bounds)
