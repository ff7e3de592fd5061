"""`callistics mcp --http` beside a server that speaks TLS, is busy, or says nothing."""

import signal
import socket
import subprocess
from collections.abc import Generator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from callistics.testing import running_server
from support.assistant import COMMAND, listening, over_http
from support.certificates import self_signed
from support.live import ADMIN_KEY, live

ASKED = {"queries": [{"query_type": "call_count"}]}


def post(address: str, key: str) -> httpx.Response:
    """The answer to a call of a tool as it is sent, over a connection of its own."""
    call = {"name": "query", "arguments": ASKED}
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {
        "Accept": "application/json, text/event-stream",
        "Authorization": f"Bearer {key}",
        "MCP-Protocol-Version": "2025-06-18",
    }
    return httpx.post(address, json=asked, headers=headers, timeout=300, trust_env=False)


def test_the_server_of_this_machine_is_known_by_its_own_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = self_signed(tmp_path, "own", ["127.0.0.1"])
    files = {"CALLISTICS_TLS_CERT": str(pair.certificate), "CALLISTICS_TLS_KEY": str(pair.key)}
    for name, value in files.items():
        monkeypatch.setenv(name, value)
    with live(tmp_path, **files) as server, listening(server.url) as address:
        assert over_http(address, ADMIN_KEY).call("query", **ASKED).json["data"] == [{"count": 0}]


def test_a_caller_who_waits_keeps_nobody_else_waiting() -> None:
    # The command ends before those who still wait, so that they need not be waited for.
    with (
        running_server(rate_limit="20") as server,
        server.client() as admin,
        ThreadPoolExecutor(60) as pool,
        listening(server.url) as address,
    ):
        greedy, modest = (admin.create_key(name, ["query"]).secret for name in ("a", "b"))
        assert greedy is not None
        assert modest is not None

        def ask(key: str) -> Future[httpx.Response]:
            return pool.submit(post, address, key)

        for one in [ask(greedy) for _ in range(20)]:
            one.result()
        waiting = {ask(greedy) for _ in range(45)}
        other = ask(modest)
        done, _ = wait({*waiting, other}, return_when=FIRST_COMPLETED)
        assert done == {other}
        assert '[{\\"count\\":0}]' in other.result().text


@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_it_ends_though_its_server_says_nothing(transport: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with _waiting(transport, url, pool) as process:
            connection, _ = silent.accept()
            process.send_signal(signal.SIGTERM)
            process.wait()
            connection.close()


@contextmanager
def _waiting(
    transport: str, url: str, pool: ThreadPoolExecutor
) -> Generator["subprocess.Popen[str]"]:
    """A process that is asked for what it has to ask its server for."""
    pipe = subprocess.PIPE
    place = ("--http", "127.0.0.1:0") if transport == "http" else ("--key", ADMIN_KEY)
    command = [*COMMAND, "--url", url, *place]
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        if transport == "http":
            address = process.stderr.readline().split()[2].rstrip(",")
            pool.submit(post, address, ADMIN_KEY)
        else:
            process.stdin.write(LINES)
            process.stdin.flush()
        yield process


LINES = """\
{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
"capabilities":{},"clientInfo":{"name":"t","version":"1"}}}
{"jsonrpc":"2.0","method":"notifications/initialized"}
{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"query","arguments":\
{"queries":[{"query_type":"call_count"}]}}}
"""


def test_what_is_wrong_in_the_environment_is_told_before_anybody_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "ftp://a")
    command = [*COMMAND, "--url", "http://calls.invalid:1", "--http", "127.0.0.1:0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "HTTP_PROXY" in done.stderr
    assert "Traceback" not in done.stderr
