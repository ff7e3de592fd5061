"""The most frequent outcomes, ranked."""

from callistics.catalog.dimensions import OUTCOME
from callistics.catalog.metrics import COUNT, OUTCOME_KNOWN, PERCENTAGE
from callistics.compile.select import Order
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Parts
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="top_outcomes",
    summary="The most frequent outcomes with their ranks, over calls that have one.",
    unit=Unit.CALLS,
    key=OUTCOME,
    fields=(Field("outcome", "string", "The outcome."),),
    figures=(
        COUNT,
        PERCENTAGE.named("percentage", "Share of the calls that have an outcome, 0-100."),
    ),
    order=Order.COUNT,
    only=OUTCOME_KNOWN,
    ranked=True,
    picture=Parts(("outcome",), absent="No outcome"),
    example={"filters": {"merchant_id": "mer_abc"}, "page_size": 5},
)
