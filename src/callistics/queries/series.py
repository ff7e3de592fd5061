"""What time series share: a row for every bucket of the range."""

from collections.abc import Sequence

from callistics.model.buckets import buckets
from callistics.queries.base import Field, Slot
from callistics.sql.plan import Plan

DATE = Field(
    "date",
    "string",
    "The bucket's first day, or for hours and minutes its first instant with offset.",
)


def bucket_slots(plan: Plan) -> Sequence[Slot]:
    """A slot for each bucket of the plan's range. Raises `TooManyBucketsError`."""
    if plan.empty or plan.begin is None or plan.end is None:
        return []
    cut = buckets(plan.query.zone, plan.query.granularity, plan.begin, plan.end)
    return [Slot(bucket.key, (bucket.label,)) for bucket in cut]
