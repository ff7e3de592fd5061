"""PostgreSQL with JSONB: a server of its own on the same rows, asked over a kept connection."""

import os
import shutil
import signal
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import sleep
from typing import Any

import duckdb

from bench.rivals import raw
from bench.rivals.dialects import quoted
from bench.run import POSTGRES, Run, say

MOST = 10_000_000
"""Calls up to which it is measured: beyond, it takes hours."""
MISSING = (
    "PostgreSQL 15 is not installed (`apt-get install postgresql-15` on Debian 12): its column is"
    " empty."
)
_BIN = Path("/usr/lib/postgresql/15/bin")
_USER = "postgres"
# The parallel workers, sorts and caches that such a machine allows. Compiling plans is left on, as
# it is by default: it saves a little where whole tables are read.
_SETTINGS = {
    "work_mem": "256MB",
    "maintenance_work_mem": "1GB",
    "max_parallel_workers_per_gather": "2",
    "random_page_cost": "1.1",
    "jit": "on",
    "timezone": "UTC",
    "max_wal_size": "16GB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "listen_addresses": "",
}
_LARGEST_BUFFERS = 4096
TABLE = """
CREATE TABLE calls (
    call_id text NOT NULL, merchant_id text NOT NULL, reseller_id text NOT NULL, template_id text,
    lead_id text NOT NULL, provider text, direction text, attempt integer, outcome text,
    sentiment double precision, started_at timestamptz NOT NULL, duration_ms integer, status text,
    payload jsonb);
"""
INDEXES = (
    "CREATE INDEX ON calls (started_at)",
    "CREATE INDEX ON calls (merchant_id, started_at)",
    "CREATE INDEX ON calls (reseller_id, started_at)",
    "CREATE INDEX ON calls (template_id, started_at)",
    "CREATE INDEX ON calls (provider, started_at)",
    "CREATE INDEX ON calls (merchant_id, lead_id, started_at)",
    "CREATE INDEX ON calls USING gin (payload jsonb_path_ops)",
)
_NONE, _FIELD, _DONE = "\x01", "\x02", "bench-done"


def installed() -> bool:
    """Whether there is a server to measure."""
    return (_BIN / "postgres").exists()


def missing(run: Run) -> str:
    """Why it does not answer the questions of a run; empty if it does."""
    if run.calls > MOST:
        return f"PostgreSQL is measured with up to {MOST:,} calls only."
    return "" if installed() else MISSING


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `folder` is its socket's too."""

    folder: Path

    def psql(self) -> list[str]:
        """The command line of a client."""
        return [
            str(_BIN / "psql"), "-h", str(self.folder), "-U", _USER, "-X", "-q", "-A", "-t",
            "-v", "ON_ERROR_STOP=1", "-P", f"null={_NONE}", "-F", _FIELD, "postgres",
        ]  # fmt: skip

    def load(self, calls: Path) -> None:
        """Copy the raw calls in, index them, and let the planner know them."""
        file = self.folder / "calls.csv"
        with duckdb.connect(str(calls), read_only=True) as connection:
            columns = "* REPLACE (payload::JSON AS payload)"
            connection.execute(
                f"COPY (SELECT {columns} FROM calls) TO {quoted(str(file))} (HEADER false)"
            )
        hand_over(file)
        # Where the table is made in the same transaction, its rows need no log.
        copy = f"BEGIN; {TABLE} COPY calls FROM {quoted(str(file))} (FORMAT csv); COMMIT;"
        for statement in (copy, *INDEXES, "VACUUM ANALYZE calls", "CHECKPOINT"):
            say(f"  PostgreSQL: {statement.split('(')[0].split(';')[0].strip()}")
            subprocess.run([*self.psql(), "-c", statement], check=True)
        file.unlink()


class Connection:
    """One client: psql, which keeps its connection and takes the time of each statement."""

    def __init__(self, server: Server) -> None:
        self._process = subprocess.Popen(
            server.psql(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._send("\\timing on\n")

    def run(self, sql: str) -> tuple[float, list[tuple[Any, ...]]]:
        """Milliseconds from sending the statement to having all rows, and the rows as texts."""
        self._send(f"{sql};\n\\echo {_DONE}\n")
        rows: list[tuple[Any, ...]] = []
        taken = 0.0
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text = line.rstrip("\n")
            if text == _DONE:
                return taken, rows
            if text.startswith("Time: "):
                taken = float(text.split()[1])
            else:
                rows.append(tuple(None if one == _NONE else one for one in text.split(_FIELD)))
        raise RuntimeError(f"psql ended at {sql}")

    def _send(self, text: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait()


@contextmanager
def connected(server: Server) -> Generator[Connection]:
    """A client of the server."""
    connection = Connection(server)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def loaded(run: Run) -> Generator[Server]:
    """A server with the calls of the run, as an earlier part has left it or loaded now.

    The product's database must not be open elsewhere.
    """
    folder, path = run.work / POSTGRES, run.work / "raw.db"
    done = folder / "loaded"
    if not done.exists():
        run.folder(POSTGRES)
    with serving(folder) as server:
        if not done.exists():
            made = not path.exists()
            if made:
                raw.build(run.store.path, path)
            server.load(path)
            done.touch()
            if made:
                path.unlink()
        yield server


@contextmanager
def serving(folder: Path) -> Generator[Server]:
    """A server on the database of a folder, which is made if there is none."""
    data = folder / "data"
    if not data.exists():
        initdb = [str(_BIN / "initdb"), "-D", str(data)]
        hand_over(folder)
        _as_user([*initdb, "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust"])
    options = [f"-c{name}={value}" for name, value in {**_SETTINGS, **_sized()}.items()]
    command = [
        str(_BIN / "postgres"),
        "-D",
        str(data),
        f"-cunix_socket_directories={folder}",
        *options,
    ]
    with (folder / "postgres.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, **_identity())
    try:
        server = Server(folder)
        _wait(server)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def _sized() -> dict[str, str]:
    """Buffers of a quarter of the machine's memory, up to 4 GB, and half of it for its caches."""
    megabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    buffers = min(megabytes // 4, _LARGEST_BUFFERS)
    return {"shared_buffers": f"{buffers}MB", "effective_cache_size": f"{megabytes // 2}MB"}


def hand_over(path: Path) -> None:
    """Make a file or folder the server's own, where it runs as another user."""
    if os.geteuid() == 0:
        shutil.chown(path, user=_USER)


def _as_user(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_identity())


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    return {"user": _USER, "group": _USER, "extra_groups": []} if os.geteuid() == 0 else {}


def _wait(server: Server) -> None:
    command = [str(_BIN / "pg_isready"), "-q", "-h", str(server.folder), "-U", _USER]
    for _ in range(600):
        if subprocess.run(command, check=False).returncode == 0:
            return
        sleep(0.1)
    raise RuntimeError("PostgreSQL does not get ready; see postgres.log in its folder")
