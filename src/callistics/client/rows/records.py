"""Tables as records: one for each row, and what a row has no value for is left out."""

import math
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from callistics.client.encoding import seconds_of
from callistics.client.errors import RecordError
from callistics.client.rows.tables import missing
from callistics.model.json import NotJsonError, as_object, decode

_PAYLOAD = "payload"
_PREFIX = "payload."
# The places of rows in a frame of pandas that was filtered, sorted or put together.
_PLACES = re.compile(r"__index_level_\d+__")
Values = list[Any]


def is_table(source: object) -> bool:
    """Whether something has columns: a frame of Polars or pandas, a table or reader of Arrow."""
    return hasattr(source, "__arrow_c_stream__")


def rows_of(source: Any) -> Iterator[dict[str, Any]]:
    """The records of a table, a part of it at a time; nulls and NaN are absent.

    A column `payload` holds objects or their JSON, one named `payload.<key>` a member of it.
    Raises `MissingPackageError`, and `RecordError` for a table that Arrow has no form for.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415
    except ImportError as error:
        raise missing("pyarrow") from error
    try:
        reader = pa.RecordBatchReader.from_stream(source)
    except (pa.ArrowException, ValueError) as error:
        raise RecordError(
            f"the table cannot be read: {error}; where a column has values of several types, give"
            " mappings, or payloads as their JSON"
        ) from error
    names = reader.schema.names
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RecordError(f"the table has more than one column {twice!r}")
    with reader:
        for batch in reader:
            read = [
                (str(name), _values(column))
                for name, column in zip(batch.schema.names, batch.columns, strict=True)
                if not _PLACES.fullmatch(str(name))
            ]
            names = [name for name, _ in read]
            for row in zip(*(values for _, values in read), strict=True):
                yield _record(names, row)


def _record(names: Iterable[str], row: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    below: dict[str, Any] = {}
    for name, value in zip(names, row, strict=True):
        if value is None:
            continue
        if name.startswith(_PREFIX):
            below[name.removeprefix(_PREFIX)] = value
        else:
            found[name] = _payload(value) if name == _PAYLOAD else value
    whole = found.get(_PAYLOAD, {})
    if below and isinstance(whole, dict):
        found[_PAYLOAD] = {**whole, **below}
    return found


def _payload(value: Any) -> Any:
    """The object that a text is. Any other text stays: it is a bad record like any other."""
    if not isinstance(value, str):
        return value
    try:
        found = as_object(decode(value.encode()))
    except NotJsonError:
        return value
    return value if found is None else found


def _values(column: Any) -> Values:
    """The values of a column as Python has them exactly."""
    import pyarrow as pa  # noqa: PLC0415

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _values(column.dictionary_decode())
    for holds, convert in _CONVERT:
        if holds(pa.types, kind):
            return convert(pa, column)
    found: Values = column.to_pylist(maps_as_pydicts="lossy")
    return [_known(value) for value in found] if pa.types.is_nested(kind) else found


def _doubles(_: Any, column: Any) -> Values:
    return [None if value is None or math.isnan(value) else value for value in column.to_pylist()]


def _floats(pa: Any, column: Any) -> Values:
    """Of fewer bits: the shortest decimal that is the same number there, not the double's."""
    texts: list[str | None] = column.cast(pa.float32()).cast(pa.string()).to_pylist()
    return [None if text is None or text == "nan" else float(text) for text in texts]


def _moments(pa: Any, column: Any) -> Values:
    """Cut to microseconds, which are what is stored."""
    return column.cast(pa.timestamp("us", column.type.tz), safe=False).to_pylist()


def _lengths(pa: Any, column: Any) -> Values:
    micros = column.cast(pa.duration("us"), safe=False).to_pylist()
    return [None if value is None else seconds_of(value) for value in micros]


_CONVERT: list[tuple[Callable[[Any, Any], bool], Callable[[Any, Any], Values]]] = [
    (lambda types, kind: types.is_float64(kind), _doubles),
    (lambda types, kind: types.is_floating(kind), _floats),
    (lambda types, kind: types.is_timestamp(kind), _moments),
    (lambda types, kind: types.is_duration(kind), _lengths),
]


def _known(value: Any) -> Any:
    """A nested value without what is not known: the members of objects that are null or NaN."""
    if isinstance(value, dict):
        members = {name: _known(one) for name, one in value.items()}
        return {name: one for name, one in members.items() if one is not None}
    if isinstance(value, list):
        return [_known(one) for one in value]
    return None if isinstance(value, float) and math.isnan(value) else value
