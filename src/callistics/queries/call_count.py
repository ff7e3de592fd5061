"""How many calls."""

from callistics.catalog.metrics import COUNT
from callistics.queries.base import QueryType
from callistics.queries.picture import Total
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="call_count",
    summary="Number of calls that match.",
    unit=Unit.CALLS,
    figures=(COUNT,),
    picture=Total("count"),
    example={"filters": {"date_from": "2025-01-01", "date_to": "2025-01-31"}},
)
