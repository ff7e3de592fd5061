"""Small helpers over Arrow's columns."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

# Its functions are made when it is loaded, so that their types are not known.
pc: Any = pyarrow.compute

RowIndices = npt.NDArray[np.int64]
"""Numbers of rows; -1 is none."""
Mask = npt.NDArray[np.bool_]
TEXTS = pa.list_(pa.string())


def array_of(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def select(rows: pa.Table, columns: pa.Schema) -> pa.Table:
    """Some columns, with the types that they are to have."""
    selected = rows.select(columns.names)
    # A cast takes its time for columns that are as they should be, too.
    return selected if selected.schema.equals(columns) else selected.cast(columns)


def with_columns(rows: pa.Table, more: pa.Table) -> pa.Table:
    """Rows with more columns, or others in place of those of the same names."""
    tables = [dict(zip(one.column_names, one.columns, strict=True)) for one in (rows, more)]
    return pa.table(tables[0] | tables[1])


def mask(rows: Mask) -> pa.Array:
    """Which rows to take."""
    return pa.array(rows, pa.bool_())


def codes(texts: pa.Array) -> RowIndices:
    """Numbers from 0 that are equal for equal texts; -1 for null."""
    found: RowIndices = texts.dictionary_encode().indices.fill_null(-1).to_numpy().astype(np.int64)
    return found


def coded(texts: pa.Array) -> tuple[RowIndices, list[str | None]]:
    """The index of each text in a list of all texts, the last of which is None."""
    found = texts.dictionary_encode()
    names = [*found.dictionary.to_pylist(), None]
    indices = found.indices.fill_null(len(names) - 1).to_numpy()
    return indices.astype(np.int64), names


def scattered(number: int, where: RowIndices, what: RowIndices) -> RowIndices:
    """So many row indices: `what` at `where`, -1 elsewhere; of several at one the last counts."""
    found = np.full(number, -1)
    found[where] = what
    return found


def rows_inside(lists: pa.ListArray) -> RowIndices:
    """For each element of the lists, one after the other, the row of its list."""
    sizes = lists.value_lengths().fill_null(0).to_numpy()
    return np.repeat(np.arange(len(lists)), sizes)


def same(one: pa.Array, other: pa.Array) -> Mask:
    """Whether values are the same row by row; an absent one is the same as another."""
    if pa.types.is_list(one.type):
        return _same_lists(one, other)
    equal = pc.fill_null(pc.equal(one, other), fill_value=False)
    both = pc.or_(equal, pc.and_(one.is_null(), other.is_null()))
    found: Mask = both.to_numpy(zero_copy_only=False)
    return found


def _same_lists(one: pa.ListArray, other: pa.ListArray) -> Mask:
    """The same for lists of texts or of structs of scalars."""
    equal = same(one.value_lengths(), other.value_lengths())
    rows = np.flatnonzero(equal)
    left, right = (lists.take(pa.array(rows)) for lists in (one, other))
    of = rows[rows_inside(left)]
    for parts in zip(_parts(pc.list_flatten(left)), _parts(pc.list_flatten(right)), strict=True):
        equal[of[~same(*parts)]] = False
    return equal


def _parts(values: pa.Array) -> list[pa.Array]:
    return values.flatten() if isinstance(values, pa.StructArray) else [values]
