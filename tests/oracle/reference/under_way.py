"""Calls under way at once, looked at one instant after the other."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from .buckets import Bucket, bucket_at, buckets_between
from .canonical import two_decimals
from .state import Call


def end_of(call: Call) -> int:
    """The first instant after a call."""
    return call.started_at + 1000 * (call.duration or 0)


def _at(calls: list[Call], instant: int) -> int:
    return sum(call.started_at <= instant < end_of(call) for call in calls)


def rows_of(calls: list[Call], buckets: Sequence[Bucket]) -> list[dict[str, Any]]:
    """A row for each bucket, which is cut by the range already."""
    rows: list[dict[str, Any]] = []
    for low, high, date in buckets:
        # The number rises at a start alone.
        instants = [low, *(c.started_at for c in calls if low <= c.started_at < high)]
        inside = [min(end_of(c), high) - max(c.started_at, low) for c in calls]
        time = sum(part for part in inside if part > 0)
        peak = max(_at(calls, instant) for instant in instants)
        rows.append({"date": date, "peak": peak, "avg": two_decimals(Fraction(time, high - low))})
    return rows


def buckets_of(
    zone: str, granularity: str, begin: int | None, end: int | None, calls: Sequence[Call]
) -> list[Bucket]:
    """Every bucket of the range, cut by it; an open end is the edge of the outermost bucket."""
    if begin is None or end is None:
        if not calls:
            return []
        first = bucket_at(zone, granularity, min(call.started_at for call in calls))
        last = bucket_at(zone, granularity, max(map(end_of, calls)) - 1)
        begin = first.start if begin is None else begin
        end = last.end if end is None else end
    whole = buckets_between(zone, granularity, begin, end)
    return [Bucket(max(low, begin), min(high, end), date) for low, high, date in whole]
