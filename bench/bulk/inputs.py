"""The files that are imported: the run's records unpacked, the first of them, and other formats."""

from itertools import islice
from pathlib import Path

import duckdb
import zstandard

from bench.records import file, stored
from bench.rivals.dialects import quoted
from bench.run import Run, say

UNPACKED = 20_000_000
"""Calls up to which all are imported from a file that is not compressed: 450 bytes each."""
_TYPES = {
    "call_id": "VARCHAR",
    "merchant_id": "VARCHAR",
    "reseller_id": "VARCHAR",
    "template_id": "VARCHAR",
    "lead_id": "VARCHAR",
    "provider": "VARCHAR",
    "direction": "VARCHAR",
    "attempt": "INTEGER",
    "outcome": "VARCHAR",
    "sentiment": "DOUBLE",
    "started_at": "TIMESTAMP",
    "duration": "DOUBLE",
    "status": "VARCHAR",
    "payload": "JSON",
    "updated_at": "TIMESTAMP",
}
_KEYS = ("city", "plan", "language", "order")
"""Of the payload."""


def whole(run: Run, folder: Path) -> Path:
    """All records of the run as NDJSON, which nothing has to unpack if there is room for that."""
    if run.calls > UNPACKED:
        return file(run)
    say("unpacking the records")
    target = folder / "calls.ndjson"
    with file(run).open("rb") as packed, target.open("wb") as unpacked:
        zstandard.ZstdDecompressor().copy_stream(packed, unpacked)
    return target


def first(run: Run, folder: Path, records: int) -> Path:
    """The first records of the run as NDJSON."""
    target = folder / "first.ndjson"
    with target.open("wb") as chosen:
        chosen.writelines(islice(stored(file(run)), records))
    return target


def reading(source: Path) -> str:
    """The table function of DuckDB that gives the records of NDJSON, with types."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in _TYPES.items())
    return (
        f"read_json({quoted(str(source))}, format = 'newline_delimited', columns = {{{columns}}})"
    )


def parquet(source: Path) -> Path:
    """The same records as Parquet, the payload of its type for JSON."""
    target = source.with_suffix(".parquet")
    duckdb.execute(
        f"COPY (FROM {reading(source)}) TO {quoted(str(target))} (FORMAT parquet, COMPRESSION zstd)"
    )
    return target


def csv(source: Path) -> Path:
    """The same records as CSV with a column for each key of the payload, what is nested as text."""
    target = source.with_suffix(".csv")
    keys = ", ".join(f"payload->>'{key}' AS \"payload.{key}\"" for key in _KEYS)
    duckdb.execute(
        f"COPY (SELECT * EXCLUDE (payload), {keys} FROM {reading(source)})"
        f" TO {quoted(str(target))} (FORMAT csv, HEADER)"
    )
    return target
