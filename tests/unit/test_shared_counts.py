"""Queries of a batch that match many records count them together, and answer as they do alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from callistics.analytics.batch import Answered
from callistics.analytics.envelope import envelope
from callistics.analytics.service import Analytics
from callistics.catalog.rollups import ROLLUPS
from callistics.engines.base import SharingLimits
from callistics.model.json import encode
from callistics.model.scope import EVERYTHING
from support.batches import Asking
from support.store import Store, lent

MANY, COPIED = SharingLimits(queries=4, rows=1), SharingLimits(queries=4, rows=1_000)
DAYS = {"date_from": "2025-01-01", "date_to": "2025-01-31"}
LONG = {"min_duration": 10}
BY_TIME = ("calls_over_time", "avg_duration_over_time", "hourly_heatmap")
BY_KIND = (
    "call_count",
    "outcome_distribution",
    "provider_breakdown",
    "retry_analysis",
    "sentiment_distribution",
    "success_rate",
)
LEADS = ("status_distribution", "conversion_funnel")


def call(call_id: str, started_at: str, **more: Any) -> dict[str, Any]:
    ids = {"call_id": call_id, "merchant_id": "m", "reseller_id": "r", "lead_id": f"of {call_id}"}
    return {**ids, "started_at": started_at, **more}


CALLS = [
    call("a", "2025-01-01T10:07:00Z", duration=10.4, outcome="OK", provider="p", sentiment=0.7),
    call("b", "2025-01-01T10:44:59Z", duration=60, outcome="busy", attempt=2, sentiment=1),
    call("c", "2025-01-07T23:59:59Z", duration=3600, success=True, provider="p"),
    call("d", "2025-01-07T10:00:00Z", duration=9, outcome="OK"),
    call("e", "2025-01-08T00:00:00Z", duration=10, outcome="OK", provider="q", attempt=2),
]


@pytest.fixture
def store() -> Iterator[Store]:
    with lent() as found:
        yield found


def ask(store: Store, *bodies: dict[str, Any], sharing: SharingLimits = MANY) -> list[str]:
    """The statements that read records, once the answers are those of the queries alone."""
    asking = Asking(store, sharing, ROLLUPS)
    alone = Analytics(store.engine, store.policy, "UTC")
    for body, found in zip(bodies, asking.ask(*bodies), strict=True):
        assert isinstance(found, Answered), found
        wanted = envelope(alone.answer(encode(body), EVERYTHING, store.now))
        assert found.kept.answer == wanted, body
    return [text for text in asking.seen if "FROM calls AS" in text or "FROM leads AS" in text]


def asked(names: tuple[str, ...], **more: Any) -> list[dict[str, Any]]:
    filters = {**DAYS, **LONG, **more.pop("filters", {})}
    return [{"query_type": name, "filters": filters, **more} for name in names]


def test_too_many_rows_are_counted_once_by_time_and_once_by_all_else(store: Store) -> None:
    store.send("calls", CALLS)
    store.send("calls", [{**CALLS[0], "duration": 11}])
    copied, by_time, by_kind = ask(store, *asked(BY_TIME + BY_KIND))
    assert "LIMIT 2" in copied
    assert "AS started_at" in by_time
    assert "AS started_at" not in by_kind


def test_few_queries_of_the_records_are_counted_without_a_copy(store: Store) -> None:
    store.send("calls", CALLS)
    (counted,) = ask(store, *asked(BY_TIME, timezone="Asia/Kolkata"), sharing=COPIED)
    assert "GROUP BY" in counted


def test_nothing_that_matches_is_counted_as_nothing(store: Store) -> None:
    assert len(ask(store, *asked(BY_TIME + BY_KIND))) == 1
    store.send("calls", CALLS)
    assert ask(store, *asked(BY_KIND, filters={"min_duration": 10_000}))


def test_leads_are_counted_once_where_their_calls_tell_which(store: Store) -> None:
    store.send("calls", CALLS)
    store.send("leads", [{"lead_id": "of a", "merchant_id": "m", "status": "won"}])
    assert len(ask(store, *asked(LEADS))) == 1
    plain = [{"query_type": name, "filters": {**DAYS, "merchant_id": "m"}} for name in LEADS]
    assert len(ask(store, *plain)) == len(LEADS)


def test_buckets_that_are_shorter_than_what_is_counted_are_looked_for(store: Store) -> None:
    store.send("calls", CALLS)
    hour = {"date_from": "2025-01-01T10:00:00Z", "date_to": "2025-01-01T10:59:59Z"}
    series = asked(BY_TIME[:2], filters=hour, granularity="minute")
    assert len(ask(store, *series)) == len(series)


def test_open_ends_are_those_of_the_records(store: Store) -> None:
    # Clocks there were ahead by 7 hours and 20 minutes then, which is known once these are found.
    store.send(
        "calls",
        [
            call("a", "1938-01-01T10:42:00Z", duration=60),
            call("b", "1938-01-01T13:44:00Z", duration=60),
        ],
    )
    common = {"filters": LONG, "timezone": "Asia/Singapore", "granularity": "hour"}
    series = [{"query_type": name, **common} for name in BY_TIME[:2]]
    assert len(ask(store, *series)) > len(series)


def test_a_query_that_nothing_is_shared_with_is_asked_by_itself(store: Store) -> None:
    store.send("calls", CALLS)
    lengths = [
        {**one, "group_by": [group]}
        for one in asked(("call_duration",))
        for group in ("provider", "reseller_id")
    ]
    directions = [{**one, "group_by": ["direction"]} for one in asked(BY_KIND[:2])]
    alone = [*lengths, *directions, *asked(("calls_over_time", "call_count"))]
    copied, *others = ask(store, *alone)
    assert "LIMIT 2" in copied
    assert len(others) == len(alone)
    assert not any("AS started_at" in text for text in others)


def test_columns_of_one_name_say_the_same_in_whatever_roll_up() -> None:
    keys = [(one.unit, key) for one in ROLLUPS if not one.extremes for key in one.keys]
    assert len({(unit, key.name) for unit, key in keys}) == len(set(keys))
