"""Synthetic calls as a Parquet file, one row per call.

The lines go to DuckDB through a named pipe: nothing is held or stored in between, and DuckDB
reads, encodes and compresses while the next lines are made.
"""

import json
import os
from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from callistics.synthetic import platform
from callistics.synthetic.ndjson import Progress, write_batches
from callistics.synthetic.stream import UNTIL, Batch, batches

COLUMNS = {
    "call_id": "VARCHAR",
    "merchant_id": "VARCHAR",
    "reseller_id": "VARCHAR",
    "template_id": "VARCHAR",
    "lead_id": "VARCHAR",
    "attempt": "INTEGER",
    "provider": "VARCHAR",
    "direction": "VARCHAR",
    "started_at": "TIMESTAMPTZ",
    "duration": "DOUBLE",
    "outcome": "VARCHAR",
    "sentiment": "DOUBLE",
    "status": "VARCHAR",
    "payload": "JSON",
    "updated_at": "TIMESTAMPTZ",
}

_BUFFER = 1 << 22


def write_parquet(
    path: str | Path,
    calls: int,
    seed: int,
    progress: Progress | None = None,
    *,
    until: datetime = UNTIL,
    detailed: bool = False,
) -> None:
    """Write the calls of `generate_calls` with `COLUMNS`, a late score merged into its call.

    `updated_at` is then the score's. `progress` is told, from another thread, the number of calls
    so far. Raises `ValueError` for impossible arguments, `duckdb.Error` or `OSError` if it cannot
    write. Needs named pipes, so not on Windows. An incomplete file is removed.
    """
    made = batches(calls, seed, until, merged=True, detailed=detailed)
    with TemporaryDirectory(prefix="callistics-") as folder, ThreadPoolExecutor(1) as pool:
        pipe = Path(folder) / "calls.ndjson"
        os.mkfifo(pipe)
        fed = pool.submit(_feed, pipe, made, progress)
        with _complete(Path(path), pipe, fed):
            _copy(pipe, Path(path), {**COLUMNS, **(platform.COLUMNS if detailed else {})})


def _feed(pipe: Path, made: Iterator[Batch], progress: Progress | None) -> None:
    with pipe.open("wb") as out:
        write_batches(out, made, progress)


def _copy(pipe: Path, path: Path, columns: Mapping[str, str]) -> None:
    # Lines are read as CSV of one column and then taken apart: the JSON reader keeps all that it
    # ever read from a pipe, the CSV reader does not. No line has the delimiter.
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT unnest(from_json(line, {_quoted(json.dumps(columns))}))"  # noqa: S608 (quoted)
            f" FROM read_csv({_quoted(str(pipe))}, columns = {{line: 'VARCHAR'}}, header = false,"
            " auto_detect = false, delim = '\x01', quote = '', escape = '',"
            f" buffer_size = {_BUFFER}, max_line_size = {_BUFFER // 4}))"
            f" TO {_quoted(str(path))} (FORMAT parquet, COMPRESSION zstd)"
        )


@contextmanager
def _complete(path: Path, pipe: Path, fed: "Future[None]") -> Generator[None]:
    """Wait for the feeding side, and leave no file behind if either side failed."""
    try:
        yield
        fed.result()
    except BaseException:
        _release(pipe, fed)
        path.unlink(missing_ok=True)
        raise


def _release(pipe: Path, fed: "Future[None]") -> None:
    # A writer whose reader never came waits in `open` for ever; opening and closing the reading
    # end lets it go on, into a broken pipe.
    while not fed.done():
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        wait([fed], timeout=0.05)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
