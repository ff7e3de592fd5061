"""What Arrow leaves to be said."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

# Its functions are made when it is loaded, so that their types are not known.
pc: Any = pyarrow.compute


def array_of(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def select(rows: pa.Table, columns: pa.Schema) -> pa.Table:
    """Some columns, with the types that they are to have."""
    return rows.select(columns.names).cast(columns)


def beside(rows: pa.Table, more: pa.Table) -> pa.Table:
    """Rows with more columns, or others in place of those of the same names."""
    tables = [dict(zip(one.column_names, one.columns, strict=True)) for one in (rows, more)]
    return pa.table(tables[0] | tables[1])


def mask(rows: npt.NDArray[np.bool_]) -> pa.Array:
    """Which rows to take."""
    return pa.array(rows, pa.bool_())


def same(one: pa.Array, other: pa.Array) -> pa.Array:
    """Whether values are the same row by row; an absent one is the same as another."""
    if pa.types.is_list(one.type):
        return _same_lists(one, other)
    equal = pc.fill_null(pc.equal(one, other), fill_value=False)
    return pc.or_(equal, pc.and_(one.is_null(), other.is_null()))


def _same_lists(one: pa.ListArray, other: pa.ListArray) -> pa.Array:
    """The same for lists of texts or of structs of scalars."""
    equal = same(one.value_lengths(), other.value_lengths())
    rows = pc.indices_nonzero(equal)
    inside, others = (pc.list_flatten(lists.take(rows)) for lists in (one, other))
    of = rows.take(pc.list_parent_indices(one.take(rows)))
    for left, right in zip(_parts(inside), _parts(others), strict=True):
        differing = of.filter(pc.invert(same(left, right)))
        equal = pc.and_(equal, pc.invert(pc.is_in(_count(len(one)), differing)))
    return equal


def _parts(values: pa.Array) -> list[pa.Array]:
    return values.flatten() if isinstance(values, pa.StructArray) else [values]


def _count(number: int) -> pa.Array:
    return pa.array(range(number), pa.uint64())
