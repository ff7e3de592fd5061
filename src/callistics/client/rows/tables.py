"""Rows as tables: each value as it was answered, nothing turned into a double."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from callistics.client.errors import MissingPackageError
from callistics.client.rows.columns import Column
from callistics.texts import install

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa

Rows = Sequence[Mapping[str, object]]


def arrow_table(columns: Sequence[Column], rows: Rows) -> "pa.Table":
    """The rows as an Arrow table. Raises `MissingPackageError`."""
    try:
        import pyarrow as pa  # noqa: PLC0415
    except ImportError as error:
        raise missing("pyarrow") from error
    simple = {"string": pa.string(), "integer": pa.int64(), "boolean": pa.bool_()}
    types = [
        pa.decimal128(one.digits, one.decimals) if one.type == "decimal" else simple[one.type]
        for one in columns
    ]
    arrays = [
        pa.array(_values(one, rows), type_) for one, type_ in zip(columns, types, strict=True)
    ]
    return pa.Table.from_arrays(
        arrays, schema=pa.schema([pa.field(c.name, t) for c, t in zip(columns, types, strict=True)])
    )


def polars_frame(columns: Sequence[Column], rows: Rows) -> "pl.DataFrame":
    """The rows as a frame of Polars. Raises `MissingPackageError`."""
    try:
        import polars as pl  # noqa: PLC0415
    except ImportError as error:
        raise missing("polars") from error
    simple = {"string": pl.String, "integer": pl.Int64, "boolean": pl.Boolean}
    return pl.DataFrame(
        [
            pl.Series(
                one.name,
                _values(one, rows),
                pl.Decimal(one.digits, one.decimals)
                if one.type == "decimal"
                else simple[one.type](),
            )
            for one in columns
        ]
    )


def pandas_frame(table: "pa.Table") -> "pd.DataFrame":
    """An Arrow table as a frame of pandas, its columns of Arrow's types: null stays null."""
    try:
        import pandas as pd  # noqa: PLC0415
    except ImportError as error:
        raise missing("pandas") from error
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def arrow_stream(data: bytes) -> "pa.Table":
    """The table that an Arrow stream is. Raises `MissingPackageError`."""
    try:
        from pyarrow import ipc  # noqa: PLC0415
    except ImportError as error:
        raise missing("pyarrow") from error
    with ipc.open_stream(data) as reader:
        return reader.read_all()


def polars_stream(data: bytes) -> "pl.DataFrame":
    """The frame that an Arrow stream is. Raises `MissingPackageError`."""
    try:
        import polars as pl  # noqa: PLC0415
    except ImportError as error:
        raise missing("polars") from error
    return pl.read_ipc_stream(BytesIO(data))


def missing(package: str) -> MissingPackageError:
    """The error for a package of the extra `frames` that is not there."""
    return MissingPackageError(f"{package} is not installed: {install('frames')}")


def _values(column: Column, rows: Rows) -> list[object]:
    found = [row.get(column.name) for row in rows]
    if column.type != "decimal":
        return found
    return [None if value is None else Decimal(str(value)) for value in found]
