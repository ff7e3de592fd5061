"""The rows of each query type for the units of one group."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from . import under_way
from .buckets import Bucket
from .canonical import percentage, seconds, two_decimals
from .grouping import by_count
from .measures import rows_of
from .settings import ReferenceSettings
from .state import Call, Lead
from .success import is_reached, is_success
from .zones import local_at

Row = dict[str, Any]
PERCENTILES = (50, 90, 95, 99)


@dataclass(frozen=True)
class Context:
    """What the rows of every group have in common."""

    zone: str
    settings: ReferenceSettings
    stages: Sequence[str] | None
    buckets: Sequence[Bucket]
    measure: str | None = None


def _durations(calls: list[Call]) -> list[int]:
    return sorted(call.duration for call in calls if call.duration is not None)


def _average(durations: list[int]) -> float | None:
    return two_decimals(Fraction(sum(durations), 1000 * len(durations))) if durations else None


def _nearest_rank(durations: list[int], percent: int) -> int | None:
    """The smallest value with at least so many percent of all values at or below it."""
    whole = [(duration + 500) // 1000 for duration in durations]
    for value in whole:
        if 100 * sum(other <= value for other in whole) >= percent * len(whole):
            return value
    return None


def call_count(calls: list[Call], _: Context) -> list[Row]:
    return [{"count": len(calls)}]


def call_duration(calls: list[Call], _: Context) -> list[Row]:
    durations = _durations(calls)
    row = {
        "count": len(durations),
        "avg": _average(durations),
        "min": seconds(durations[0]) if durations else None,
        "max": seconds(durations[-1]) if durations else None,
        "total": seconds(sum(durations)),
    }
    return [row | {f"p{p}": _nearest_rank(durations, p) for p in PERCENTILES}]


def _distribution(name: str, values: list[Any]) -> list[Row]:
    return [
        {name: value, "count": count, "percentage": percentage(count, len(values))}
        for value, count in by_count(values)
    ]


def outcome_distribution(calls: list[Call], _: Context) -> list[Row]:
    return _distribution("outcome", [call.outcome for call in calls])


def provider_breakdown(calls: list[Call], _: Context) -> list[Row]:
    return _distribution("provider", [call.provider for call in calls])


def status_distribution(leads: list[Lead], _: Context) -> list[Row]:
    return _distribution("status", [lead.status for lead in leads])


def top_outcomes(calls: list[Call], _: Context) -> list[Row]:
    rows = _distribution("outcome", [call.outcome for call in calls])
    return [{"rank": rank} | row for rank, row in enumerate(rows, start=1)]


def sentiment_distribution(calls: list[Call], _: Context) -> list[Row]:
    scores = [call.sentiment for call in calls if call.sentiment is not None]
    rows: list[Row] = []
    for k in range(10):
        low, high = k / 10, (k + 1) / 10
        count = sum(low <= score < high or (k == 9 and score == high) for score in scores)
        share = percentage(count, len(scores))
        rows.append({"from": low, "to": high, "count": count, "percentage": share})
    unscored = len(calls) - len(scores)
    return [*rows, {"from": None, "to": None, "count": unscored, "percentage": None}]


def success_rate(calls: list[Call], context: Context) -> list[Row]:
    chosen = context.settings
    reached = sum(
        is_reached(chosen, call.outcome, call.answered_at, call.success) for call in calls
    )
    successes = sum(is_success(chosen, call.outcome, call.success) for call in calls)
    return [
        {
            "calls": len(calls),
            "reached": reached,
            "reach_rate": percentage(reached, len(calls)),
            "successes": successes,
            "success_rate": percentage(successes, len(calls)),
        }
    ]


def duration_distribution(calls: list[Call], _: Context) -> list[Row]:
    durations = _durations(calls)
    edges: list[int | None] = [0, 10, 30, 60, 120, 300, 600, 1800, None]
    rows: list[Row] = []
    for low, high in pairwise(edges):
        assert low is not None
        inside = [d for d in durations if low * 1000 <= d and (high is None or d < high * 1000)]
        share = percentage(len(inside), len(durations))
        rows.append({"from": low, "to": high, "count": len(inside), "percentage": share})
    unknown = len(calls) - len(durations)
    return [*rows, {"from": None, "to": None, "count": unknown, "percentage": None}]


def measure(calls: list[Call], context: Context) -> list[Row]:
    assert context.measure is not None
    return rows_of(calls, context.measure)


def concurrency(calls: list[Call], context: Context) -> list[Row]:
    return under_way.rows_of(calls, context.buckets)


def _inside(calls: list[Call], bucket: Bucket) -> list[Call]:
    return [call for call in calls if bucket.start <= call.started_at < bucket.end]


def calls_over_time(calls: list[Call], context: Context) -> list[Row]:
    return [{"date": b.date, "count": len(_inside(calls, b))} for b in context.buckets]


def avg_duration_over_time(calls: list[Call], context: Context) -> list[Row]:
    pairs = [(bucket, _durations(_inside(calls, bucket))) for bucket in context.buckets]
    return [{"date": b.date, "avg_duration": _average(d), "count": len(d)} for b, d in pairs]


def retry_analysis(calls: list[Call], context: Context) -> list[Row]:
    rows: list[Row] = []
    for attempt in sorted({call.attempt for call in calls}):
        made = [call for call in calls if call.attempt == attempt]
        successes = sum(is_success(context.settings, call.outcome, call.success) for call in made)
        rows.append(
            {
                "attempt": attempt,
                "calls": len(made),
                "percentage": percentage(len(made), len(calls)),
                "successes": successes,
                "success_rate": percentage(successes, len(made)),
            }
        )
    return rows


def hourly_heatmap(calls: list[Call], context: Context) -> list[Row]:
    hours = Counter(local_at(context.zone, call.started_at).hour for call in calls)
    return [{"hour": hour, "count": hours[hour]} for hour in range(24)]


def _stage_counts(leads: list[Lead], stages: Sequence[str]) -> list[tuple[str, int]]:
    """Leads that reached a stage or a later one."""
    return [
        (stage, sum(any(later in lead.statuses for later in stages[place:]) for lead in leads))
        for place, stage in enumerate(stages)
    ]


def conversion_funnel(leads: list[Lead], context: Context) -> list[Row]:
    if context.stages is None:
        counts = by_count(status for lead in leads for status in lead.statuses)
    else:
        counts = _stage_counts(leads, context.stages)
    rows: list[Row] = []
    for step, (status, count) in enumerate(counts, start=1):
        before = counts[max(step - 2, 0)][1]
        rows.append(
            {
                "step": step,
                "status": status,
                "count": count,
                "conversion_rate": percentage(count, counts[0][1]),
                "step_rate": percentage(count, before),
            }
        )
    return rows


QUERIES: dict[str, Callable[[list[Any], Context], list[Row]]] = {
    "call_count": call_count,
    "call_duration": call_duration,
    "outcome_distribution": outcome_distribution,
    "sentiment_distribution": sentiment_distribution,
    "status_distribution": status_distribution,
    "calls_over_time": calls_over_time,
    "avg_duration_over_time": avg_duration_over_time,
    "top_outcomes": top_outcomes,
    "retry_analysis": retry_analysis,
    "provider_breakdown": provider_breakdown,
    "hourly_heatmap": hourly_heatmap,
    "success_rate": success_rate,
    "duration_distribution": duration_distribution,
    "measure": measure,
    "concurrency": concurrency,
    "conversion_funnel": conversion_funnel,
}
LEAD_TYPES = ("status_distribution", "conversion_funnel")
TIME_SERIES = ("calls_over_time", "avg_duration_over_time", "concurrency")
OVERLAPPING = ("concurrency",)
"""Those whose dates test all the time that a call takes."""
