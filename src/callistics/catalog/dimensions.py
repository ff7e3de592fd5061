"""Dimensions: what calls and leads are grouped and broken down by. Each is defined once."""

from collections.abc import Callable
from dataclasses import dataclass

from callistics.model.buckets import bucket_label
from callistics.model.payload import MAX_KEY_LENGTH
from callistics.model.query import Query
from callistics.records.field import RecordKind
from callistics.records.fields import ALL_FIELDS
from callistics.sql.dialect import SqlValue
from callistics.sql.fragment import Sql, raw
from callistics.sql.selection import Frame, Unit

PAYLOAD_PREFIX = "payload."

Expression = Callable[[Frame], Sql]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A value that every call, or every lead, has or lacks.

    `calls` and `leads` say it in SQL for each unit, None where the unit has no such thing.
    `needs_lead`: it reads the call's lead as well; `timed`: it reads the zone's offsets. `shown`
    is what a row shows of a value that SQL gives.
    """

    name: str
    help: str
    calls: Expression | None = None
    leads: Expression | None = None
    type: str = "string"
    needs_lead: bool = False
    timed: bool = False
    shown: Callable[[Query, SqlValue], SqlValue] = lambda _, value: value

    def on(self, unit: Unit) -> Expression | None:
        """The expression for a unit."""
        return self.calls if unit is Unit.CALLS else self.leads


def column(name: str) -> Expression:
    """A plain column."""
    return lambda _: raw(name)


def _weekday(frame: Frame) -> Sql:
    return frame.dialect.weekday(frame.selection.unit.time, frame.record_clock)


def _bucket_label(query: Query, key: SqlValue) -> SqlValue:
    return bucket_label(query.zone, query.granularity, key) if isinstance(key, int) else key


def _hour(frame: Frame) -> Sql:
    return frame.dialect.hour(frame.selection.unit.time, frame.record_clock)


def _bucket(frame: Frame) -> Sql:
    return bucket_of(frame, frame.selection.unit.time)


def bucket_of(frame: Frame, time: Sql) -> Sql:
    """The key of the bucket that a time inside the range falls into."""
    granularity = frame.selection.query.granularity
    if granularity.is_clock:
        return frame.dialect.clock_bucket(time, granularity, frame.clock)
    return frame.dialect.calendar_bucket(time, granularity, frame.calendar)


# Thirty and three: of the simple ways to multiply by ten this one rounds neither a double k/10 nor
# the one before it into the other's bin. A sentiment of 1 belongs to the last bin.
SENTIMENT_TENTH = raw("floor(c.sentiment * 30 / 3) - floor(c.sentiment)")
"""The bin, 0-9, that a sentiment belongs to."""


def _of_field(name: str) -> Dimension:
    """The dimension that a field of calls declares; leads have it where they have the field."""
    field = ALL_FIELDS[RecordKind.CALLS][name]
    return Dimension(
        name,
        field.group,
        column(f"c.{field.stored_in}"),
        column(f"l.{field.stored_in}") if RecordKind.LEADS in field.kinds else None,
    )


STATUS = Dimension(
    "status",
    ALL_FIELDS[RecordKind.LEADS]["status"].group,
    column("l.status"),
    column("l.status"),
    needs_lead=True,
)
BY_FIELD = {
    name: STATUS if name == STATUS.name else _of_field(name)
    for name, field in ALL_FIELDS[RecordKind.CALLS].items()
    if field.group
}
"""The dimensions that fields declare."""
PROVIDER, OUTCOME, DIRECTION = (BY_FIELD[name] for name in ("provider", "outcome", "direction"))
ATTEMPT = Dimension(
    "attempt", "Which attempt to reach the lead.", column("c.attempt"), type="integer"
)
WEEKDAY = Dimension(
    "weekday",
    "1 (Monday) to 7, in the request's zone.",
    _weekday,
    _weekday,
    type="integer",
    timed=True,
)
HOUR = Dimension("hour", "0-23, in the request's zone.", _hour, _hour, type="integer", timed=True)
BUCKET = Dimension(
    "date",
    "The bucket of the granularity, as time series label it.",
    _bucket,
    _bucket,
    timed=True,
    shown=_bucket_label,
)
SENTIMENT_BIN = Dimension(
    "sentiment_bin", "Tenths of the sentiment, 0-9.", lambda _: SENTIMENT_TENTH, type="integer"
)

DURATION_EDGES = (0, 10, 30, 60, 120, 300, 600, 1800)
"""Where the bins of durations begin, in seconds; each ends where the next begins."""


def _duration_bin(_: Frame) -> Sql:
    cases = (
        f"WHEN c.duration_ms < {1000 * edge} THEN {index}"
        for index, edge in enumerate(DURATION_EDGES[1:])
    )
    last = f"WHEN c.duration_ms IS NOT NULL THEN {len(DURATION_EDGES) - 1}"
    return raw(f"CASE {' '.join(cases)} {last} END")


DURATION_BIN = Dimension(
    "duration_bin", "Which bin the duration lies in, from 0.", _duration_bin, type="integer"
)

GROUPABLE = BY_FIELD | {one.name: one for one in (ATTEMPT, WEEKDAY, HOUR, BUCKET)}
"""What `group_by` may name, besides keys of the payload."""


def payload_dimension(key: str) -> Dimension:
    """The canonical text of a payload key."""
    return Dimension(
        PAYLOAD_PREFIX + key,
        "Canonical text of the payload's value.",
        lambda frame: frame.payloads.text("c", key),
        lambda frame: frame.payloads.text("l", key),
    )


def groupable(name: str) -> Dimension | None:
    """The dimension that a name in `group_by` stands for, None if there is none."""
    if name.startswith(PAYLOAD_PREFIX):
        key = payload_key(name)
        return None if key is None else payload_dimension(key)
    return GROUPABLE.get(name)


def payload_key(name: str) -> str | None:
    """The key in `payload.<key>`, None where it is no key that a payload is asked for."""
    key = name.removeprefix(PAYLOAD_PREFIX)
    return key if 0 < len(key) <= MAX_KEY_LENGTH else None
