"""Files of records: NDJSON that says all of it, or Parquet with NDJSON for what that cannot say."""

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol, TypeVar

import msgspec
import pyarrow as pa
import zstandard

from callistics.backups.records import Record, records_in
from callistics.model.instants import utc_text
from callistics.model.rounding import of_millionths
from callistics.records.columnar.parquet_files import parquet_file, parquet_writer
from callistics.records.field import RecordField, RecordKind
from callistics.records.field_types import PAYLOAD, Storage
from callistics.records.field_values import Value
from callistics.records.fields import ALL_FIELDS

if TYPE_CHECKING:
    from pyarrow.parquet import ParquetWriter

_MILLION = 1_000_000
_ROWS_IN_GROUP = 50_000
_TIME = pa.timestamp("us", "UTC")
_TYPES: Mapping[Storage, pa.DataType] = {
    Storage.TEXT: pa.string(),
    Storage.INSTANT: _TIME,
    Storage.INTEGER: pa.int32(),
    Storage.LONG: pa.int64(),
    Storage.DOUBLE: pa.float64(),
    Storage.BOOLEAN: pa.bool_(),
}


class Writer(Protocol):
    """Takes records of one kind."""

    def write(self, records: Iterable[Record]) -> int:
        """Write them; how many."""
        ...


@contextmanager
def writing(folder: Path, kind: RecordKind, format_: str) -> Generator[Writer]:
    """A writer of the files of a kind: `calls.ndjson.zst`, or `calls.parquet`.

    What Parquet cannot say, that a field was cleared, is in `calls-cleared.ndjson.zst` beside it,
    if there is any. Files have their names once all is in them.
    """
    with ExitStack() as files:
        if format_ == "ndjson":
            yield _Lines(kind, _file(files, folder / f"{kind}.ndjson.zst"))
        else:
            yield _Columns(kind, files, folder)


class _Lines:
    def __init__(self, kind: RecordKind, file: IO[bytes]) -> None:
        self._kind, self._file = kind, file
        self._encode = msgspec.json.Encoder().encode

    def write(self, records: Iterable[Record]) -> int:
        """Write them as lines."""
        count = 0
        for count, record in enumerate(records, 1):  # noqa: B007
            self._file.write(self._encode(_as_json(self._kind, record)) + b"\n")
        return count


class _Columns:
    def __init__(self, kind: RecordKind, files: ExitStack, folder: Path) -> None:
        self._kind, self._files, self._folder = kind, files, folder
        self._schema = _schema(kind)
        part = folder / f"{kind}.parquet"
        self._writer = files.enter_context(_named_whole(part, self._opened))
        self._cleared: _Lines | None = None

    def _opened(self, path: Path) -> "ParquetWriter":
        return parquet_writer(path, self._schema)

    def write(self, records: Iterable[Record]) -> int:
        """Write them as rows, those that clear a field as lines."""
        count = 0
        left = iter(records)
        while some := list(islice(left, _ROWS_IN_GROUP)):
            count += len(some)
            rows = [one for one in some if None not in one.values.values()]
            if rows:
                self._writer.write_table(_table(self._kind, rows, self._schema))
            if len(rows) < len(some):
                clearing = [one for one in some if None in one.values.values()]
                self._lines().write(clearing)
        return count

    def _lines(self) -> _Lines:
        if self._cleared is None:
            name = self._folder / f"{self._kind}-cleared.ndjson.zst"
            self._cleared = _Lines(self._kind, _file(self._files, name))
        return self._cleared


def write_part(kind: RecordKind, file: IO[bytes], writer: Writer) -> int:
    """Write the records of a part, of which that is the file, some at a time; how many."""
    count = 0
    with parquet_file(file) as opened:
        for batch in opened.iter_batches(_ROWS_IN_GROUP):
            count += writer.write(records_in(kind, pa.Table.from_batches([batch])))
    return count


def _file(files: ExitStack, path: Path) -> IO[bytes]:
    raw = files.enter_context(_named_whole(path, lambda part: part.open("wb")))
    return files.enter_context(zstandard.ZstdCompressor().stream_writer(raw, closefd=False))


class _Closing(Protocol):
    def close(self) -> object: ...


T = TypeVar("T", bound=_Closing)


@contextmanager
def _named_whole(path: Path, opened: Callable[[Path], T]) -> Generator[T]:
    part = path.with_name(path.name + ".part")
    # As the parts of a backup are: it is the data of all tenants.
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    part.chmod(0o600)
    try:
        file = opened(part)
        try:
            yield file
        finally:
            file.close()
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _said(kind: RecordKind, record: Record) -> dict[str, Value]:
    """The fields of a record in their order, by those that it has."""
    merchant, identity = record.identity
    has = {"merchant_id": merchant, kind.id_field: identity, **record.values}
    if record.time is not None:
        has["updated_at"] = record.time
    return {name: has[name] for name in ALL_FIELDS[kind] if name in has}


def _as_json(kind: RecordKind, record: Record) -> dict[str, object]:
    fields = ALL_FIELDS[kind]
    return {name: _json(fields[name], value) for name, value in _said(kind, record).items()}


def _json(field: RecordField, value: Value) -> object:
    if value is None:
        return None
    if field.type.storage is Storage.INSTANT:
        return utc_text(int(value))
    if field.type.scale is not None:
        exact = of_millionths(int(value) * (_MILLION // field.type.scale))
        return msgspec.Raw(format(exact, "f" if not isinstance(exact, int) else "d").encode())
    return msgspec.Raw(str(value).encode()) if field.type is PAYLOAD else value


def _schema(kind: RecordKind) -> pa.Schema:
    return pa.schema([(name, _type(field)) for name, field in ALL_FIELDS[kind].items()])


def _type(field: RecordField) -> pa.DataType:
    if field.type is PAYLOAD:
        return pa.json_()
    if field.type.scale is not None:
        return pa.decimal128(18, len(str(field.type.scale)) - 1)
    return _TYPES[field.type.storage]


def _table(kind: RecordKind, records: Sequence[Record], schema: pa.Schema) -> pa.Table:
    said = [_said(kind, one) for one in records]
    columns = [_column(field, [one.get(field.name) for one in said]) for field in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(field: pa.Field, values: list[Value]) -> pa.Array:
    if pa.types.is_decimal(field.type):
        # Of whole thousandths, or millionths.
        exact = [
            None if one is None else Decimal(int(one)).scaleb(-field.type.scale) for one in values
        ]
        return pa.array(exact, field.type)
    if field.type == _TIME:
        return pa.array(values, pa.int64()).cast(_TIME)
    return pa.array(values, field.type)
