"""From which bucket on a time series is still to come."""

from collections.abc import Sequence
from datetime import datetime

_DAY = len("2025-01-01")


def unfinished_from(labels: Sequence[str], range_: str, complete_until: str) -> str | None:
    """The label of the bucket in which completeness ends, None where the range is complete.

    The two texts are those of the headers `Callistics-Range` and `Callistics-Complete-Until`;
    labels are in order and in the same zone. A range with an open end is complete.
    """
    end = range_.rpartition("/")[2]
    if end == ".." or datetime.fromisoformat(end) <= datetime.fromisoformat(complete_until):
        return None
    begun = [label for label in labels if _begins(label, complete_until)]
    return begun[-1] if begun else next(iter(labels), None)


def _begins(label: str, moment: str) -> bool:
    """Whether a bucket has begun at a moment: by local dates, or for hours by the instant."""
    if len(label) == _DAY:
        return label <= moment[:_DAY]
    return datetime.fromisoformat(label) <= datetime.fromisoformat(moment)
