"""Every question that the client has a method for, to a real server, and by asyncio too."""

import asyncio
import inspect
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from callistics import AsyncClient, Client
from callistics.client import (
    BadRequestError,
    NotFoundError,
    Query,
    StatusError,
)
from callistics.testing import RunningServer

Records = Callable[[int], list[dict[str, Any]]]


@pytest.fixture
def filled(client: Client, records: Records) -> Client:
    """A client of a server that has 30 calls of the test's merchant."""
    client.ingest(records(30))
    return client


def test_an_answer_says_what_was_asked_and_how_it_was_read(filled: Client, merchant: str) -> None:
    filters: Any = {"merchant_id": merchant, "date_from": date(2025, 1, 1), "date_to": "2025-01-02"}
    answer = filled.query("calls_over_time", filters=filters, timezone="Asia/Kolkata")
    assert answer.rows == [{"date": "2025-01-01", "count": 9}, {"date": "2025-01-02", "count": 21}]
    assert list(answer) == answer.rows
    assert (len(answer), answer.total, answer.page) == (2, 2, 1)
    assert answer.range == "2025-01-01T00:00:00+05:30/2025-01-03T00:00:00+05:30"
    assert answer.complete_until == "2025-01-03T00:00:00+05:30"
    assert answer.query["query_type"] == "calls_over_time"


def test_no_figure_is_a_float(filled: Client, merchant: str) -> None:
    filters: Any = {"merchant_id": merchant}
    (row,) = filled.query("measure", measure="cost", filters=filters)
    assert row["sum"] == Decimal("5.4375")
    (row,) = filled.query("call_duration", filters=filters, compare=None)
    assert row["total"] == Decimal("435.15")
    assert not any(isinstance(value, float) for value in row.values())


def test_every_row_is_there_unless_a_page_is_asked_for(filled: Client, merchant: str) -> None:
    asked: Any = {"filters": {"merchant_id": merchant}, "granularity": "minute"}
    answer = filled.query("calls_over_time", **asked)
    # 29 hours: more buckets than a page has unless it is told otherwise.
    assert len(answer) == answer.total == 29 * 60 + 1
    page = filled.query("calls_over_time", page=3, page_size=7, **asked)
    assert page.rows == answer.rows[14:21]
    assert (page.total, page.page, page.page_size) == (answer.total, 3, 7)


def test_pages_are_asked_for_when_they_are_wanted(
    filled: Client, merchant: str, proxy: Any, running: RunningServer
) -> None:
    asked: Any = {"filters": {"merchant_id": merchant}, "granularity": "minute"}
    whole = filled.query("calls_over_time", **asked)
    with Client(proxy.url, running.key) as client:
        pages = client.pages("calls_over_time", page_size=600, **asked)
        first = next(pages)
        assert len(proxy.seen) == 1
        rest = list(pages)
    assert [len(page) for page in (first, *rest)] == [600, 600, 541]
    assert [row for page in (first, *rest) for row in page] == whole.rows


