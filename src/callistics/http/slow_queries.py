"""A line of log for each query that takes long: what it asks, but no value of it."""

from collections.abc import Mapping
from typing import Any

import structlog

from callistics.analytics.plan import Plan
from callistics.http.request_notes import noted, route_of
from callistics.http.services import Services
from callistics.tracing import Timings

_CUT_OFF = 504
_log = structlog.get_logger("callistics.http")


def tell_slow(parts: Services, scope: Mapping[str, Any], status: int, spent: Timings) -> None:
    """Log the queries of a request that took `slow_query_seconds` by their steps, or all allowed.

    Those of a batch that are slow have a line each; one that is slow by its number has one line.
    """
    limit = parts.settings.slow_query_seconds
    if limit and (spent.total >= limit or status == _CUT_OFF):
        slow = [one for one in spent.parts if one.total >= limit]
        for one in slow or [spent]:
            _tell(parts, scope, status, one)


def _tell(parts: Services, scope: Mapping[str, Any], status: int, spent: Timings) -> None:
    first = next((one.about for one in (spent, *spent.parts) if one.about is not None), None)
    if not isinstance(first, Plan):
        return
    number = len(spent.parts)
    asked = {"queries": number} if number > 1 else parts.analytics.profile(first)
    parts.metrics.slow_queries.labels(asked.get("query_type", "batch")).inc()
    _log.warning(
        "slow query",
        route=route_of(scope),
        status=status,
        key=noted(scope).get("key"),
        **asked,
        rows=spent.rows + sum(one.rows for one in spent.parts),
        ms=_ms(spent.total),
        steps={name: _ms(seconds) for name, seconds in spent.seconds.items()},
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 3)
