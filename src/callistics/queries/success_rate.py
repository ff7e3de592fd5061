"""How many calls reach somebody, and how many come to what they are for."""

from callistics.catalog.metrics import COUNT, REACH_RATE, REACHED_CALLS, SUCCEEDED, SUCCESS_RATE
from callistics.queries.base import QueryType
from callistics.queries.picture import Rates
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="success_rate",
    summary="Calls, how many of them reached somebody, and how many are a success.",
    unit=Unit.CALLS,
    figures=(
        COUNT.named("calls", "Calls that match."),
        REACHED_CALLS,
        REACH_RATE,
        SUCCEEDED,
        SUCCESS_RATE,
    ),
    picture=Rates("calls", (("reached", "reach_rate"), ("successes", "success_rate"))),
    example={"filters": {"date_from": "2025-01-01", "date_to": "2025-01-31"}},
)
