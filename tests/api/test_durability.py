"""What was acknowledged survives a kill; what was not is there whole or not at all."""

import queue
import threading
from pathlib import Path

import httpx
import pytest

from support import engines
from support.live import Live, live

pytestmark = pytest.mark.slow
BATCH = 40


def batch(name: str) -> list[dict[str, object]]:
    """Calls of one request: two attempts each at half as many leads."""
    return [
        {
            "call_id": f"{name}-{number}",
            "lead_id": f"{name}-{number // 2}",
            "merchant_id": f"m{number // 2 % 2}",
            "reseller_id": "r",
            "started_at": f"2025-01-01T10:{number:02}:00Z",
            "status": "new" if number % 2 else "contacted",
            "payload": {"batch": name, "number": number},
        }
        for number in range(BATCH)
    ]


def push(server: Live, prefix: str, acknowledged: "queue.Queue[str | None]") -> None:
    """Send one request after the other until the server is gone."""
    number = 0
    try:
        while True:
            name = f"{prefix}-{number}"
            answer = server.client.post("/calls", json=batch(name))
            if answer.status_code == 200:
                acknowledged.put(name)
            number += 1
    except (httpx.HTTPError, RuntimeError):
        acknowledged.put(None)


@pytest.mark.parametrize("other", [one for one in engines.ENGINES if one != "duckdb"])
def test_kills_during_ingestion(
    other: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The embedded engine has a drill of its own.
    monkeypatch.setattr(engines, "current", other)
    kept: set[str] = set()
    for round_number in range(4):
        with live(tmp_path) as server:
            check(server, kept)
            acknowledged: queue.Queue[str | None] = queue.Queue()
            pushers = [
                threading.Thread(target=push, args=(server, f"{round_number}-{n}", acknowledged))
                for n in range(2)
            ]
            for pusher in pushers:
                pusher.start()
            for _ in range(1 + round_number % 3):
                name = acknowledged.get()
                assert name is not None
                kept.add(name)
            server.kill()
            for pusher in pushers:
                pusher.join()
            kept |= {name for name in iter_queue(acknowledged) if name is not None}
    with live(tmp_path) as server:
        check(server, kept)
        assert server.stop() == 0


def iter_queue(found: "queue.Queue[str | None]") -> list[str | None]:
    return [found.get() for _ in range(found.qsize())]


def check(server: Live, kept: set[str]) -> None:
    """Every acknowledged request is there, and each that is there is whole."""
    by_batch = server.rows("call_count", group_by=["payload.batch"], page_size=10_000)
    counts = {row["payload.batch"]: row["count"] for row in by_batch}
    assert kept <= counts.keys()
    assert set(counts.values()) <= {BATCH}
    (total,) = server.rows("call_count")
    assert total["count"] == BATCH * len(counts)
    leads = server.rows("status_distribution", group_by=["payload.batch"], page_size=10_000)
    assert sum(row["count"] for row in leads) == BATCH // 2 * len(counts)


def test_a_graceful_stop_loses_nothing(engine: str, tmp_path: Path) -> None:
    with live(tmp_path) as server:
        assert server.client.post("/calls", json=batch("one")).status_code == 200
        assert server.stop() == 0
    with live(tmp_path) as server:
        check(server, {"one"})
