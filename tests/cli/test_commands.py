"""The other commands, and what all of them have in common."""

import json
import os
import shutil
import signal
import socket
import threading
from contextlib import chdir
from datetime import datetime
from pathlib import Path

import click
import duckdb
import pytest
import tzdata
from click.testing import CliRunner

from callistics import __version__
from callistics.cli import connect as connecting
from callistics.cli import main
from callistics.cli.demo.reader import last_days
from callistics.cli.listen import ensure_free, first_free
from callistics.cli.root import COMMANDS
from support.live import ADMIN_KEY, free_port, live

from .conftest import Run, invoke


def commands() -> list[tuple[str, ...]]:
    """Every command's name as it is typed."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        found += [(name, inner) for inner in getattr(command, "commands", ())]
        found.append((name,))
    return found


@pytest.mark.parametrize("name", [(), *commands()], ids=" ".join)
def test_every_help_has_an_example(run: Run, name: tuple[str, ...]) -> None:
    shown = run(*name, "--help").stdout
    assert "Example" in shown
    assert f"callistics {' '.join(name)}".rstrip() in shown.partition("Example")[2]
    assert run(*name, "-h").stdout == shown


def test_the_version(run: Run) -> None:
    assert run("--version").stdout == f"callistics, version {__version__}\n"


def test_commands_that_are_none(run: Run) -> None:
    assert "No such command 'qeury'" in run("qeury", code=2).stderr


def test_an_unexpected_error_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("what")

    monkeypatch.setattr(connecting, "load_settings", lambda **_: broken())
    shown = run("query", "call_count", code=1).stderr
    assert shown.endswith("ZeroDivisionError: what\n")
    assert len(shown.splitlines()) == 1
    traced = CliRunner().invoke(main, ["--debug", "query", "call_count"])
    assert "Traceback" in traced.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_a_statement_is_told_so(
    run: Run, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    def long(*_: object) -> None:
        product = "range(20000) AS a, range(20000) AS b"
        with duckdb.connect(config={"threads": 1}) as connection:
            threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
            connection.execute(f"SELECT sum(sqrt(a.range * b.range)) FROM {product}").fetchall()  # noqa: S608

    before = signal.getsignal(number)
    monkeypatch.setattr(connecting, "load_settings", lambda **_: long())
    assert run("query", "call_count", code=128 + number).stderr == "\nStopped.\n"
    assert signal.getsignal(number) is before


def test_the_doctor_names_the_release_of_the_time_zone_rules(run: Run) -> None:
    run("generate", "--calls", 1, "--out", "calls.ndjson")
    run("import", "calls.ndjson")
    shown = run("doctor").stdout
    assert f"time zone rules ok {tzdata.IANA_VERSION}" in " ".join(shown.split())


@pytest.mark.parametrize(
    "name", ["calls.ndjson", "calls.ndjson.gz", "calls.ndjson.zst", "calls.parquet"]
)
def test_generated_files_can_be_loaded(run: Run, folder: Path, name: str) -> None:
    shown = run("generate", "--calls", 300, "--seed", 7, "--out", name).stdout
    assert shown.startswith(f"{name}: 300 calls, ")
    run("import", name)
    assert run("query", "call_count", "--format", "csv").stdout == "count\n300\n"


def test_files_that_cannot_be_generated(run: Run) -> None:
    named = run("generate", "--calls", 1, "--out", "calls.txt", code=1).stderr
    assert "must end in one of: .ndjson, .ndjson.gz, .ndjson.zst, .parquet" in named
    gone = run("generate", "--calls", 1, "--out", "gone/calls.ndjson", code=1).stderr
    assert gone == "Error: gone/calls.ndjson: No such file or directory\n"


@pytest.mark.parametrize("name", ["calls.ndjson", "calls.parquet"])
def test_a_file_that_is_there_is_not_lost(run: Run, folder: Path, name: str) -> None:
    (folder / name).write_text("precious")
    again = ("generate", "--calls", 1, "--out", name)
    assert "is there already; --force overwrites it" in run(*again, code=1).stderr
    assert (folder / name).read_text() == "precious"
    run(*again, "--force")
    assert (folder / name).read_bytes() != b"precious"


def test_the_demo_answers_and_is_used_again(run: Run, folder: Path) -> None:
    first = run("demo", "--once", "--calls", 3_000).stdout
    assert "Making 3,000 calls in callistics-demo" in first
    assert '"query_type": "calls_over_time"' in first
    state = json.loads((folder / "callistics-demo" / "demo.json").read_text())
    _, last = last_days(datetime.fromisoformat(state["until"]), state["timezone"], 31)
    assert f'"date_to": "{last}"' in first
    second = run("demo", "--once", "--calls", 3_000).stdout
    assert second.partition("POST")[2] == first.partition("POST")[2]
    assert "Using the 3,000 calls" in second
    state = folder / "callistics-demo" / "demo.json"
    assert state.stat().st_mode & 0o077 == 0
    made = json.loads(state.read_text())
    key = made["key"]
    engine = f"duckdb://{folder}/callistics-demo/callistics.db"
    answer = run("query", "call_count", "--engine", engine, "--key", key, "--format", "csv")
    assert answer.stdout == "count\n3000\n"
    asked = ("query", "call_count", "--engine", engine, "--group-by", "merchant_id")
    own = run(*asked, "--key", made["merchant_key"], "--format", "csv").stdout
    assert own.splitlines()[1].startswith(f"{made['merchant_id']},")
    assert len(own.splitlines()) == 2


@pytest.fixture(scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demo of 2,000 calls."""
    found = tmp_path_factory.mktemp("made")
    with chdir(found):
        invoke("demo", "--once", "--calls", 2_000)
    return found


