"""Arrays of Arrow as lists of JSON values, one function for each way of reading them.

Each raises `ValueError` where a value cannot be read.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute

from callistics.files.cells import bytes_text, finite
from callistics.model.json import decode

pc: Any = pyarrow.compute

Array = Any
Kind = Any
"""A type of Arrow's."""

Convert = Callable[[Array], list[Any]]

_NANOS = {"s": 10**9, "ms": 10**6, "us": 10**3, "ns": 1}
_DAY = 86_400 * 10**9
# Arrow writes a fraction of a second with three, six or nine digits, by the unit.
_FRACTIONS = ((r"\.0+$", ""), (r"(\.\d{3})$", r"\1000"), (r"(\.\d{6})000$", r"\1"))


def each(read: Callable[[Any], object]) -> Convert:
    """Read value by value, nulls left alone."""
    return lambda array: [None if one is None else read(one) for one in array.to_pylist()]


def plain(array: Array) -> list[Any]:
    """Values that are JSON already, and decimals."""
    return array.to_pylist()


def floats(array: Array) -> list[Any]:
    """Numbers of 64 bits; NaN is absent and infinity a text."""
    return [None if one is None else finite(one) for one in array.to_pylist()]


def short_floats(array: Array) -> list[Any]:
    """Numbers of 16 or 32 bits, each the shortest decimal that is read as the same number."""
    numbers = array.to_numpy(zero_copy_only=False)
    shortest = numbers.astype("U32").astype(np.float64)
    return floats(pa.array(shortest, mask=array.is_null().to_numpy(zero_copy_only=False)))


def wide_integers(*, signed: bool) -> Convert:
    """Integers of 128 bits, little-endian, as text."""
    return each(lambda raw: str(int.from_bytes(raw, "little", signed=signed)))


def binary(array: Array) -> list[Any]:
    """Bytes as the text that they are, else in base64."""
    return each(bytes_text)(array)


def uuids(array: Array) -> list[Any]:
    """16 bytes as the text of a UUID."""
    return each(lambda raw: str(UUID(bytes=raw)))(array.cast(pa.binary()))


def json_texts(array: Array) -> list[Any]:
    """The values that JSON texts say, numbers exactly; the same one where a text comes again."""
    known: dict[object, object] = {None: None}
    texts = array.to_pylist()
    for text in {*texts}.difference(known):
        known[text] = decode(text if isinstance(text, bytes) else text.encode())
    return [known[text] for text in texts]


def dates(array: Array) -> list[Any]:
    """`2025-01-31`."""
    return array.cast(pa.date32()).cast(pa.string()).to_pylist()


def clock_times(array: Array) -> list[Any]:
    """`23:59:59.250000`."""
    return _short_fractions(array.cast(pa.string())).to_pylist()


def instants(kind: Kind) -> Convert:
    """`2025-01-31T23:59:59`, with a `Z` where the type has a zone."""
    ending = "" if kind.tz is None else "Z"
    utc = pa.timestamp(kind.unit)

    def convert(array: Array) -> list[Any]:
        texts = array.cast(pa.int64()).cast(utc).cast(pa.string())
        texts = _short_fractions(pc.replace_substring(texts, " ", "T", max_replacements=1))
        return (pc.binary_join_element_wise(texts, ending, "") if ending else texts).to_pylist()

    return convert


def _short_fractions(texts: Array) -> Array:
    """Without digits that are only zeros: none, six, or nine of them."""
    for digits, instead in _FRACTIONS:
        texts = pc.replace_substring_regex(texts, digits, instead)
    return texts


def durations(kind: Kind) -> Convert:
    """Seconds, exactly."""
    unit = _NANOS[kind.unit]
    read = each(lambda count: _seconds(count * unit))
    return lambda array: read(array.cast(pa.int64()))


def _seconds(nanos: int) -> int | Decimal:
    whole, rest = divmod(nanos, 10**9)
    return Decimal(nanos).scaleb(-9).normalize() if rest else whole


def intervals(array: Array) -> list[Any]:
    """Months, days and time of Arrow's."""
    return each(lambda one: _interval(one.months, one.days, one.nanoseconds))(array)


def packed_intervals(array: Array) -> list[Any]:
    """Months, days and milliseconds of Parquet's, as 12 bytes."""
    return each(_unpacked_interval)(array)


def _unpacked_interval(raw: bytes) -> object:
    months, days, millis = (int.from_bytes(raw[at : at + 4], "little") for at in (0, 4, 8))
    return _interval(months, days, millis * 10**6)


def _interval(months: int, days: int, nanos: int) -> object:
    """Seconds; an ISO 8601 duration where there are months, which have no length of their own."""
    if not months:
        return _seconds(days * _DAY + nanos)
    return f"P{months}M{days}DT{_seconds(nanos)}S"


def encoded(values: Convert) -> Convert:
    """Values of a dictionary, by their places in it."""

    def convert(array: Array) -> list[Any]:
        known = values(array.dictionary)
        return [None if place is None else known[place] for place in array.indices.to_pylist()]

    return convert


def runs(values: Convert) -> Convert:
    """Values that stand for as many rows as their runs are long."""
    return lambda array: values(pc.run_end_decode(array))


def lists(items: Convert) -> Convert:
    """Lists, nulls inside them kept."""

    def convert(array: Array) -> list[Any]:
        lengths = pc.list_value_length(array).to_pylist()
        inside = iter(items(array.flatten()))
        return [
            None if length is None else [next(inside) for _ in range(length)] for length in lengths
        ]

    return convert


def structs(members: Sequence[tuple[str, Convert]]) -> Convert:
    """Objects, without the members that are null."""

    def convert(array: Array) -> list[Any]:
        inside = [read(one) for (_, read), one in zip(members, array.flatten(), strict=True)]
        names = [name for name, _ in members]
        rows = zip(*inside, strict=True) if inside else [()] * len(array)
        found = (
            {name: v for name, v in zip(names, row, strict=True) if v is not None} for row in rows
        )
        return [
            one if given else None
            for one, given in zip(found, array.is_valid().to_pylist(), strict=True)
        ]

    return convert


def maps(kind: Kind, keys: Convert, items: Convert) -> Convert:
    """Objects by the texts of the keys, without those whose value is null."""
    pairs = pa.struct([pa.field("key", kind.key_type), pa.field("value", kind.item_type)])
    read = lists(structs([("key", keys), ("value", items)]))

    def convert(array: Array) -> list[Any]:
        found: list[Any] = []
        for entries in read(array.cast(pa.list_(pairs))):
            given = None if entries is None else [one for one in entries if "value" in one]
            found.append(
                None if given is None else {_key(one["key"]): one["value"] for one in given}
            )
        return found

    return convert


def _key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
