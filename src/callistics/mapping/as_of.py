"""What time records are as of that do not say so, and which of the same time count as later."""

from decimal import Decimal

from callistics.model import zones
from callistics.model.instants import parse_iso, utc_text, utc_text_of, utc_text_or_none
from callistics.model.zones import Zone
from callistics.records.field_values import Reading, Value, read_duration, read_instant
from callistics.records.record_times import OutOfOrder, readings_of

_TIMES = ("started_at", "ended_at")


def end_of_call(record: dict[str, object], zone: Zone | None) -> str | None:
    """When a call ended as far as its record says, else when it began; None where it says neither.

    Without a `zone`, a time that has no offset gives one that has none either. A time that cannot
    be read gives none: the server says what is wrong with it.
    """
    try:
        return _local_end(record) if zone is None else _end(record, Reading(zone, 0))
    except ValueError:
        return None


def in_order(time: object, order: int) -> object:
    """The time that a record is as of so that it counts as later than others of a lower order.

    That is by so many µs later; what is no time stays as it is: the server says what is wrong.
    """
    try:
        return _moved(time, order) if order and isinstance(time, str) else time
    except ValueError:
        return time


def _moved(time: str, later: int) -> str:
    """A time by so many µs later, without an offset where it has none."""
    written = parse_iso(time.strip())
    return utc_text_of(written.local + later, written.offset)


def _end(record: dict[str, object], reading: Reading) -> str | None:
    duration = _milliseconds(record, reading)
    values: dict[str, Value] = {
        name: read_instant(record[name], reading) for name in _TIMES if record.get(name) is not None
    }
    readings = readings_of({**values, "duration": duration}, record, reading)
    if not values or isinstance(readings, OutOfOrder):
        return None
    ended, started = (readings[0].get(name) for name in ("ended_at", "started_at"))
    if ended is not None or started is None:
        return utc_text_or_none(ended)
    return utc_text(started + (duration or 0) * 1000)


def _local_end(record: dict[str, object]) -> str | None:
    started, ended = record.get("started_at"), record.get("ended_at")
    if isinstance(ended, str) or not isinstance(started, str):
        return ended if isinstance(ended, str) else None
    lasted = _milliseconds(record, Reading(zones.zone("UTC"), 0)) or 0
    return _moved(started, lasted * 1000)


def _milliseconds(record: dict[str, object], reading: Reading) -> int | None:
    sent = record.get("duration")
    exact = Decimal(str(sent)) if isinstance(sent, float) else sent
    return None if exact is None else read_duration(exact, reading)
