"""Synthetic calls as a file of NDJSON, plain or compressed."""

import gzip
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from callistics.synthetic.stream import UNTIL, Batch, batches

Progress = Callable[[int], None]
_BUFFER = 1 << 20


def write_ndjson(
    path: str | Path,
    calls: int,
    seed: int,
    progress: Progress | None = None,
    *,
    until: datetime = UNTIL,
    detailed: bool = False,
) -> None:
    """Write `generate_calls` to a file named `*.ndjson`, `*.ndjson.gz` or `*.ndjson.zst`.

    The bytes are the same for the same arguments. `progress` is told the number of calls so far.
    Raises `ValueError` for another name or impossible arguments, `OSError` if it cannot write.
    """
    made = batches(calls, seed, until, detailed=detailed)
    with _open(Path(path)) as out:
        write_batches(out, made, progress)


def write_batches(out: BinaryIO, made: Iterator[Batch], progress: Progress | None) -> None:
    """Write the lines as UTF-8, telling `progress` after each batch that has calls."""
    done = 0
    for batch in made:
        out.write("".join(batch.lines).encode())
        done += batch.calls
        if progress is not None and batch.calls:
            progress(done)


@contextmanager
def _open(path: Path) -> Generator[BinaryIO]:
    compressed = _compression(path.name)
    with path.open("wb", buffering=_BUFFER) as file, compressed(file) as out:
        yield out


def _compression(name: str) -> Callable[[BinaryIO], AbstractContextManager[BinaryIO]]:
    for suffix, compressed in _COMPRESSION.items():
        if name.endswith(suffix):
            return compressed
    raise ValueError(f"the file name must end in one of: {', '.join(_COMPRESSION)}")


@contextmanager
def _gzip(file: BinaryIO) -> Generator[BinaryIO]:
    # Without name and time of the file, so that equal records give equal bytes.
    with gzip.GzipFile("", "wb", compresslevel=3, fileobj=file, mtime=0) as out:
        yield cast("BinaryIO", out)


@contextmanager
def _zstd(file: BinaryIO) -> Generator[BinaryIO]:
    with zstandard.ZstdCompressor().stream_writer(file, closefd=False) as out:
        yield cast("BinaryIO", out)


_COMPRESSION: dict[str, Callable[[BinaryIO], AbstractContextManager[BinaryIO]]] = {
    ".ndjson": nullcontext,
    ".ndjson.gz": _gzip,
    ".ndjson.zst": _zstd,
}
SUFFIXES = tuple(_COMPRESSION)
"""How the names of files end that can be written."""
