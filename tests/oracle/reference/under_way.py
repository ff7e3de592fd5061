"""Calls under way at once, looked at one instant after the other."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from .buckets import Bucket
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
