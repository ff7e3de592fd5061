"""The two decoders of calls beside each other: what each makes of one text."""

from typing import Any

from callistics.model.scope import EVERYTHING, Scope
from callistics.model.zones import zone
from callistics.records.columnar.call_batch import CallBatch, batch_of
from callistics.records.columnar.row_codec import CALL_COLUMNS, call_row, table
from callistics.records.decode import Change, parse_text
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
    return batch_of([text.encode() for text in texts], READING, scope)


def merged(text: str, place: int = 0) -> dict[str, Any]:
    """The row that the careful decoder and merging make of a record."""
    change = parse_text(RecordKind.CALLS, text.encode(), READING)
    assert isinstance(change, Change), change
    state = State()
    apply(RecordKind.CALLS, state, change, ARRIVAL + place)
    row = call_row((str(change.merchant_id), change.identity), state)
    return table([row], CALL_COLUMNS).to_pylist()[0]


def refused(text: str) -> bool:
    """Whether the careful decoder finds something wrong."""
    return not isinstance(parse_text(RecordKind.CALLS, text.encode(), READING), Change)
