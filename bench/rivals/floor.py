"""The least time a question can take over raw calls: its bytes at the speed of memory."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from bench import storage
from bench.questions import Question

_SIZE, _TIMES = 1 << 30, 7
_LEAD = ("merchant_id", "lead_id", "started_at", "status")
_TOUCHED: Mapping[str, tuple[str, ...]] = {
    "call_count": (),
    "call_duration": ("duration_ms",),
    "outcome_distribution": ("outcome",),
    "top_outcomes": ("outcome",),
    "sentiment_distribution": ("sentiment",),
    "provider_breakdown": ("provider",),
    "calls_over_time": ("started_at",),
    "avg_duration_over_time": ("started_at", "duration_ms"),
    "hourly_heatmap": ("started_at",),
    "retry_analysis": ("attempt", "outcome"),
    "status_distribution": _LEAD,
    "conversion_funnel": _LEAD,
}
_FILTERED = {
    "merchant_id": "merchant_id",
    "reseller_id": "reseller_id",
    "provider": "provider",
    "min_duration": "duration_ms",
    "sentiment_min": "sentiment",
    "sentiment_max": "sentiment",
    "payload_filters": "payload",
}
HOW = (
    "Floor: the bytes of the columns that a question names, compressed as in the raw file (of the"
    " payload a third, as a filter reads one key of about three), times the share of calls within"
    " its tenant and dates, at the speed of memory. A figure kept beside the calls can beat it."
)


def bandwidth(threads: int) -> float:
    """Bytes per second that threads read together from an array that no cache holds, at best."""
    array = np.ones(_SIZE // 8, dtype=np.int64)
    parts = np.array_split(array, threads)
    with ThreadPoolExecutor(threads) as pool:
        return _SIZE / min(_seconds(pool, parts) for _ in range(_TIMES))


def _seconds(
    pool: ThreadPoolExecutor, parts: "list[np.ndarray[tuple[int], np.dtype[np.int64]]]"
) -> float:
    started = time.perf_counter()
    # The maximum is found at the speed of memory; a sum is not.
    list(pool.map(np.max, parts))
    return time.perf_counter() - started


def widths(raw: Path, calls: int) -> Mapping[str, float]:
    """Bytes per call of each column of the raw file."""
    found = storage.by_column("duckdb", raw)
    per_call = {column: size / calls for (_, column), size in found.items()}
    return {**per_call, "payload": per_call["payload"] / 3}


def touched(question: Question, widths: Mapping[str, float]) -> float:
    """Bytes per call that the question has to look at."""
    names = {*_TOUCHED[question.query_type]}
    names |= {_FILTERED[name] for name in question.filters}
    if question.first or question.last:
        names.add("started_at")
    return sum(widths.get(name, 0) for name in names)
