"""Calls that were sent as values, such as the rows of tables."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, overload

import msgspec
import pyarrow as pa

from callistics.model.floats import gives_back
from callistics.model.json import as_decoded, as_object
from callistics.model.payload import PayloadError, canonical_payload, has_texts_alone
from callistics.records.columnar.later_scores import put_in_columns
from callistics.records.columnar.sent_calls import (
    FRACTIONS,
    KNOWN,
    SENT_FIELDS,
    SentCalls,
    call_type,
    columns_of,
    is_payload,
    laid_out,
)

_Call = call_type(dict[str, Any] | None, None)
(_PAYLOAD,) = (one.name for one in KNOWN.values() if is_payload(one))
_COLUMNS: Mapping[str, Any] = {one.name: list[one.type.sent | None] for one in SENT_FIELDS}
_REQUIRED = [one.name for one in SENT_FIELDS if one.required]


@dataclass(frozen=True, slots=True)
class LaidOut(Sequence[object]):
    """Decoded records of calls whose columns are known already; those of whole ones are plain.

    A record by itself is made by `record` when it is asked for.
    """

    sent: SentCalls
    record: Callable[[int], object]

    def __len__(self) -> int:
        return len(self.sent)

    @overload
    def __getitem__(self, index: int) -> object: ...
    @overload
    def __getitem__(self, index: slice) -> list[object]: ...
    def __getitem__(self, index: int | slice) -> object:
        if isinstance(index, slice):
            return [self.record(place) for place in range(len(self))[index]]
        return self.record(range(len(self))[index])


def values_of(name: str, values: Iterable[object]) -> list[Any]:
    """Decoded values of a field, None where there is none, as its column takes them.

    Raises `ValueError` or `msgspec.MsgspecError` where one has to be read with care.
    """
    listed = [*values]
    if name in FRACTIONS and not all(map(_is_kept, listed)):
        raise ValueError(f"{name}: a number that no float gives back")
    found: list[Any] = msgspec.convert(listed, _COLUMNS[name])
    return found


def _is_kept(value: object) -> bool:
    return not isinstance(value, int | Decimal) or gives_back(value)


def calls_of(values: Mapping[str, Sequence[Any]], payloads: Sequence[str | None]) -> SentCalls:
    """Calls of the values of their fields, as `values_of` gives them, and canonical payloads.

    Those that lack a required field are not plain. Raises `ValueError` where a text is not valid.
    """
    number = len(payloads)
    absent = [None] * number
    listed = {name: list(values.get(name, absent)) for name in KNOWN}
    required = zip(*(listed[name] for name in _REQUIRED), strict=True)
    whole = [None not in one for one in required]
    later = {} if all(whole) else put_in_columns(listed, whole, [not one for one in payloads])
    return SentCalls(laid_out(listed), payloads, [()] * number, pa.array(whole, pa.bool_()), later)


def sent_as_records(records: Sequence[object]) -> tuple[list[int], SentCalls]:
    """The calls among decoded records that have every required field, and the indices of these."""
    if isinstance(records, LaidOut):
        return [*range(len(records))], records.sent
    decoded = list(_decoded(records))
    payloads = [text for _, _, text, _ in decoded]
    cleared = [names for _, _, _, names in decoded]
    columns = columns_of([call for _, call, _, _ in decoded])
    plain = pa.array([True] * len(decoded), pa.bool_())
    return [index for index, *_ in decoded], SentCalls(columns, payloads, cleared, plain)


def _decoded(
    records: Sequence[object],
) -> Iterator[tuple[int, Any, str | None, tuple[str, ...]]]:
    known: dict[str, str] = {}
    for index, raw in enumerate(records):
        record = as_object(raw)
        if record is None or not _is_exact(record):
            continue
        try:
            call = msgspec.convert(record, _Call)
            text = None if call.payload is None else _known_canonical(call.payload, known)
        except (msgspec.MsgspecError, PayloadError, ValueError, RecursionError):
            # The careful reading tells what there is about it.
            continue
        yield index, call, text, _cleared(record)


def _known_canonical(payload: dict[str, object], known: dict[str, str]) -> str:
    """The canonical text; `known` are those of payloads before, many of which come again."""
    written = repr(payload)
    found = known.get(written)
    if found is None:
        known[written] = found = canonical(payload)
    return found


def canonical(payload: dict[str, object]) -> str:
    """The canonical text of a payload as it was sent. Raises `ValueError` if it cannot be kept."""
    said = payload if has_texts_alone(payload) else as_object(as_decoded(payload)) or {}
    return canonical_payload(said)


def _is_exact(record: Mapping[str, object]) -> bool:
    """Whether a float gives back every number that is read as one."""
    return all(
        gives_back(value) for name in FRACTIONS if isinstance(value := record.get(name), Decimal)
    )


def _cleared(record: Mapping[str, object]) -> tuple[str, ...]:
    """The fields that are null."""
    if None not in record.values():
        return ()
    return tuple(name for name, value in record.items() if value is None)
