"""When the client sends a request again, after how long, and with what."""

from typing import Any

import httpx
import pytest

from callistics import AsyncClient, Client
from callistics.client import (
    ClientError,
    NoAnswerError,
    NoAnswerInTimeError,
    RequestTimeoutError,
    StatusError,
    TooManyRequestsError,
    UnavailableError,
)
from callistics.problem_types import QUERY_TIMED_OUT, STORAGE_FAILED
from support.asynchronous import finished

from .conftest import Script

FINE = httpx.Response(200, json={"data": []})
LOST = httpx.ReadError("reset")
REFUSED = httpx.ConnectError("refused")


def scripted(script: Script, **options: Any) -> tuple[Client, list[float]]:
    pauses: list[float] = []
    http = httpx.Client(transport=httpx.MockTransport(script))
    return Client("http://host", "k", http_client=http, sleep=pauses.append, **options), pauses


def failed(status: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, text="no")


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_what_passes_is_asked_for_three_times_in_all(status: int) -> None:
    script = Script(failed(status))
    client, pauses = scripted(script)
    with pytest.raises(StatusError) as caught:
        client.values("outcome")
    assert caught.value.status == status
    assert len(script.requests) == 3
    assert len(pauses) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 410, 413, 415, 422])
def test_what_does_not_pass_is_asked_for_once(status: int) -> None:
    script = Script(failed(status))
    client, _ = scripted(script)
    with pytest.raises(StatusError):
        client.values("outcome")
    assert len(script.requests) == 1


@pytest.mark.parametrize("error", [LOST, REFUSED, httpx.ReadTimeout("slow")])
def test_an_answer_that_does_not_come_is_asked_for_again(error: Exception) -> None:
    script = Script(error, error, FINE)
    client, _ = scripted(script)
    assert client.values("outcome") == []
    assert len(script.requests) == 3


def test_without_any_answer_the_reason_is_told() -> None:
    with pytest.raises(NoAnswerError, match="no answer from http://host: reset"):
        scripted(Script(LOST))[0].types()
    with pytest.raises(NoAnswerInTimeError, match="slow"):
        scripted(Script(httpx.ReadTimeout("slow")))[0].types()


def test_a_key_is_not_made_twice() -> None:
    script = Script(LOST)
    with pytest.raises(NoAnswerError):
        scripted(script)[0].create_key("k", ["query"])
    assert len(script.requests) == 1


@pytest.mark.parametrize("answer", [REFUSED, failed(503), failed(429)])
def test_a_key_is_asked_for_again_where_none_was_made(
    answer: httpx.Response | Exception,
) -> None:
    script = Script(answer)
    with pytest.raises(ClientError):
        scripted(script)[0].create_key("k", ["query"])
    assert len(script.requests) == 3


def test_a_key_is_not_made_twice_where_storage_failed() -> None:
    """It may have been made all the same; records are sent again, as that does no harm."""
    problem = {"type": STORAGE_FAILED.uri, "title": "Storage failed", "status": 503}
    script = Script(httpx.Response(503, json=problem))
    client, _ = scripted(script)
    with pytest.raises(UnavailableError):
        client.create_key("k", ["query"])
    assert len(script.requests) == 1
    with pytest.raises(UnavailableError):
        client.ingest([{"call_id": "a"}])
    assert len(script.requests) == 1 + 3


def test_a_query_past_its_time_limit_is_not_asked_again() -> None:
    problem = {"type": QUERY_TIMED_OUT.uri, "title": "Query timed out", "status": 504}
    script = Script(httpx.Response(504, json=problem))
    with pytest.raises(StatusError, match="504 Query timed out"):
        scripted(script)[0].query("call_count")
    assert len(script.requests) == 1


@pytest.mark.parametrize(("asked", "pause"), [("7", 7.0), ("0", 0.1), ("86400", 30.0)])
def test_waits_as_long_as_it_is_asked_to(asked: str, pause: float) -> None:
    client, pauses = scripted(Script(failed(503, **{"Retry-After": asked}), FINE))
    client.values("outcome")
    assert pauses == [pause]


def test_reads_a_date_to_wait_for_by_the_clock_of_who_says_it() -> None:
    headers = {
        "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
        "Retry-After": "Wed, 21 Oct 2026 07:28:12 GMT",
    }
    client, pauses = scripted(Script(failed(429, **headers), FINE))
    client.values("outcome")
    assert pauses == [12.0]


def test_backs_off_without_being_asked_to() -> None:
    client, pauses = scripted(Script(failed(500)), max_retries=5)
    with pytest.raises(StatusError):
        client.types()
    assert len(pauses) == 5
    assert 0.375 <= pauses[0] <= 0.5
    assert pauses[-1] > 2 * pauses[0]
    assert all(pause <= 30 for pause in pauses)


def test_how_long_to_wait_is_reachable_in_the_end() -> None:
    client, _ = scripted(Script(failed(429, **{"Retry-After": "3600"})), max_retries=0)
    with pytest.raises(TooManyRequestsError) as caught:
        client.types()
    assert caught.value.retry_after == "3600"


@pytest.mark.parametrize("times", [0, 1, 4])
def test_retries_are_an_option(times: int) -> None:
    script = Script(failed(408))
    client, _ = scripted(script, max_retries=2)
    with pytest.raises(RequestTimeoutError):
        client.with_options(max_retries=times).types()
    assert len(script.requests) == times + 1


def test_a_number_of_retries_below_zero_is_refused() -> None:
    with pytest.raises(ClientError, match="max_retries must be 0 or more"):
        Client(max_retries=-1)
    with Client() as client, pytest.raises(ClientError, match="max_retries"):
        client.with_options(max_retries=-1)


def test_a_batch_that_is_sent_again_has_the_same_key() -> None:
    receipt = {"received": 1, "stored": 1, "unchanged": 0, "pending": 0, "rejected": []}
    script = Script(LOST, failed(503), httpx.Response(200, json=receipt))
    client, _ = scripted(script)
    client.ingest([{"call_id": "a"}, {"call_id": "b"}], batch_size=1)
    first, again, third, other = (one.headers["Idempotency-Key"] for one in script.requests)
    assert first == again == third
    assert other != first


def test_the_client_for_asyncio_does_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    script = Script(LOST, failed(503, **{"Retry-After": "7"}), FINE)

    async def ask() -> Any:
        http = httpx.AsyncClient(transport=httpx.MockTransport(script))
        async with AsyncClient("http://host", http_client=http) as client:
            return await client.values("outcome")

    monkeypatch.setattr("callistics.client.transport.asyncio.sleep", sleep)
    assert finished(ask()) == []
    assert pauses[1] == 7.0
    assert len(script.requests) == 3
