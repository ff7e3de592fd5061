"""Calls by outcome."""

from callistics.catalog.dimensions import OUTCOME
from callistics.catalog.metrics import COUNT, PERCENTAGE
from callistics.compile.select import Order
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Parts
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="outcome_distribution",
    summary="Calls by outcome; calls without one are the row whose outcome is null.",
    unit=Unit.CALLS,
    key=OUTCOME,
    fields=(Field("outcome", "string|null", "The outcome, null where there is none."),),
    figures=(COUNT, PERCENTAGE),
    order=Order.COUNT,
    picture=Parts(("outcome",), absent="No outcome"),
    example={"filters": {"template_id": "tpl_xyz789"}, "page_size": 10},
)
