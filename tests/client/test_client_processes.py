"""One client where a process forks, and where requests are cancelled."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest

from callistics import AsyncClient, Client
from callistics.client import ClientError
from callistics.testing import RunningServer
from support.asynchronous import finished
from support.programs import run

FORKING = """
import multiprocessing, sys
from callistics import Client

url, key = sys.argv[1:]
client = Client(url, key)
other = client.with_options(max_retries=0)
for n in range(1, 9):
    client.ingest({"call_id": f"{n} {i}", "merchant_id": f"fork {n}", "reseller_id": "r",
                   "started_at": "2025-01-01T00:00:00Z"} for i in range(n))

def count(n):
    asked = client if n % 2 else other
    answers = [asked.query("call_count", filters={"merchant_id": f"fork {n}"}) for _ in range(10)]
    return n, [row["count"] for answer in answers for row in answer]

with multiprocessing.get_context("fork").Pool(4) as pool:
    for n, found in pool.map(count, range(1, 9), chunksize=1):
        assert found == [n] * 10, (n, found)
assert count(3) == (3, [3] * 10)
print("right")
"""
GIVEN = """
import os, sys, httpx
from callistics import Client
from callistics.client import ClientError

url, key = sys.argv[1:]
client = Client(url, key, http_client=httpx.Client(trust_env=False))
client.list_keys()
sys.stdout.flush()
if os.fork() == 0:
    try:
        client.list_keys()
    except ClientError as error:
        print(error, flush=True)
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")
def test_each_process_has_its_own_connections(tmp_path: Path, running: RunningServer) -> None:
    for program, told in ((FORKING, "right"), (GIVEN, "make a client in each")):
        assert told in run(tmp_path, sys.executable, "-c", program, running.url, running.key)


def test_requests_that_are_cancelled_take_no_place_for_ever(running: RunningServer) -> None:
    async def work() -> None:
        async with AsyncClient(running.url, running.key, timeout=5, max_retries=0) as client:
            # Some steps leave httpcore 1.0.9 a connection that it never gives back.
            for steps in range(4, 16):
                for _ in range(100):
                    asked = asyncio.create_task(client.query("call_count"))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    asked.cancel()
                    await asyncio.gather(asked, return_exceptions=True)
            assert await client.query("call_count")

    finished(work())


def test_a_client_of_another_event_loop_says_so() -> None:
    def closed(_: httpx.Request) -> httpx.Response:
        raise RuntimeError("Event loop is closed")

    http = httpx.AsyncClient(transport=httpx.MockTransport(closed))
    client = AsyncClient("http://host", http_client=http)
    with pytest.raises(ClientError, match="closed: an AsyncClient belongs to one event loop"):
        finished(client.query("call_count"))


def test_certificates_that_cannot_be_read_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for path in ("/nonexistent", __file__):
        monkeypatch.setenv("SSL_CERT_FILE", path)
        with pytest.raises(ClientError, match="SSL_CERT_FILE"):
            Client("https://calls.example", "k")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(502, content=b"[" * 100_000, headers={"Content-Type": "application/json"}),
        httpx.Response(504, content=b"no", headers={"Content-Type": "text/plain; charset=hex"}),
        httpx.Response(
            503, headers={"Retry-After": f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT"}, content=b"no"
        ),
    ],
    ids=["nested", "charset", "date"],
)
def test_answers_of_others_are_client_errors(answer: httpx.Response) -> None:
    http = httpx.Client(transport=httpx.MockTransport(lambda _: answer))
    client = Client("http://host", "k", http_client=http, sleep=lambda _: None)
    with pytest.raises(ClientError, match=str(answer.status_code)):
        client.query("call_count")
