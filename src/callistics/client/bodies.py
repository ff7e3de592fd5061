"""What a client sends, typed: the names that the server knows; the server says what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Required, TypedDict

QueryType = Literal[
    "avg_duration_over_time",
    "call_count",
    "call_duration",
    "calls_over_time",
    "concurrency",
    "conversion_funnel",
    "duration_distribution",
    "hourly_heatmap",
    "measure",
    "outcome_distribution",
    "provider_breakdown",
    "retry_analysis",
    "sentiment_distribution",
    "status_distribution",
    "success_rate",
    "top_outcomes",
]
Granularity = Literal["minute", "hour", "day", "week", "month", "quarter", "year"]
Comparison = Literal["previous_period", "previous_year"]
Order = Literal["-started_at", "started_at"]
Kind = Literal["calls", "leads"]
OnError = Literal["fail", "skip"]
Permission = Literal["query", "ingest", "erase", "admin"]

Moment = str | date | datetime
"""A time as ISO 8601; a `date` is the whole day, a `datetime` without a zone is local."""
Texts = str | Sequence[str | None] | None
"""One text or any of several; None in a list matches what has none."""
Numbers = int | Sequence[int] | None
Scalar = str | int | float | Decimal | bool | None
Bound = str | int | float | Decimal | date | datetime

Operators = TypedDict(
    "Operators",
    {
        "eq": Scalar,
        "ne": Scalar,
        "in": Sequence[Scalar],
        "not_in": Sequence[Scalar],
        "gt": Bound,
        "gte": Bound,
        "lt": Bound,
        "lte": Bound,
        "contains": str,
        "starts_with": str,
        "exists": bool,
    },
    total=False,
)
"""Conditions on one key of the payload, all of which must hold."""

Condition = Scalar | Sequence[Scalar] | Operators


class Filters(TypedDict, total=False):
    """The filters, joined by AND; None is the same as leaving one out."""

    merchant_id: Texts
    reseller_id: Texts
    template_id: Texts
    lead_id: Texts
    status: Texts
    date_from: Moment | None
    date_to: Moment | None
    date_range: str | None
    weekday: Numbers
    hour: Numbers
    payload_filters: Mapping[str, Condition] | None
    provider: Texts
    direction: Texts
    outcome: Texts
    agent_id: Texts
    end_reason: Texts
    language: Texts
    currency: Texts
    attempt: Numbers
    min_duration: int | None
    max_duration: int | None
    sentiment_min: float | Decimal | None
    sentiment_max: float | Decimal | None
    min_cost: int | float | Decimal | None
    max_cost: int | float | Decimal | None
    success: bool | None
    reached: bool | None


class Asked(TypedDict, total=False):
    """What a query says beside its type. `measure` is of the type `measure` alone."""

    filters: Filters | None
    granularity: Granularity | None
    timezone: str | None
    group_by: Sequence[str] | None
    measure: str | None
    compare: Comparison | None


class AskedPage(Asked, total=False):
    """The same of one page, from 1; without either every row is asked for."""

    page: int | None
    page_size: int | None


class Query(AskedPage, total=False):
    """A query as one of several: a body of `POST /analytics`."""

    query_type: Required[QueryType]


class Sought(TypedDict, total=False):
    """Which calls to look for, and in which order; `page_size` is how many come at a time."""

    filters: Filters | None
    timezone: str | None
    order: Order | None
    page_size: int


class Scope(TypedDict, total=False):
    """What a key or token is limited to: all lists hold, an absent one is no limit."""

    reseller_ids: Sequence[str]
    merchant_ids: Sequence[str]
    template_ids: Sequence[str]


class Locked(TypedDict, total=False):
    """What is joined to every query of a token."""

    filters: Filters | None
    timezone: str | None


class Call(TypedDict, total=False):
    """A call as a record; which fields are required: docs/reference/records.md."""

    call_id: Required[str]
    merchant_id: str
    reseller_id: str | None
    started_at: Moment | None
    template_id: str | None
    lead_id: str | None
    provider: str | None
    direction: str | None
    attempt: int | None
    duration: float | Decimal | None
    ended_at: Moment | None
    outcome: str | None
    sentiment: float | Decimal | str | None
    status: str | None
    payload: Mapping[str, object] | None
    test: bool | None
    updated_at: Moment
    agent_id: str | None
    end_reason: str | None
    language: str | None
    answered_at: Moment | None
    success: bool | None
    cost: int | float | Decimal | None
    currency: str | None


class Lead(TypedDict, total=False):
    """A lead as a record."""

    lead_id: Required[str]
    merchant_id: str
    reseller_id: str | None
    template_id: str | None
    status: str | None
    payload: Mapping[str, object] | None
    created_at: Moment | None
    updated_at: Moment
