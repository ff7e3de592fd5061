"""A stop ends in time, whatever clients leave half done."""

import socket
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM

import httpx

from callistics.server.stopping import OVERDUE
from support.live import ADMIN_KEY, Process, free_port, live, start

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
                # On a slow machine it has no time left to close all by itself.
                assert server.process.wait(timeout=LONG) in {0, OVERDUE}
            finally:
                server.kill()
    with live(tmp_path) as again:
        assert again.rows("call_count") == [{"count": 1}]


@contextmanager
def started(folder: Path, settings: Mapping[str, str], before: str) -> Generator[Process]:
    """A process that has said the first thing."""
    process = start(folder, {"CALLISTICS_PORT": str(free_port()), **settings}, before, None)
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == b"opening\n"
        yield process


def ends(process: Process) -> int:
    try:
        return process.wait(timeout=LONG)
    finally:
        process.kill()


def test_work_that_takes_no_notice_does_not_keep_the_server(tmp_path: Path) -> None:
    stuck = (
        "import threading; from callistics.analytics import service\n"
        "def shape(*_):\n    print('begun', flush=True); threading.Event().wait()\n"
        "service.shape = shape\n"
    )
    with live(tmp_path, before=stuck, CALLISTICS_STOP_TIMEOUT="1") as server:
        assert server.client.post("/calls", json=CALL).status_code == 200
        assert server.process.stdout is not None
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(server.client.post, "/analytics", json={"query_type": "call_count"})
            while server.process.stdout.readline() != b"begun\n":
                pass
            server.process.terminate()
            try:
                assert server.process.wait(timeout=LONG) == OVERDUE
            finally:
                server.kill()
            assert isinstance(asked.exception(), httpx.TransportError) or asked.result().is_error
    with live(tmp_path) as again:
        assert again.rows("call_count") == [{"count": 1}]


def test_opening_the_engine_does_not_keep_the_server(tmp_path: Path) -> None:
    opening = (
        "import threading; from callistics.server import app\n"
        "def open_engine(*_, **__):\n    print('opening', flush=True); threading.Event().wait()\n"
        "app.open_engine = open_engine\n"
    )
    with started(tmp_path, {"CALLISTICS_STOP_TIMEOUT": "1"}, opening) as process:
        process.terminate()
        assert ends(process) == OVERDUE
    with started(tmp_path, {"CALLISTICS_STOP_TIMEOUT": "600"}, opening) as process:
        process.send_signal(SIGINT)
        process.terminate()
        assert ends(process) in {128 + SIGINT, 128 + SIGTERM}
