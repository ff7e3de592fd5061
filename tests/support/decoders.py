"""The two decoders of calls beside each other: what each makes of one text."""

from typing import Any

from callistics.ingest.batch import Batch
from callistics.model.json import NotJsonError, decode
from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import zone
from callistics.records.columnar.call_batch import CallBatch, batch_of_records, batch_of_texts
from callistics.records.columnar.row_codec import call_rows
from callistics.records.decode import Change, parse_record
from callistics.records.field import RecordKind
from callistics.records.field_values import Reading
from callistics.records.merge import State, apply

READING = Reading(zone("Asia/Kolkata"), 1_767_225_600_000_000)
ARRIVAL = 1_767_225_600_000_000
WHOLE = {
    "call_id": "c",
    "merchant_id": "m",
    "reseller_id": "r",
    "template_id": "t",
    "lead_id": "l",
    "started_at": "2025-01-15T09:30:00.592Z",
    "ended_at": "2025-01-15T15:02:01+05:30",
    "provider": "TWILIO",
    "direction": "outbound",
    "attempt": 2,
    "outcome": "CONFIRMED",
    "sentiment": 0.755,
    "status": "won",
    "payload": {"city": "São Paulo", "tags": ["a", None], "n": 1.50},
    "test": False,
    "updated_at": "2025-01-15T09:31:00Z",
}


def taken(*texts: str, scope: Scope = EVERYTHING) -> CallBatch | None:
    """The records that can be taken as columns."""
    return batch_of_texts([text.encode() for text in texts], READING, scope)


def taken_as_values(*texts: str) -> CallBatch | None:
    """The same of the values that the texts say, those that are JSON."""
    found = [_value(text) for text in texts]
    return batch_of_records(found, READING, EVERYTHING)


def _value(text: str) -> object:
    try:
        return decode(text.encode())
    except NotJsonError:
        return None


def read(text: str) -> Change | None:
    """What the careful decoder makes of a record; None where it finds something wrong."""
    found = parse_record(RecordKind.CALLS, _value(text), READING)
    return found if isinstance(found, Change) else None


def merged(text: str, place: int = 0) -> dict[str, Any]:
    """The row that the careful decoder and merging make of a record."""
    change = read(text)
    assert change is not None, text
    state = State()
    apply(RecordKind.CALLS, state, change, ARRIVAL + place)
    return call_rows({(str(change.merchant_id), change.identity): state}).to_pylist()[0]


def agree(*texts: str) -> None:
    """Whatever is taken as columns, of texts or of values, is what the careful decoder makes."""
    for batch in (taken(*texts), taken_as_values(*texts)):
        if batch is None:
            continue
        rows = batch.rows(ARRIVAL).to_pylist()
        for (place, change), row in zip(batch.changes(), rows, strict=True):
            assert change == read(texts[place]), texts[place]
            assert row == merged(texts[place], place), texts[place]


def contents(batch: Batch) -> Any:
    """What a batch says, whichever of its records are in columns."""
    columns = [] if batch.columns is None else batch.columns.changes()
    changes = sorted([*batch.changes, *columns], key=lambda one: one[0])
    return batch.received, changes, list(batch.rejected)
