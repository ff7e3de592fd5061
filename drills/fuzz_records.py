"""Decoders of bodies with records: as columns and one by one, which must agree."""

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import zstandard

from callistics.errors import RequestError
from callistics.ingest.batch import Batch
from callistics.ingest.decode import Limits, Terms, batch_of_values, decode_batch
from callistics.ingest.decompress import unpack
from callistics.model.json import MAX_NESTING, NotJsonError, decode
from callistics.model.scope import EVERYTHING, Scope
from callistics.records.columnar.row_codec import call_rows
from callistics.records.field import RecordKind
from callistics.records.merge import State, apply
from drills.fuzz_loop import Target
from support.decoders import ARRIVAL, READING, WHOLE
from support.inside import read_carefully

_LIMITS = Limits(1 << 20, 1_000)
_NEVER = 1 << 30
_DEEP = "nested too deeply"
_JSON, _LINES = "application/json", "application/x-ndjson"
_SCOPES = (EVERYTHING, Scope(merchant_ids=frozenset({"m"})))
_LEAD = {
    "lead_id": "l",
    "merchant_id": "m",
    "reseller_id": "r",
    "template_id": "t",
    "created_at": "2025-01-15T09:30:00Z",
    "status": "new",
    "payload": {"city": "Lisboa"},
    "updated_at": "2025-01-15T09:31:00Z",
}
_CALLS = (
    WHOLE,
    {"call_id": "d", "merchant_id": "m", "reseller_id": "r", "started_at": "20250115T093000Z"},
    {"call_id": "e", "status": None, "sentiment": "positive", "cost": 0.25, "currency": "usd"},
    {
        **WHOLE,
        "call_id": "f",
        "answered_at": "2025-01-15T09:30:04Z",
        "success": True,
        "duration": 1e3,
        "agent_id": "a",
        "end_reason": "hangup",
        "language": "pt-PT",
        "lead_id": None,
    },
)


def _outcome(read: Callable[[], Batch]) -> Batch | tuple[object, ...]:
    try:
        return read()
    except RequestError as error:
        return type(error).__name__, error.answer_status, error.detail, error.problems


def _changes(batch: Batch) -> list[tuple[int, object]]:
    columns = [] if batch.columns is None else list(batch.columns.changes())
    return sorted([*batch.changes, *columns], key=lambda one: one[0])


def _rows_agree(batch: Batch) -> None:
    """The rows of what is taken as columns are those that merging makes."""
    if batch.columns is None:
        return
    rows = batch.columns.rows(ARRIVAL).to_pylist()
    for (place, change), row in zip(batch.columns.changes(), rows, strict=True):
        state = State()
        apply(RecordKind.CALLS, state, change, ARRIVAL + place)
        merged = call_rows({(str(change.merchant_id), change.identity): state}).to_pylist()[0]
        assert row == merged, (row, merged)


def _same(found: Batch | tuple[object, ...], wanted: Batch | tuple[object, ...]) -> None:
    if isinstance(found, Batch) and isinstance(wanted, Batch):
        assert found.rejected == wanted.rejected, (found.rejected, wanted.rejected)
        assert found.received == wanted.received
        assert _changes(found) == _changes(wanted)
        _rows_agree(found)
        return
    assert found == wanted, (found, wanted)


def _agree(kind: RecordKind) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        for media in (_JSON, _LINES):
            for scope in _SCOPES:
                _both_agree(data, media, Terms(kind, READING, scope, columns_from=1))

    return read


def _both_agree(data: bytes, media: str, terms: Terms) -> None:
    careful = replace(terms, columns_from=_NEVER)
    wanted = _outcome(lambda: decode_batch(data, media, _LIMITS, careful))
    _same(_outcome(lambda: decode_batch(data, media, _LIMITS, terms)), wanted)
    if media == _JSON and isinstance(wanted, Batch) and not wanted.single:
        _values_agree(data, terms, wanted)


def _values_agree(data: bytes, terms: Terms, wanted: Batch) -> None:
    try:
        records = decode(data)
    except NotJsonError:
        return
    if isinstance(records, list):
        _same(batch_of_values(records, terms), wanted)


def _json(data: bytes) -> None:
    """The quick way to read JSON gives what the careful one gives."""

    def outcome(read: Callable[[bytes], object]) -> str:
        try:
            return repr(read(data))
        except NotJsonError as error:
            return str(error)

    found, wanted = outcome(decode), outcome(read_carefully)
    # How deep is too deep for what is wrong further on depends on how deep the caller is.
    deep = _DEEP in (found, wanted) and data.count(b"[") + data.count(b"{") > MAX_NESTING
    assert found == wanted or deep, (found, wanted)


def _bodies(records: Sequence[object]) -> list[bytes]:
    texts = [json.dumps(one).encode() for one in records]
    return [*texts, json.dumps(records).encode(), b"\n".join(texts), b"[" + texts[0] + b"]"]


def _unpack(name: str) -> Callable[[bytes], object]:
    return lambda data: unpack(data, name, 1 << 20)


def targets() -> list[Target]:
    """Bodies of calls and leads, JSON itself, and what bodies are packed with."""
    calls, leads = _bodies(_CALLS), _bodies([_LEAD, {"lead_id": "k", "status": None}])
    refused = (RequestError,)
    zipped = [gzip.compress(one, mtime=0) for one in calls]
    packed = [zstandard.ZstdCompressor().compress(one) for one in calls]
    return [
        Target("calls, both decoders", _agree(RecordKind.CALLS), calls, ()),
        Target("leads", _agree(RecordKind.LEADS), leads, ()),
        Target("JSON, both readers", _json, [*calls, *leads], ()),
        Target("gzip", _unpack("gzip"), zipped, refused),
        Target("zstd", _unpack("zstd"), packed, refused),
    ]