def test_every_row_is_there_however_many_pages_it_takes(
    filled: Client, merchant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: Any = {"filters": {"merchant_id": merchant}, "group_by": ["hour"]}
    whole = filled.query("calls_over_time", **asked)
    monkeypatch.setattr("callistics.client.asking.first_page.__defaults__", (7,))
    again = filled.query("calls_over_time", **asked)
    assert again.rows == whole.rows
    assert again.total == len(again) == again.page_size


def test_a_batch_has_answers_in_order_and_raises_the_first_error(
    filled: Client, merchant: str
) -> None:
    filters: Any = {"merchant_id": merchant}
    queries: Any = [
        {"query_type": "call_count", "filters": filters},
        {"query_type": "top_outcomes", "filters": filters, "timezone": "Mars/Base"},
        {"query_type": "top_outcomes", "filters": filters},
    ]
    one, two = filled.batch([queries[0], queries[2]])
    assert one.rows == [{"count": 30}]
    assert [row["outcome"] for row in two] == ["BUSY", "CONFIRMED"]
    with pytest.raises(StatusError, match="/timezone") as caught:
        filled.batch(queries)
    assert "the query at 1 of 3" in caught.value.__notes__[0]
    first, wrong, last = filled.batch(queries, return_errors=True)
    assert isinstance(wrong, StatusError)
    assert (first, last) == (one, two)


def test_more_queries_than_a_batch_takes(client: Client) -> None:
    with pytest.raises(BadRequestError, match="50"):
        client.batch([Query(query_type="call_count")] * 51)


def test_comparisons(filled: Client, merchant: str) -> None:
    filters: Any = {"merchant_id": merchant, "date_from": "2025-01-02", "date_to": "2025-01-02"}
    answer = filled.query("call_count", filters=filters, compare="previous_period")
    assert answer.rows == [{"count": 16, "previous.count": 14}]


def test_calls_behind_a_figure_all_of_them_in_order(filled: Client, merchant: str) -> None:
    filters: Any = {"merchant_id": merchant}
    newest = [one["call_id"] for one in filled.search_calls(filters=filters, page_size=7)]
    assert newest == [f"{merchant} {number}" for number in reversed(range(30))]
    oldest = filled.search_calls(filters=filters, order="started_at")
    assert [one["call_id"] for one in oldest] == newest[::-1]
    pages = list(oldest.pages())
    assert pages[-1].next_cursor is None
    assert pages[0].calls[3]["cost"] == Decimal("0.0375")


def test_search_in_a_zone(filled: Client, merchant: str) -> None:
    calls = filled.search_calls(filters={"merchant_id": merchant}, timezone="Asia/Kolkata")
    assert next(iter(calls))["started_at"] == "2025-01-02T20:30:00+05:30"


def test_a_call_and_a_lead(filled: Client, merchant: str) -> None:
    call_id = f"{merchant} 4"
    found = filled.call(call_id, merchant_id=merchant, timezone="Asia/Kolkata")
    assert (found["call_id"], found["started_at"]) == (call_id, "2025-01-01T19:30:00+05:30")
    assert [one["call_id"] for one in filled.lead(call_id)["calls"]] == [call_id]
    with pytest.raises(NotFoundError):
        filled.call("no/such call?#")


def test_what_can_be_asked(filled: Client, merchant: str) -> None:
    assert {one["name"] for one in filled.types()["query_types"]} >= {"call_count"}
    found = filled.values("merchant_id", prefix=merchant, limit=3)
    assert [(one.value, one.calls) for one in found if one.value == merchant] == [(merchant, 30)]
    keys = filled.payload_keys()
    assert keys.complete
    assert {"city", "age"} <= {one.key for one in keys.keys}


def test_keys_and_tokens(filled: Client, merchant: str) -> None:
    scope: Any = {"merchant_ids": [merchant]}
    made = filled.create_key("shop", ["query"], scope=scope, expires_at=date(2999, 1, 1))
    assert made.secret is not None
    listed = {one.id: one for one in filled.list_keys()}
    assert listed[made.id].secret is None
    assert listed[made.id].scope == scope
    own = filled.with_options(key=made.secret)
    assert own.query("call_count").rows == [{"count": 30}]
    locked: Any = {"filters": {"outcome": "BUSY"}}
    token = filled.create_embed_token(scope, expires_in=60, locked=locked)
    assert filled.with_options(key=token.token).query("call_count").rows == [{"count": 10}]
    assert token.url.endswith(token.token)
    page = filled.audit_page(action="key.created", limit=1)
    assert page.entries[0]["details"]["key"] == made.id
    assert page.next_cursor is not None
    assert filled.audit_page(limit=1, cursor=page.next_cursor).entries != page.entries
    assert filled.audit_page(end="2020-01-01").entries == []
    followed = filled.rotate_key(made.id, overlap=0)
    assert followed.secret is not None
    assert followed.days_left is not None
    with pytest.raises(StatusError, match="401"):
        own.query("call_count")
    assert filled.with_options(key=followed.secret).query("call_count").rows == [{"count": 30}]
    filled.revoke_embed_tokens()
    with pytest.raises(StatusError, match="401"):
        filled.with_options(key=token.token).query("call_count")


def test_settings_come_from_the_environment(
    running: RunningServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_URL", f"{running.url}/")
    monkeypatch.setenv("CALLISTICS_KEY", running.key)
    with Client() as client:
        assert client.url == running.url
        assert client.query("call_count").rows[0]["count"] >= 0
    monkeypatch.setenv("CALLISTICS_URL", "")
    with Client() as client:
        assert client.url == "http://127.0.0.1:8000"


def test_headers_and_other_options_share_the_connections() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={})

    http = httpx.Client(transport=httpx.MockTransport(answer))
    with Client("http://host/base/", "k", headers={"A": "1"}, http_client=http) as client:
        client.with_options(headers={"B": "2"}, timeout=3, key="other").types()
        client.types()
    first, second = seen
    assert str(first.url) == "http://host/base/analytics/types"
    assert (first.headers["A"], first.headers["B"]) == ("1", "2")
    assert first.headers["Authorization"] == "Bearer other"
    assert first.extensions["timeout"]["read"] == 3
    assert "B" not in second.headers
    assert second.headers["Authorization"] == "Bearer k"
    assert second.headers["User-Agent"].startswith("callistics-python/")


def test_what_is_no_option_is_refused(client: Client) -> None:
    wrong: Any = {"retries": 3}
    with pytest.raises(TypeError, match="retries"):
        client.with_options(**wrong)
    with pytest.raises(TypeError, match="begins with the first"):
        next(client.pages("call_count", page=2))  # pyright: ignore[reportCallIssue]
    with pytest.raises(BadRequestError, match="fitlers"):
        client.query("call_count", fitlers={})  # pyright: ignore[reportCallIssue]


def _methods(kind: type) -> dict[str, list[str]]:
    return {
        {"aclose": "close"}.get(name, name): list(inspect.signature(one).parameters)
        for name, one in vars(kind).items()
        if inspect.isfunction(one) and not name.startswith("_")
    }


def test_both_clients_have_the_same_methods() -> None:
    assert _methods(Client) == _methods(AsyncClient)


def test_both_clients_give_the_same_answers(
    filled: Client, running: RunningServer, merchant: str
) -> None:
    # An end that has come: how far an open one is complete depends on when it is asked.
    filters: Any = {"merchant_id": merchant, "date_to": "2025-01-03"}
    minutes: Any = {"filters": filters, "granularity": "minute"}

    async def ask() -> list[object]:
        async with AsyncClient(running.url, running.key) as client:
            calls = client.search_calls(filters=filters, page_size=11)
            table = await calls.to_arrow()
            frames = (await calls.to_polars()).height, len(await calls.to_pandas())
            assert frames == (30, 30)
            other = client.with_options(timeout=9)
            return [
                await other.query("top_outcomes", filters=filters),
                [page async for page in client.pages("calls_over_time", page_size=900, **minutes)],
                await client.batch([{"query_type": "call_count", "filters": filters}]),
                [call async for call in calls],
                table,
                await client.call(f"{merchant} 1"),
                await client.lead(f"{merchant} 1"),
                await client.types(),
                await client.values("outcome"),
                await client.payload_keys(),
                [one.id for one in await client.list_keys()],
            ]

    calls = filled.search_calls(filters=filters, page_size=11)
    assert asyncio.run(ask()) == [
        filled.query("top_outcomes", filters=filters),
        list(filled.pages("calls_over_time", page_size=900, **minutes)),
        filled.batch([{"query_type": "call_count", "filters": filters}]),
        list(calls),
        calls.to_arrow(),
        filled.call(f"{merchant} 1"),
        filled.lead(f"{merchant} 1"),
        filled.types(),
        filled.values("outcome"),
        filled.payload_keys(),
        [one.id for one in filled.list_keys()],
    ]


def test_keys_and_tokens_by_asyncio(running: RunningServer, merchant: str) -> None:
    scope: Any = {"merchant_ids": [merchant]}

    async def ask() -> None:
        async with AsyncClient(running.url, running.key) as client:
            made = await client.create_key("a", ["query"], scope=scope)
            followed = await client.rotate_key(made.id)
            await client.revoke_key(made.id)
            assert followed.secret != made.secret
            (entry,) = (await client.audit_page(limit=1)).entries
            assert entry["details"] == {"key": made.id}
            token = await client.create_embed_token(scope)
            await client.revoke_embed_tokens()
            with pytest.raises(StatusError, match="401"):
                await client.with_options(key=token.token).query("call_count")

    asyncio.run(ask())
