"""The client before a real server while connections are cut, servers busy and answers slow."""

from collections.abc import Callable
from typing import Any

import pytest

from callistics import AsyncClient, Client
from callistics.client import NoAnswerError, NoAnswerInTimeError, UnavailableError
from callistics.testing import RunningServer
from support.alerting import body
from support.asynchronous import finished
from support.faults import Fault
from support.flaky import Proxy

Records = Callable[[int], list[dict[str, Any]]]

LOSSES = [Fault.CUT_BODY, Fault.CUT_EXECUTED, Fault.CUT_ANSWER]


@pytest.fixture
def through(proxy: Proxy, running: RunningServer) -> Any:
    """A client whose requests take the way that fails."""
    with Client(proxy.url, running.key, sleep=lambda _: None) as found:
        yield found


def count(client: Client, merchant: str) -> int:
    (row,) = client.query("call_count", filters={"merchant_id": merchant})
    return row["count"]


@pytest.mark.parametrize("fault", LOSSES)
def test_a_batch_whose_answer_is_lost_is_stored_once(
    through: Client, proxy: Proxy, records: Records, merchant: str, fault: Fault
) -> None:
    proxy.order(fault, "POST /calls", count=2)
    receipt = through.ingest(records(5))
    # As the first of them was answered, or would have been.
    assert (receipt.received, receipt.stored, receipt.unchanged) == (5, 5, 0)
    assert count(through, merchant) == 5
    keys = {sent["Idempotency-Key"] for asked, sent in proxy.seen if asked == "POST /calls"}
    assert len(keys) == 1
    assert [asked for asked, _ in proxy.seen].count("POST /calls") == 3


def test_records_without_a_time_of_their_own_keep_their_order(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    first, second = records(1)[0], {**records(1)[0], "outcome": "LATER"}
    del first["updated_at"], second["updated_at"]
    proxy.order(Fault.CUT_EXECUTED, "POST /calls")
    through.ingest([first, second], batch_size=1)
    assert through.call(first["call_id"])["outcome"] == "LATER"


@pytest.mark.parametrize("fault", LOSSES)
def test_a_query_whose_answer_is_lost_is_answered(
    through: Client, proxy: Proxy, records: Records, merchant: str, fault: Fault
) -> None:
    through.ingest(records(7))
    proxy.order(fault, "POST /analytics", count=2)
    assert count(through, merchant) == 7


def test_pages_go_on_after_a_cut(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    through.ingest(records(10))
    proxy.order(Fault.CUT_ANSWER, "POST /calls/search", skip=2)
    found = through.search_calls(filters={"merchant_id": merchant}, page_size=3)
    assert sorted(one["call_id"] for one in found) == sorted(r["call_id"] for r in records(10))


def test_a_table_that_is_cut_is_fetched_again(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    through.ingest(records(10))
    proxy.order(Fault.CUT_ANSWER, "POST /calls/search", count=2)
    assert through.search_calls(filters={"merchant_id": merchant}).to_arrow().num_rows == 10


def test_a_busy_server_is_waited_for(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    proxy.order(Fault.UNAVAILABLE, "POST /calls", count=2, code=503)
    assert through.ingest(records(3)).stored == 3
    proxy.order(Fault.UNAVAILABLE, count=3, code=503)
    with pytest.raises(UnavailableError) as caught:
        count(through, merchant)
    assert caught.value.retry_after == "0"


def test_a_slow_answer_ends_in_time_and_is_asked_for_again(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    through.ingest(records(2))
    proxy.order(Fault.STALL, "POST /analytics")
    patient = through.with_options(timeout=0.5)
    assert count(patient, merchant) == 2
    proxy.order(Fault.STALL, "POST /analytics")
    with pytest.raises(NoAnswerInTimeError):
        count(through.with_options(timeout=0.1, max_retries=0), merchant)


def test_a_server_that_stays_away(
    through: Client, proxy: Proxy, records: Records, merchant: str
) -> None:
    proxy.order(Fault.CUT_BODY, "POST /calls", skip=1, count=3)
    with pytest.raises(NoAnswerError):
        through.ingest(records(4), batch_size=2)
    assert count(through, merchant) == 2
    # What was stored before is found as unchanged by whoever begins again.
    receipt = through.ingest(records(4))
    assert (receipt.stored, receipt.unchanged) == (2, 2)


def test_the_client_for_asyncio_stores_once_too(
    running: RunningServer,
    proxy: Proxy,
    records: Records,
    merchant: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def no_time(_: float) -> None:
        """Nothing is waited for."""

    async def send() -> tuple[int, int]:
        async with AsyncClient(proxy.url, running.key) as client:
            receipt = await client.ingest(records(6), batch_size=4)
            answer = await client.query("call_count", filters={"merchant_id": merchant})
        return receipt.stored, answer.rows[0]["count"]

    monkeypatch.setattr("callistics.client.transport.asyncio.sleep", no_time)
    proxy.order(Fault.CUT_EXECUTED, "POST /calls", count=2)
    proxy.order(Fault.CUT_ANSWER, "POST /analytics")
    assert finished(send()) == (6, 6)


def test_an_alert_that_is_deleted_is_not_missed_when_the_answer_is_lost(
    through: Client, proxy: Proxy, client: Client
) -> None:
    made = client.create_alert(body())
    proxy.order(Fault.CUT_EXECUTED, f"DELETE /alerts/{made['id']}")
    with pytest.raises(NoAnswerError):
        through.delete_alert(made["id"])
    assert client.list_alerts() == []
