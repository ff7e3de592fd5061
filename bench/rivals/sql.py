"""What a good engineer would write by hand over a table of raw calls, in two dialects.

The table has a row for each call and nothing derived. Leads are found by grouping their calls:
their status is the newest that a call brought, their creation the start of their first call.
Each statement gives the figures of the product's answer as (key ..., count ...), without rows
for empty buckets and without percentages, which an application would add.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bench.questions import Question
from bench.rivals.dialects import Dialect, quoted

STATUSES = ("new", "contacted", "interested", "converted", "lost")
UNREACHED = (
    "'NO_ANSWER', 'BUSY', 'FAILED', 'REJECTED', 'CANCELLED', 'CANCELED', 'VOICEMAIL', 'ABORT'"
)
_LEAD = "merchant_id, lead_id"
_SHORT = timedelta(days=60)


def statement(question: Question, dialect: Dialect) -> str:
    """The SQL for a question."""
    if question.query_type in _LEADS:
        return _LEADS[question.query_type](_leads(question, dialect), dialect)
    return _CALLS[question.query_type](question, dialect, _where(_call_filters(question, dialect)))


def selection(question: Question, dialect: Dialect) -> str:
    """How many calls lie within the question's tenant and dates: what must be looked at."""
    return f"SELECT count(*) FROM calls{_where(_tenant(question) + _dates(question, dialect))}"


def _where(conditions: list[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def _tenant(question: Question) -> list[str]:
    names = ("merchant_id", "reseller_id")
    return [
        f"{name} = {quoted(question.filters[name])}" for name in names if name in question.filters
    ]


def _payload(question: Question, dialect: Dialect) -> list[str]:
    wanted = question.filters.get("payload_filters", {})
    return [dialect.city(wanted["city"])] if wanted else []


def _dates(question: Question, dialect: Dialect, column: str = "started_at") -> list[str]:
    begin, end = question.begin, question.end
    found = [] if begin is None else [f"{column} >= {dialect.instant(begin)}"]
    return found if end is None else [*found, f"{column} < {dialect.instant(end)}"]


def _own(question: Question) -> list[str]:
    """Filters that only a call can pass."""
    forms = {
        "provider": "provider = '{}'",
        "min_duration": "duration_ms >= {} * 1000",
        "sentiment_min": "sentiment >= {}",
        "sentiment_max": "sentiment <= {}",
    }
    return [
        form.format(question.filters[name])
        for name, form in forms.items()
        if name in question.filters
    ]


def _call_filters(question: Question, dialect: Dialect) -> list[str]:
    return [
        *_tenant(question),
        *_dates(question, dialect),
        *_own(question),
        *_payload(question, dialect),
    ]


def _leads(question: Question, dialect: Dialect) -> str:
    """The FROM clause and what follows it, up to the groups by lead that match."""
    conditions = [*_tenant(question), *_payload(question, dialect)]
    created = _dates(question, dialect, "min(started_at)")
    if question.begin and question.end and question.end - question.begin < _SHORT:
        # Few leads: whoever has a call within the range, with all its calls.
        inside = _where(conditions + _dates(question, dialect))
        conditions.append(f"({_LEAD}) IN (SELECT {_LEAD} FROM calls{inside})")
    own = _own(question)
    having = [*created, f"count(*) FILTER (WHERE {' AND '.join(own)}) > 0"] if own else created
    having_text = f" HAVING {' AND '.join(having)}" if having else ""
    return f"FROM calls{_where(conditions)} GROUP BY {_LEAD}{having_text}"


def _status_distribution(leads: str, dialect: Dialect) -> str:
    newest = f"SELECT {dialect.newest_status} AS status {leads}"
    return f"SELECT status, count(*) FROM ({newest}) AS leads GROUP BY 1"


def _conversion_funnel(leads: str, _: Dialect) -> str:
    """By the set of statuses that a lead ever had, a bit for each of `STATUSES`."""
    bits = " ".join(f"WHEN '{name}' THEN {1 << place}" for place, name in enumerate(STATUSES))
    had = f"SELECT bit_or(CASE status {bits} ELSE 0 END) AS had {leads}"
    return f"SELECT had, count(*) FROM ({had}) AS leads GROUP BY 1"


def _by(key: str, figures: str = "count(*)") -> Callable[[Question, Dialect, str], str]:
    return lambda _question, _dialect, where: (
        f"SELECT {key}, {figures} FROM calls{where} GROUP BY 1"
    )


def _call_duration(_: Question, dialect: Dialect, where: str) -> str:
    """By seconds, of which the application counts off percentiles: quicker than asking for them."""
    figures = "count(duration_ms), min(duration_ms), max(duration_ms), sum(duration_ms)"
    return f"SELECT {dialect.seconds}, {figures} FROM calls{where} GROUP BY 1 ORDER BY 1"


def _over_time(figures: str) -> Callable[[Question, Dialect, str], str]:
    def select(question: Question, dialect: Dialect, where: str) -> str:
        bucket = f"date_trunc('{question.granularity}', {dialect.local(question)})"
        return f"SELECT {bucket}, {figures} FROM calls{where} GROUP BY 1 ORDER BY 1"

    return select


def _heatmap(question: Question, dialect: Dialect, where: str) -> str:
    hour = f"extract(hour FROM {dialect.local(question)})"
    return f"SELECT {hour}, count(*) FROM calls{where} GROUP BY 1"


def _top_outcomes(_: Question, __: Dialect, where: str) -> str:
    known = f"{where} AND" if where else " WHERE"
    return (
        f"SELECT outcome, count(*) FROM calls{known} outcome IS NOT NULL GROUP BY 1 ORDER BY 2 DESC"
    )


_BIN = "CASE WHEN sentiment < 0.9 THEN floor(sentiment * 10) WHEN sentiment >= 0.9 THEN 9 END"
_SUCCESSES = f"count(*), count(*) FILTER (WHERE outcome NOT IN ({UNREACHED}))"
_CALLS: Mapping[str, Callable[[Question, Dialect, str], str]] = {
    "call_count": lambda _question, _dialect, where: f"SELECT count(*) FROM calls{where}",
    "call_duration": _call_duration,
    "outcome_distribution": _by("outcome"),
    "top_outcomes": _top_outcomes,
    "sentiment_distribution": _by(_BIN),
    "provider_breakdown": _by("provider"),
    "calls_over_time": _over_time("count(*)"),
    "avg_duration_over_time": _over_time("avg(duration_ms), count(duration_ms)"),
    "hourly_heatmap": _heatmap,
    "retry_analysis": _by("attempt", _SUCCESSES),
}
_LEADS: Mapping[str, Callable[[str, Dialect], str]] = {
    "status_distribution": _status_distribution,
    "conversion_funnel": _conversion_funnel,
}
