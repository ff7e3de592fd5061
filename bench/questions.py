"""The questions that are asked."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from bench.records import target
from callistics.queries import registry

_MONTH = {"date_from": "2025-12-01", "date_to": "2025-12-31"}


@dataclass(frozen=True, slots=True)
class Question:
    """A query type in a scope."""

    query_type: str
    scope: str
    body: bytes


def questions(calls: int) -> Iterator[Question]:
    """Every query type in every scope."""
    wanted = target(calls)
    scopes = {
        "A": {},
        "B": _MONTH,
        "C": {"merchant_id": wanted.merchant, **_MONTH},
        "E": {"payload_filters": {"city": wanted.city}},
    }
    for name in registry():
        for scope, filters in scopes.items():
            body = msgspec.json.encode({"query_type": name, "filters": filters})
            yield Question(name, scope, body)


def month_of_days(calls: int) -> bytes:
    """The contract's own example: a merchant's calls by day, in a zone; 31 rows."""
    wanted = target(calls)
    filters = {
        "merchant_id": wanted.merchant,
        **_MONTH,
        "min_duration": 10,
        "payload_filters": {"city": wanted.merchant_city},
    }
    return msgspec.json.encode(
        {
            "query_type": "calls_over_time",
            "filters": filters,
            "timezone": "Asia/Kolkata",
            "granularity": "day",
            "page": 1,
            "page_size": 31,
        }
    )
