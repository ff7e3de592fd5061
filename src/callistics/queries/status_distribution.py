"""Leads by their current status."""

from callistics.catalog.dimensions import STATUS
from callistics.catalog.metrics import COUNT, PERCENTAGE
from callistics.compile.select import Order
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Parts
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="status_distribution",
    summary="Leads, each counted once, by their current status.",
    unit=Unit.LEADS,
    key=STATUS,
    fields=(Field("status", "string|null", "The current status, null for leads without one."),),
    figures=(COUNT, PERCENTAGE),
    order=Order.COUNT,
    picture=Parts(("status",), absent="No status"),
    example={"filters": {"merchant_id": "mer_abc", "date_from": "2025-01-01"}},
)
