"""Dimensions: what calls and leads are grouped and broken down by. Each is defined once."""

from collections.abc import Callable
from dataclasses import dataclass

from callistics.model.payload import MAX_KEY_LENGTH
from callistics.sql.fragment import Sql, raw
from callistics.sql.plan import Frame, Unit

PAYLOAD_PREFIX = "payload."

Expression = Callable[[Frame], Sql]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A value that every call, or every lead, has or lacks.

    `calls` and `leads` say it in SQL for each unit, None where the unit has no such thing.
    `needs_lead` asks for the call's lead beside it; `timed` for the zone's offsets.
    """

    name: str
    help: str
    calls: Expression | None = None
    leads: Expression | None = None
    type: str = "string"
    needs_lead: bool = False
    timed: bool = False

    def on(self, unit: Unit) -> Expression | None:
        """The expression for a unit."""
        return self.calls if unit is Unit.CALLS else self.leads


def column(name: str) -> Expression:
    """A plain column."""
    return lambda _: raw(name)


def _weekday(frame: Frame) -> Sql:
    return frame.dialect.weekday(frame.plan.unit.time, frame.clock)


def _hour(frame: Frame) -> Sql:
    return frame.dialect.hour(frame.plan.unit.time, frame.clock)


def _bucket(frame: Frame) -> Sql:
    granularity, time = frame.plan.query.granularity, frame.plan.unit.time
    if granularity.is_clock:
        return frame.dialect.clock_bucket(time, granularity, frame.clock)
    return frame.dialect.calendar_bucket(time, granularity, frame.calendar)


# Thirty and three: of the simple ways to multiply by ten this one rounds neither a double k/10 nor
# the one before it into the other's bin. A sentiment of 1 belongs to the last bin.
SENTIMENT_TENTH = raw("floor(c.sentiment * 30 / 3) - floor(c.sentiment)")
"""The bin, 0-9, that a sentiment belongs to."""

TEMPLATE = Dimension(
    "template_id", "The calling script.", column("c.template_id"), column("l.template_id")
)
MERCHANT = Dimension(
    "merchant_id", "The merchant.", column("c.merchant_id"), column("l.merchant_id")
)
RESELLER = Dimension(
    "reseller_id", "The reseller.", column("c.reseller_id"), column("l.reseller_id")
)
PROVIDER = Dimension("provider", "The telephony provider.", column("c.provider"))
OUTCOME = Dimension("outcome", "What the call came to.", column("c.outcome"))
STATUS = Dimension(
    "status",
    "The lead's current status.",
    column("l.status"),
    column("l.status"),
    needs_lead=True,
)
DIRECTION = Dimension("direction", "`outbound` or `inbound`.", column("c.direction"))
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
BUCKET = Dimension("date", "The bucket of the time series.", _bucket, _bucket, timed=True)
SENTIMENT_BIN = Dimension(
    "sentiment_bin", "Tenths of the sentiment, 0-9.", lambda _: SENTIMENT_TENTH, type="integer"
)

GROUPABLE = {
    dimension.name: dimension
    for dimension in (
        TEMPLATE,
        MERCHANT,
        RESELLER,
        PROVIDER,
        OUTCOME,
        STATUS,
        DIRECTION,
        ATTEMPT,
        WEEKDAY,
    )
}


def payload_dimension(key: str) -> Dimension:
    """The canonical text of a payload key."""
    return Dimension(
        PAYLOAD_PREFIX + key,
        "Canonical text of the payload's value.",
        lambda frame: frame.dialect.payload_text("c", key),
        lambda frame: frame.dialect.payload_text("l", key),
    )


def groupable(name: str) -> Dimension | None:
    """The dimension that a name in `group_by` stands for, None if there is none."""
    if name.startswith(PAYLOAD_PREFIX):
        key = name.removeprefix(PAYLOAD_PREFIX)
        return payload_dimension(key) if 0 < len(key) <= MAX_KEY_LENGTH else None
    return GROUPABLE.get(name)
