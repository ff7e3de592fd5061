"""Average duration per bucket of time."""

from callistics.catalog.dimensions import BUCKET
from callistics.catalog.metrics import AVERAGE, TIMED
from callistics.queries.base import QueryType
from callistics.queries.picture import Series
from callistics.queries.series import DATE, bucket_slots
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="avg_duration_over_time",
    summary="Average duration per bucket; null where no call has a known duration.",
    unit=Unit.CALLS,
    key=BUCKET,
    fields=(DATE,),
    figures=(AVERAGE, TIMED),
    slots=bucket_slots,
    uses_granularity=True,
    picture=Series("avg_duration", unit="seconds", weight="count"),
    example={
        "filters": {"date_from": "2025-01-01", "date_to": "2025-03-31"},
        "granularity": "week",
    },
)
