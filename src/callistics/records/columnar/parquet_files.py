"""Parquet files, for who writes or reads them: the library is loaded only then.

It takes 7 MB, and half as long to load as Arrow itself. Most servers write none for days.
"""

from pathlib import Path
from typing import IO, TYPE_CHECKING

import pyarrow as pa

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetFile, ParquetWriter


def parquet_writer(
    sink: Path | pa.NativeFile, schema: pa.Schema, compression: str = "zstd"
) -> "ParquetWriter":
    """Begin a file of rows."""
    from pyarrow.parquet import ParquetWriter  # noqa: PLC0415 - see above

    return ParquetWriter(sink, schema, compression=compression)


def parquet_file(source: Path | IO[bytes]) -> "ParquetFile":
    """Open a file, whose rows are read as they are asked for."""
    from pyarrow.parquet import ParquetFile  # noqa: PLC0415 - see above

    return ParquetFile(source)
