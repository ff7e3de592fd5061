"""Helpers: tables of Arrow written to files of each format, and the records read from them."""

# pyright: reportAttributeAccessIssue=false

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from callistics.files.parquet import arrow_lines, parquet_lines

from .reading import records, rules


def parquet_of(path: Path, table: Any) -> list[Any]:
    parquet.write_table(table, path)
    return records(list(parquet_lines(str(path), rules())))


def arrow_of(path: Path, table: Any) -> list[Any]:
    with ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    return records(list(arrow_lines(str(path), rules())))


def stream_of(path: Path, table: Any) -> list[Any]:
    with ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table)
    return records(list(arrow_lines(str(path), rules())))


def extension(kind: Any, values: list[Any]) -> Any:
    return pa.ExtensionArray.from_storage(kind, pa.array(values, kind.storage_type))
