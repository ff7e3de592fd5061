"""Calls by telephony provider."""

from callistics.catalog.dimensions import PROVIDER
from callistics.catalog.metrics import COUNT, PERCENTAGE
from callistics.compile.select import Order
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Parts
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="provider_breakdown",
    summary="Calls by the telephony provider that carried them.",
    unit=Unit.CALLS,
    key=PROVIDER,
    fields=(Field("provider", "string|null", "The provider, null where it is unknown."),),
    figures=(COUNT, PERCENTAGE),
    order=Order.COUNT,
    picture=Parts(("provider",), absent="Unknown provider"),
    example={"filters": {"reseller_id": "res_north"}, "group_by": ["direction"]},
)
