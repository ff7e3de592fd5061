"""Calls that were sent as values, such as the rows of tables."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
import pyarrow as pa

from callistics.model.json import as_decoded, as_object
from callistics.model.payload import PayloadError, canonical_payload
from callistics.records.columnar.sent_calls import (
    FRACTIONS,
    KNOWN,
    SentCalls,
    call_type,
    columns_of,
    is_payload,
)

_Call = call_type(dict[str, Any] | None, None)
(_PAYLOAD,) = (one.name for one in KNOWN.values() if is_payload(one))
# Characters of numbers that a float gives back whatever they are, and of those that are looked at.
_FEW, _MANY = 15, 40


def sent_as_records(records: Sequence[object]) -> tuple[list[int], SentCalls]:
    """The calls among decoded records that have every required field, and the indices of these."""
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
            text = None if call.payload is None else _canonical(call.payload, known)
        except (msgspec.MsgspecError, PayloadError, ValueError, RecursionError):
            # The careful reading tells what there is about it.
            continue
        yield index, call, text, _cleared(record)


def _canonical(payload: dict[str, object], known: dict[str, str]) -> str:
    """The canonical text; `known` are those of payloads before, many of which come again."""
    written = repr(payload)
    found = known.get(written)
    if found is None:
        members = as_object(as_decoded(payload)) or {}
        known[written] = found = canonical_payload(members)
    return found


def _is_exact(record: Mapping[str, object]) -> bool:
    """Whether a float gives back every number that is read as one."""
    return all(
        _gives_back(value) for name in FRACTIONS if isinstance(value := record.get(name), Decimal)
    )


def _gives_back(value: Decimal) -> bool:
    text = str(value)
    if len(text) <= _FEW and "E" not in text:
        return True
    return len(text) <= _MANY and Decimal(repr(float(value))) == value


def _cleared(record: Mapping[str, object]) -> tuple[str, ...]:
    """The fields that are null."""
    if None not in record.values():
        return ()
    return tuple(name for name, value in record.items() if value is None)
