"""A stop ends in time, whatever clients leave half done."""

import socket
from pathlib import Path

from support.live import ADMIN_KEY, live

HALF = (
    "POST /calls HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    f"Authorization: Bearer {ADMIN_KEY}\r\nContent-Length: 1000\r\n\r\n["
)
LONG = 60
CALL = {"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}


def test_a_body_that_never_ends_does_not_keep_the_server(tmp_path: Path) -> None:
    with live(tmp_path, CALLISTICS_STOP_TIMEOUT="1") as server:
        assert server.client.post("/calls", json=CALL).status_code == 200
        host, _, port = server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as half:
            half.sendall(HALF.encode())
            # Only when it is being read is it under way.
            assert server.client.get("/health/ready").status_code == 200
            server.process.terminate()
            try:
                assert server.process.wait(timeout=LONG) == 0
            finally:
                server.kill()
    with live(tmp_path) as again:
        assert again.rows("call_count") == [{"count": 1}]
