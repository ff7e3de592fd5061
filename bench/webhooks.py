"""Events of a platform: how soon each has its 2xx beside a dashboard, and a burst of them."""

import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Event
from urllib.parse import urlsplit

from bench.live import KEY, Live, serving
from bench.population import Population, population
from bench.questions import TYPES, as_batch, dashboards
from bench.report import Result, Table, percentile
from bench.run import Run, say

EVENTS = 200
"""In a second."""
SENDERS = 32
PAUSE = 1.0
"""Seconds between two loads of the dashboard."""
BURST, AT_ONCE = 5_000, 64
MARK = 50
"""Milliseconds within which 99 of 100 are to be answered."""
_SECRET = "a-secret-of-the-benchmark"
_WAITING = "callistics_webhooks_waiting "
_MAPPED = 'callistics_webhooks_total{result="mapped",source="retell"} '


def measure(run: Run) -> Result:
    with run.store.copied("webhooks") as store, serving(store) as server:
        people = population(run, server.client)
        path = _endpoint(server)
        say(f"{EVENTS} events a second beside a dashboard, {run.seconds} s")
        times, asked = _beside_dashboard(server, people, path, run.seconds)
        _until_mapped(server)
        say(f"{BURST:,} events at once")
        kept, mapped = _burst(server, path)
        counted = _metric(server, _MAPPED)
    sent = len(times) + BURST
    stream = Table(
        f"{EVENTS} events a second, beside a dashboard that is loaded every second",
        ("events", "p50 ms", "p99 ms", "max ms", "mark, p99: ms", "dashboards"),
        [(len(times), *(percentile(times, one) for one in (50, 99, 100)), MARK, asked)],
    )
    burst = Table(
        f"{BURST:,} events over {AT_ONCE} connections at once",
        ("", "seconds"),
        [("until all have their 2xx", kept), ("until all are mapped", mapped)],
    )
    note = (
        f"Milliseconds from when each event was due to its 2xx, which says that it is durable."
        f" {counted:,.0f} of {sent:,} were mapped to calls in the end."
    )
    return Result([stream, burst], [note])


def _endpoint(server: Live) -> str:
    """The path of a new endpoint."""
    wanted = {"source": "retell", "merchant_id": "m", "reseller_id": "r", "secret": _SECRET}
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    connection.request("POST", "/webhook-endpoints", json.dumps(wanted), headers)
    made = json.loads(connection.getresponse().read())
    connection.close()
    return urlsplit(str(made["url"])).path


def _event(number: int) -> bytes:
    began = int(time.time() * 1000) - 60_000
    call = {
        "call_id": f"call-{number}",
        "call_type": "phone_call",
        "direction": "outbound",
        "agent_id": f"agent-{number % 7}",
        "start_timestamp": began,
        "end_timestamp": began + 42_000,
        "duration_ms": 42_000,
        "disconnection_reason": "user_hangup",
        "transcript": "Agent: Good morning. User: Good morning. " * 40,
    }
    return json.dumps({"event": "call_ended", "call": call}).encode()


class _Sender:
    """One connection of the platform."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._path = path

    def send(self, body: bytes) -> None:
        stamp = str(int(time.time() * 1000))
        digest = hmac.new(_SECRET.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "X-Retell-Signature": f"v={stamp},d={digest}",
        }
        self._connection.request("POST", self._path, body, headers)
        answer = self._connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"a webhook was answered {answer.status}")

    def close(self) -> None:
        self._connection.close()


def _beside_dashboard(
    server: Live, people: Population, path: str, seconds: int
) -> tuple[list[float], int]:
    """Milliseconds to each 2xx from when it was due, and how many dashboards were loaded."""
    ended = Event()
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(_dashboards, server, people, ended)
        try:
            times = _stream(server.port, path, seconds)
        finally:
            ended.set()
        return times, asking.result()


def _dashboards(server: Live, people: Population, ended: Event) -> int:
    asked = dashboards(people)
    loaded = 0
    while not ended.wait(PAUSE):
        server.client.send("POST", "/analytics/batch", as_batch(list(islice(asked, len(TYPES)))))
        loaded += 1
    return loaded


def _stream(port: int, path: str, seconds: int) -> list[float]:
    numbers: Iterator[int] = iter(range(EVENTS * seconds))
    times: list[float] = []
    started = time.perf_counter() + 0.1

    def work() -> None:
        sender = _Sender(port, path)
        # Iterators of a range are safe to share: each number is handed out under the GIL.
        for number in numbers:
            due = started + number / EVENTS
            body = _event(number)
            time.sleep(max(due - time.perf_counter(), 0))
            sender.send(body)
            times.append((time.perf_counter() - due) * 1000)
        sender.close()

    _together(SENDERS, work)
    return times


def _burst(server: Live, path: str) -> tuple[float, float]:
    """Seconds until all have their 2xx, and until all are mapped."""
    bodies = iter([_event(10**9 + number) for number in range(BURST)])
    started = time.perf_counter()

    def work() -> None:
        sender = _Sender(server.port, path)
        for body in bodies:
            sender.send(body)
        sender.close()

    _together(AT_ONCE, work)
    kept = time.perf_counter() - started
    _until_mapped(server)
    return kept, time.perf_counter() - started


def _together(threads: int, work: Callable[[], None]) -> None:
    with ThreadPoolExecutor(threads) as pool:
        for one in [pool.submit(work) for _ in range(threads)]:
            one.result()


def _until_mapped(server: Live) -> None:
    while _metric(server, _WAITING):
        time.sleep(0.01)


def _metric(server: Live, name: str) -> float:
    lines = server.client.send("GET", "/metrics").decode().splitlines()
    return next((float(line.removeprefix(name)) for line in lines if line.startswith(name)), 0.0)
