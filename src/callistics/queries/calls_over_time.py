"""Calls per bucket of time."""

from callistics.catalog.dimensions import BUCKET
from callistics.catalog.metrics import COUNT
from callistics.queries.base import QueryType
from callistics.queries.picture import Series
from callistics.queries.series import DATE, bucket_slots
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="calls_over_time",
    summary="Calls per minute, hour, day, week, month, quarter or year; empty buckets are zero.",
    unit=Unit.CALLS,
    key=BUCKET,
    fields=(DATE,),
    figures=(COUNT,),
    slots=bucket_slots,
    uses_granularity=True,
    picture=Series("count", unit="calls", bars=True),
    example={
        "filters": {"merchant_id": "mer_abc", "date_from": "2025-01-01", "date_to": "2025-01-31"},
        "granularity": "day",
        "timezone": "Europe/Lisbon",
    },
)