@pytest.fixture
def demo(_made: Path, folder: Path) -> None:
    """That demo in the working directory."""
    shutil.copytree(_made, folder, dirs_exist_ok=True)


def test_a_demo_that_was_interrupted_is_finished(demo: None, run: Run, folder: Path) -> None:
    state = folder / "callistics-demo" / "demo.json"
    state.write_text(json.dumps({"calls": 2_000, "seed": 1, "loaded": False, "key": None}))
    assert "Making 2,000 calls" in run("demo", "--once", "--calls", 2_000).stdout


def test_demos_that_cannot_be(demo: None, run: Run, folder: Path) -> None:
    other = run("demo", "--once", "--calls", 3_000, code=1).stderr
    assert "holds the demo of 2,000 calls with seed 1" in other
    (folder / "callistics-demo" / "demo.json").write_text("{}")
    assert "cannot be read" in run("demo", "--once", "--calls", 2_000, code=1).stderr
    (folder / "callistics-demo" / "demo.json").unlink()
    assert "no demo's" in run("demo", "--once", "--calls", 2_000, code=1).stderr


def test_a_port_that_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(click.ClickException, match=f"port {port} of 127.0.0.1 is taken"):
            ensure_free("127.0.0.1", port)
        assert port < first_free("127.0.0.1", port) <= port + 100
    ensure_free("127.0.0.1", port)
    assert first_free("127.0.0.1", port) == port


def test_a_host_that_is_none() -> None:
    with pytest.raises(click.ClickException, match=r"cannot listen on 192\.0\.2\.1"):
        first_free("192.0.2.1", 8000)


def test_a_running_server_is_talked_to(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live(folder) as server:
        engine, url = f"duckdb://{folder}/test.db", server.url
        run("generate", "--calls", 400, "--out", "calls.ndjson.gz")
        assert "wants a key" in run("import", "calls.ndjson.gz", "--url", url, code=1).stderr
        run("import", "calls.ndjson.gz", "--url", url, "--key", ADMIN_KEY)
        locked = run("query", "call_count", "--engine", engine, code=1).stderr
        assert "A running server has it open, which --url reaches, or another" in locked
        # Without --url, the server that the settings of this machine tell of.
        monkeypatch.setenv("CALLISTICS_PORT", url.rpartition(":")[2])
        monkeypatch.setenv("CALLISTICS_ENGINE", engine)
        (folder / "test.db.admin-key").write_text(ADMIN_KEY + "\n")
        shown = run("query", "call_count", "--format", "csv")
        assert (shown.stdout, shown.stderr) == ("count\n400\n", "")
        taken = run("serve", code=1).stderr
        assert "of 127.0.0.1 is taken by another program; choose one with --port" in taken
        elsewhere = run("serve", "--port", free_port(), code=1).stderr
        assert "A running server has it open, which --url reaches, or another" in elsewhere
        assert f"is open in another process, with the pid {server.process.pid}." in elsewhere
        # Settings that decide the answer are not sent along.
        monkeypatch.setenv("CALLISTICS_SUCCESS_OUTCOMES", "CONFIRMED")
        (note,) = run("query", "call_count").stderr.splitlines()
        assert note.startswith(f"Note: the server at {url} answers by its own settings")
        assert "CALLISTICS_SUCCESS_OUTCOMES" in note


def test_settings_count_where_no_server_answers(
    demo: None, run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CALLISTICS_SUCCESS_OUTCOMES", "none at all")
    engine = f"duckdb://{folder}/callistics-demo/callistics.db"
    shown = run("query", "retry_analysis", "--engine", engine, "--format", "csv")
    assert shown.stderr == ""
    assert {line.split(",")[3] for line in shown.stdout.splitlines()[1:]} == {"0"}
