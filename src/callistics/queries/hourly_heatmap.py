"""Calls by hour of the day, with `group_by: ["weekday"]` by hour of the week."""

from collections.abc import Sequence

from callistics.catalog.dimensions import HOUR, WEEKDAY
from callistics.catalog.metrics import COUNT
from callistics.queries.base import Field, QueryType, Slot
from callistics.queries.picture import Hours
from callistics.sql.selection import Selection, Unit


def _hours(_: Selection) -> Sequence[Slot]:
    return [Slot(hour, (hour,)) for hour in range(24)]


QUERY = QueryType(
    name="hourly_heatmap",
    summary="Calls by hour of the day in the request's zone; 168 rows when grouped by weekday.",
    unit=Unit.CALLS,
    key=HOUR,
    fields=(Field("hour", "integer", "0-23 by the clocks of the request's zone."),),
    figures=(COUNT,),
    slots=_hours,
    always=((WEEKDAY.name, tuple(range(1, 8))),),
    picture=Hours("count"),
    example={"timezone": "Asia/Kolkata", "group_by": ["weekday"], "page_size": 168},
)
