"""A real PostgreSQL of a test run's own, where Debian's package is installed."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from support.live import free_port

USER, PASSWORD = "postgres", "a-word"
_BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
MISSING = not _BINARIES
REASON = "PostgreSQL is not installed: apt-get install postgresql"
_SETTINGS = {
    "fsync": "off",
    "unix_socket_directories": "",
    "listen_addresses": "127.0.0.1",
    # Neither of these may make a difference to what is read.
    "timezone": "Asia/Kolkata",
    "datestyle": "German",
}


def _identity() -> dict[str, Any]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": USER, "group": pwd.getpwnam(USER).pw_gid, "extra_groups": []}


def _run(command: Sequence[str | Path]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **_identity())


@contextmanager
def running() -> Generator[str]:
    """The address of a server that takes the password alone."""
    folder, port = Path(tempfile.mkdtemp(prefix="callistics-postgres-")), free_port()
    word, data, binaries = folder / "word", folder / "data", _BINARIES[-1].parent
    word.write_text(PASSWORD)
    if os.geteuid() == 0:
        for path in (folder, word):
            shutil.chown(path, user=USER)
    made = ["-U", USER, "-A", "scram-sha-256", f"--pwfile={word}", "-E", "UTF8", "--locale=C.UTF-8"]
    control = [binaries / "pg_ctl", "-D", data, "-w", "-s", "-l", folder / "log"]
    options = " ".join(f"-c {name}='{value}'" for name, value in _SETTINGS.items())
    try:
        _run([binaries / "initdb", "-D", data, "--no-sync", *made])
        _run([*control, "-o", f"-p {port} {options}", "start"])
        try:
            yield f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(folder)


class Database:
    """A database of one test's own; `dsn` is its address."""

    def __init__(self, server: str, name: str) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        self.name = name
        self.dsn = f"{server.rpartition('/')[0]}/{name}"
        self.connection = psycopg.connect(self.dsn, autocommit=True)
        self.connection.execute("SET TimeZone TO 'UTC'")
        self.connection.execute("SET DateStyle TO 'ISO'")

    def run(self, statement: str) -> None:
        """Execute statements, each committed."""
        self.connection.execute(statement.encode())
