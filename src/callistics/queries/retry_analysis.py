"""How success changes with the attempt."""

from callistics.catalog.dimensions import ATTEMPT
from callistics.catalog.metrics import COUNT, PERCENTAGE, SUCCEEDED, SUCCESS_RATE
from callistics.queries.base import Field, QueryType
from callistics.queries.picture import Parts
from callistics.sql.selection import Unit

QUERY = QueryType(
    name="retry_analysis",
    summary="Calls, successes and success rate by attempt.",
    unit=Unit.CALLS,
    key=ATTEMPT,
    fields=(Field("attempt", "integer", "As recorded, else the call's place among its lead's."),),
    figures=(COUNT.named("calls", "Calls of this attempt."), PERCENTAGE, SUCCEEDED, SUCCESS_RATE),
    picture=Parts(
        ("attempt",), absent="Unknown attempt", value="calls", within=("successes", "success_rate")
    ),
    example={"filters": {"template_id": "tpl_xyz789"}},
)
