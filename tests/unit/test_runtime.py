"""How a process of the product runs, and ends."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

QUERY = (sys.executable, "-m", "callistics", "query", "call_count", "--engine", "duckdb://x.db")
RECORD = '{"call_id": "c", "merchant_id": "m", "reseller_id": "r", "started_at": "2025-01-01"}'

# What is registered is called, threads are not waited for, and nothing is taken apart.
ENDING = """
import atexit, sys
from callistics.runtime import end

class Kept:
    def __del__(self):
        print("taken apart")

kept = Kept()
atexit.register(print, "called", end="")
end(3)
"""


FULL = """
import sys
from callistics.runtime import end
sys.stdout = open(1, "w", closefd=False)
print("an answer")
end(0)
"""


OF_A_LIST = """
import pyarrow
from callistics.runtime import run
run(lambda: print(pyarrow.array([1])[0]))
"""


OF_A_SERVER = """
import sys
from callistics.cli import main

def begun(*_, **__):
    from litestar import Litestar
    Litestar()
    print([one for one in ("pydantic", "pyarrow.parquet") if one in sys.modules])

import callistics.server.serving
callistics.server.serving.serve = begun
main(["serve", "--port", "0"], standalone_mode=False)
"""


OF_A_WORKER = """
import sys
from multiprocessing import Pipe
from callistics.ingest.decode_worker import work
ours, theirs = Pipe()
ours.close()
work(theirs)
print(sys.modules["pyarrow"].array([1])[0])
"""


def run(
    *arguments: str, cwd: Path | None = None, stdout: int = subprocess.PIPE, path: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        arguments,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env=os.environ | ({"PYTHONPATH": path} if path else {}),
        check=False,
    )


def test_a_process_is_not_taken_apart_at_the_end() -> None:
    done = run(sys.executable, "-c", ENDING)
    assert (done.returncode, done.stdout, done.stderr) == (3, "called", "")


def test_a_command_on_a_database_says_nothing_but_its_answer(tmp_path: Path) -> None:
    (tmp_path / "calls.ndjson").write_text(RECORD + "\n")
    command = (*QUERY[:3], "import", "calls.ndjson", "--engine", "duckdb://x.db")
    assert run(*command, cwd=tmp_path).returncode == 0
    done = run(*QUERY, "--format", "csv", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "count\n1\n", "")


@pytest.mark.parametrize("code", [OF_A_LIST, OF_A_WORKER], ids=["a command", "a decoder"])
def test_a_package_that_only_readers_of_frames_need_is_not_loaded(
    code: str, tmp_path: Path
) -> None:
    loads = "raise SystemExit('it was loaded')\n"
    (tmp_path / "pandas.py").write_text(loads)
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    done = run(sys.executable, "-c", code, path=path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1\n", "")
    alone = run(sys.executable, "-c", "import pyarrow; pyarrow.array([1])", path=path)
    assert alone.stderr == "it was loaded\n"


def test_a_server_loads_nothing_that_few_of_its_requests_need() -> None:
    done = run(sys.executable, "-c", OF_A_SERVER)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_an_unknown_command_ends_with_a_status_of_its_own() -> None:
    done = run(sys.executable, "-m", "callistics", "nothing")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="only a shell of Unix closes a stream")
@pytest.mark.parametrize(
    ("arguments", "closed", "status"), [("types --help", ">&-", 0), ("nothing", "2>&-", 2)]
)
def test_a_stream_that_is_closed_is_no_failure(arguments: str, closed: str, status: int) -> None:
    done = run("sh", "-c", f"exec {sys.executable} -m callistics {arguments} {closed}")
    assert (done.returncode, done.stderr) == (status, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_an_answer_that_cannot_be_written_is_no_success() -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        done = run(sys.executable, "-c", FULL, stdout=full)
    finally:
        os.close(full)
    assert done.returncode == 1
    assert done.stderr.startswith("what was printed could not be written: ")
