"""Rows of figures, as they were answered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from callistics.client.rows import tables
from callistics.client.rows.columns import columns_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from callistics.client.plot.picture import Picture

Row = dict[str, Any]
"""A row by the names of its fields: text, int, Decimal or None; never a float."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query. `rows` are all of them, or those of one page if one was asked for.

    `query` is the body that was sent. `range` is how the range was read and `complete_until` the
    moment behind which it is still to come; both are None for one of several queries.
    """

    query_type: str
    rows: Sequence[Row]
    total: int
    page: int
    page_size: int
    query: Mapping[str, Any] = field(repr=False)
    range: str | None = None
    complete_until: str | None = None

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_arrow(self) -> "pa.Table":
        """The rows as an Arrow table: counts `int64`, figures with decimals `decimal128`.

        Buckets are the server's labels, as text. Raises `MissingPackageError`.
        """
        return tables.arrow_table(columns_of(self.query, self.rows), self.rows)

    def to_polars(self) -> "pl.DataFrame":
        """The rows as a frame of Polars, with the types of `to_arrow`."""
        return tables.polars_frame(columns_of(self.query, self.rows), self.rows)

    def to_pandas(self) -> "pd.DataFrame":
        """The rows as a frame of pandas whose columns have the types of `to_arrow`."""
        return tables.pandas_frame(self.to_arrow())

    def plot(self) -> "Picture":
        """The picture of the answer, which notebooks show. Raises `PictureError`."""
        # Loaded here: most answers are never drawn.
        from callistics.client.plot.picture import Picture  # noqa: PLC0415

        return Picture.of(self)


def joined(first: Answer, rest: Sequence[Answer]) -> Answer:
    """Pages of one answer as if one page could hold all rows."""
    rows = [*first.rows, *(row for page in rest for row in page.rows)]
    return Answer(
        first.query_type,
        rows,
        first.total,
        1,
        max(len(rows), 1) if rest else first.page_size,
        first.query,
        first.range,
        first.complete_until,
    )
