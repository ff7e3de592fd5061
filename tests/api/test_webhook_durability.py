"""What a platform was told is kept survives a kill, and becomes a call after the next start."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from drills.load import waiting

from support.asynchronous import finished
from support.gate import until
from support.live import Live, live
from support.webhook_server import TENANTS

AT_ONCE, KILLED_AFTER = 400, 150


def make_endpoint(server: Live) -> str:
    # Its platform signs nothing, so that what is sent costs little.
    body = {"source": "bolna", **TENANTS}
    answer = server.client.post("/webhook-endpoints", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["url"]


def execution(number: int) -> bytes:
    call = {
        "id": f"c{number}",
        "status": "completed",
        "created_at": "2025-03-01T12:00:00",
        "updated_at": "2025-03-01T12:01:00",
        "conversation_duration": 42,
    }
    return json.dumps(call).encode()


async def send_many(server: Live, url: str, kill_after: int) -> set[int]:
    """Send all at once, and end the process once so many are acknowledged; which were."""
    acknowledged: set[int] = set()
    limits = httpx.Limits(max_connections=64)
    headers = {"Content-Type": "application/json"}

    async def send(client: httpx.AsyncClient, number: int) -> None:
        try:
            answer = await client.post(url, content=execution(number), headers=headers)
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            acknowledged.add(number)
        if len(acknowledged) == kill_after:
            server.process.kill()

    async with httpx.AsyncClient(limits=limits, timeout=60) as client:
        await asyncio.gather(*(send(client, number) for number in range(AT_ONCE)))
    return acknowledged


@pytest.mark.slow
def test_a_kill_amid_a_burst(engine: str, tmp_path: Path) -> None:
    with live(tmp_path) as server:
        url = make_endpoint(server)
        acknowledged = finished(send_many(server, url, KILLED_AFTER))
        server.kill()
    assert len(acknowledged) >= KILLED_AFTER
    with live(tmp_path) as server:
        until(lambda: waiting(server) == 0)
        answer = server.client.post("/calls/search", json={"limit": 1000})
        found = {call["call_id"] for call in answer.json()["data"]}
        assert {f"c{number}" for number in acknowledged} <= found
        (row,) = server.rows("call_duration")
        assert row["total"] == 42 * len(found)
