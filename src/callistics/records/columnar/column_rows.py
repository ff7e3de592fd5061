"""Rows that are kept as columns, where they take a fraction of the memory."""

from collections.abc import Iterator, Sequence
from typing import overload

import pyarrow as pa

Row = Sequence[str | int | None]

_ROWS_AT_ONCE = 5_000


class ColumnRows(Sequence[Row]):
    """The rows of a table, made as they are looked at."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __len__(self) -> int:
        return self._table.num_rows

    def __iter__(self) -> Iterator[Row]:
        for batch in self._table.to_batches(max_chunksize=_ROWS_AT_ONCE):
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "ColumnRows": ...
    def __getitem__(self, place: int | slice) -> "Row | ColumnRows":
        if isinstance(place, slice):
            begin, end, _ = place.indices(len(self))
            return ColumnRows(self._table.slice(begin, end - begin))
        return [column[place].as_py() for column in self._table.columns]
