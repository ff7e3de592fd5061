"""Opening a file of records: its format, its compression, and how far it has been read."""

import gzip
import io
import sys
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import zstandard

from callistics.errors import did_you_mean
from callistics.files.beginning import Fill, with_beginning
from callistics.files.lines import UnreadableError
from callistics.files.remote import file_name

Format = Literal["ndjson", "csv", "tsv", "xlsx", "parquet", "arrow"]

FORMATS: tuple[Format, ...] = ("ndjson", "csv", "tsv", "xlsx", "parquet", "arrow")
STDIN = "-"
_BY_NAME: dict[str, Format] = {one: one for one in FORMATS}

_SUFFIXES: dict[str, Format] = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".ods": "xlsx",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".arrows": "arrow",
    ".feather": "arrow",
}
_NOT_UNPACKED = frozenset({".zip", ".bz2", ".xz", ".7z", ".rar", ".lz4", ".br", ".tar", ".tgz"})
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
# Those that pack in parallel begin with a frame of their own, which unpacking passes over.
_ZSTD_SKIPPED = tuple(bytes((number,)) + b"\x2a\x4d\x18" for number in range(0x50, 0x60))
_CHUNK = 1 << 18


def format_named(name: str | None) -> Format | None:
    """The format of a name, None where there is none of it."""
    return None if name is None else _BY_NAME.get(name)


def format_of(name: str) -> Format:
    """The format that a file's name tells. Raises `UnreadableError` where it tells none."""
    if name == STDIN:
        return "ndjson"
    path = Path(file_name(name))
    suffix = Path(path.stem).suffix if path.suffix in (".gz", ".zst") else path.suffix
    found = _SUFFIXES.get(suffix.lower())
    if found is None:
        if path.suffix.lower() in _NOT_UNPACKED:
            raise UnreadableError("unpack it first: only gzip and zstd are unpacked here")
        hint = did_you_mean(suffix.lower(), _SUFFIXES) if suffix else ""
        raise UnreadableError(f"the name tells no format{hint or ', say it with --format'}")
    return found


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file of text, unpacked while it is read."""

    name: str
    data: io.BufferedReader
    raw: BinaryIO
    size: int | None

    def position(self) -> int:
        """How many bytes of the file itself have been read."""
        return self.raw.tell() if self.size is not None else 0


@contextmanager
def open_file(name: str) -> Generator[OpenFile]:
    """Open a file, or standard input for `-`; gzip and zstd are recognised by their content."""
    with _raw(name) as raw:
        is_file = name != STDIN and Path(name).is_file()
        size = Path(name).stat().st_size if is_file else None
        data = raw if is_file else with_beginning(raw.readinto1)
        yield OpenFile(name, _unpacked(data), cast("BinaryIO", raw), size)


@contextmanager
def _raw(name: str) -> Generator[io.BufferedReader]:
    if name == STDIN:
        pipe = sys.stdin.buffer
        yield pipe if isinstance(pipe, io.BufferedReader) else io.BufferedReader(pipe)  # pyright: ignore[reportArgumentType]
        return
    with Path(name).open("rb", buffering=_CHUNK) as raw:
        yield cast("io.BufferedReader", raw)


def _unpacked(raw: io.BufferedReader) -> io.BufferedReader:
    head = raw.peek(4)[:4]
    if head.startswith(_GZIP):
        return with_beginning(_Unpacked(gzip.GzipFile(fileobj=raw).readinto1).readinto)
    if head == _ZSTD or head in _ZSTD_SKIPPED:
        return with_beginning(_Unpacked(_ZstdFile(raw).readinto).readinto)
    return raw


class _Unpacked(io.RawIOBase):
    """Raises `UnreadableError` where compressed content breaks off, whoever reads it."""

    def __init__(self, fill: Fill) -> None:
        self._fill = fill

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill the buffer; 0 at the end."""
        try:
            return self._fill(memoryview(buffer))
        except (gzip.BadGzipFile, EOFError, zlib.error, zstandard.ZstdError) as error:
            message = f"the compressed file is damaged or cut off ({error})"
            raise UnreadableError(message) from error


class _ZstdFile(io.RawIOBase):
    """Unpacks zstd frames, and unlike the library's own reader notices where the last is cut."""

    def __init__(self, raw: io.BufferedReader) -> None:
        self._raw = raw
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._started = False
        self._packed = b""
        self._plain = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Fill the buffer; 0 at the end."""
        while not self._plain:
            self._packed = self._packed or self._raw.read1(_CHUNK)
            if not self._packed:
                if self._started:
                    raise EOFError("it ends within a frame")
                return 0
            self._plain = memoryview(self._next())
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def _next(self) -> bytes:
        plain = self._frame.decompress(self._packed)
        self._packed, self._started = b"", True
        if self._frame.eof:
            self._packed = self._frame.unused_data
            self._frame, self._started = zstandard.ZstdDecompressor().decompressobj(), False
        return plain
