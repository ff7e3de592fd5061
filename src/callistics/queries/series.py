"""What time series share: a row for every bucket of the range."""

from collections.abc import Sequence

from callistics.model.buckets import buckets
from callistics.queries.base import Field, Slot
from callistics.sql.selection import Selection

DATE = Field(
    "date",
    "string",
    "The bucket's first day, or for hours and minutes its first instant with offset.",
    bucket=True,
)


def bucket_slots(selection: Selection) -> Sequence[Slot]:
    """A slot for each bucket that is shown of the range. Raises `TooManyBucketsError`."""
    if selection.empty or selection.begin is None or selection.end is None:
        return []
    query, ends = selection.query, (selection.begin, selection.end)
    cut = buckets(query.zone, query.granularity, *ends, first=selection.buckets)
    return [
        Slot(
            bucket.key,
            (bucket.label,),
            (max(bucket.begin, selection.begin), min(bucket.end, selection.end)),
        )
        for bucket in cut
    ]
