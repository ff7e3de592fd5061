"""`callistics doctor`: beside a server, without one, and where something is wrong."""

# pyright: reportIncompatibleMethodOverride=false

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from callistics.engines.duckdb.engine import DuckDBEngine
from support import engines
from support.live import ADMIN_KEY, Live, free_port, live
from support.pages import ROOT, blocks

from .conftest import Run


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the server."""
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def database(served: Path) -> str:
    """The DSN of what the server has."""
    return engines.dsn("duckdb", served)


@pytest.fixture(scope="module")
def server(served: Path) -> Iterator[Live]:
    """One for all tests, which only look at it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "current", "duckdb")
        with live(served) as found:
            yield found


def beside(server: Live, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that the server was started with."""
    monkeypatch.setenv("CALLISTICS_PORT", server.url.rpartition(":")[2])
    monkeypatch.setenv("CALLISTICS_ENGINE", database)
    monkeypatch.setenv("CALLISTICS_ADMIN_KEY", ADMIN_KEY)


def test_nothing_is_wrong_beside_a_healthy_server(
    run: Run, server: Live, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(server, database, monkeypatch)
    for arguments in ([], ["--engine", database]):
        output = run("doctor", *arguments).output
        assert f"{server.url} answers" in output
        assert output.count("DuckDB") == 2
        assert "by another process" in output
        assert "Nothing is wrong." in output
    told = json.loads(run("doctor", "--json").output)
    checks = {one["name"]: one for one in told["checks"]}
    assert told["state"] in {"ok", "warn"}
    assert {"name": "server", "value": f"{server.url} answers"} in told["facts"]
    # What only the server can say while it has the file open.
    assert checks["newest record"]["text"] == "none came yet"
    assert checks["memory in use"]["state"] == "ok"
    assert {"disk", "database", "log", "memory", "time zone rules"} <= checks.keys()


def test_the_documentation_shows_what_it_tells(
    run: Run, server: Live, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(server, database, monkeypatch)
    told = json.loads(run("doctor", "--json").output)
    (shown,) = blocks(ROOT / "docs" / "monitoring.md", "text")
    lines = [line for line in shown.splitlines() if line.startswith(" ")]
    names = [one["name"] for part in ("facts", "checks") for one in told[part]]
    assert all(line.startswith(f" {name} ") for line, name in zip(lines, names, strict=True)), names


def test_a_server_may_have_its_engine_from_elsewhere(
    run: Run, server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_PORT", server.url.rpartition(":")[2])
    output = run("doctor").output
    assert "told to an admin key" in output
    assert "Nothing is wrong." in output


def test_the_server_that_is_named_is_the_one_asked(
    run: Run, server: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_URL", f"{server.url}/")
    monkeypatch.setenv("CALLISTICS_KEY", ADMIN_KEY)
    output = run("doctor").output
    assert f"{server.url} answers" in output
    assert "DuckDB" in output
    assert "Nothing is wrong." in output
    both = ("--url", server.url, "--engine", "duckdb://x.db")
    assert "exclude each other" in run("doctor", *both, code=2).output


def test_a_named_server_that_does_not_answer_is_a_problem(run: Run) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    assert f"Problem: no server answers at {url}" in run("doctor", "--url", url, code=1).output


def test_without_a_server_the_file_is_looked_at(run: Run, folder: Path) -> None:
    DuckDBEngine(folder / "test.db").close()
    told = json.loads(run("doctor", "--json", "--engine", f"duckdb://{folder}/test.db").output)
    checks = {one["name"]: one for one in told["checks"]}
    assert checks["newest record"]["text"] == "none came yet"
    assert checks["log"]["text"].startswith("0 bytes")
    assert {"name": "calls", "value": "0"} in told["facts"]


def test_what_is_wrong_is_in_the_json_too(run: Run, folder: Path) -> None:
    dsn = f"duckdb://{folder}/nothing.db"
    told = json.loads(run("doctor", "--json", "--engine", dsn, code=1).output)
    assert told["state"] == "bad"
    (found,) = [one for one in told["checks"] if one["state"] == "bad"]
    assert "the file is not there yet" in found["text"]


def test_a_disk_without_the_reserve_is_a_problem(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    DuckDBEngine(folder / "test.db").close()
    monkeypatch.setenv("CALLISTICS_DISK_RESERVE", str(2**50))
    output = run("doctor", "--engine", f"duckdb://{folder}/test.db", code=1).output
    assert "Problem: records are refused: the disk is almost full" in output


def test_an_engine_that_is_asked_for_has_to_be_there(
    run: Run, server: Live, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(server, database, monkeypatch)
    output = run("doctor", "--engine", "duckdb://nothing.db", code=1).output
    assert "Problem: the file is not there yet" in output


def test_a_file_that_somebody_else_holds_is_a_problem_without_a_server(
    run: Run, server: Live, database: str
) -> None:
    output = run("doctor", "--engine", database, code=1).output
    assert f"{server.url} answers" not in output
    assert "Problem: another process has the file open" in output


class _Starting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        answers = {
            "/health/live": (200, b'{"status": "live"}'),
            "/openapi.json": (200, b'{"info": {"version": "9"}}'),
        }
        status, body = answers.get(self.path, (503, b'{"detail": "starting or stopping"}'))
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing among the output of tests."""


def test_a_server_that_is_not_ready_is_a_problem(run: Run) -> None:
    with HTTPServer(("127.0.0.1", 0), _Starting) as starting:
        thread = Thread(target=starting.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{starting.server_port}"
        output = run("doctor", "--url", url, code=1).output
        starting.shutdown()
        thread.join()
    assert "is not ready: starting or stopping" in output


def test_a_missing_script_of_the_pictures_is_a_problem(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callistics.cli.commands.doctor.CHARTS", folder / "charts.js")
    assert "scripts/setup" in run("doctor", code=1).output
