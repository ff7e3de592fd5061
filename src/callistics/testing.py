"""A real server for the tests of others: `callistics_server` and `callistics_client` in pytest.

The plugin comes with the package; the server needs the extra `testing`.
"""

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from callistics.client import Client

_LONGEST_START = 60.0
_TRIES = 3


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server in a process of its own, with a database that goes away with it."""

    url: str
    key: str = field(repr=False)
    folder: Path

    def client(self) -> "Client":
        """A client that may do anything."""
        # Loaded here: pytest loads this wherever the package is installed.
        from callistics.client import Client  # noqa: PLC0415

        return Client(self.url, self.key)


@pytest.fixture(scope="session")
def callistics_server() -> Generator[RunningServer]:
    """One server for all tests of a run; what one test stores the next one finds."""
    with running_server() as server:
        yield server


@pytest.fixture
def callistics_client(callistics_server: RunningServer) -> "Generator[Client]":
    """A client of that server, with an admin key."""
    with callistics_server.client() as client:
        yield client


@contextmanager
def running_server(**settings: str) -> Generator[RunningServer]:
    """A fresh server in a temporary folder, stopped at the end.

    `settings` are those of the server by their names, as texts: `timezone="Asia/Kolkata"`.
    Raises `RuntimeError` with what the server said where it does not start.
    """
    with TemporaryDirectory(prefix="callistics-") as name:
        folder, key = Path(name), secrets.token_urlsafe(24)
        process, url = _started(folder, key, settings)
        try:
            yield RunningServer(url, key, folder)
        finally:
            process.terminate()
            process.wait()


def _started(
    folder: Path, key: str, settings: dict[str, str]
) -> tuple["subprocess.Popen[bytes]", str]:
    """A server that answers. Another program may take its port first: then on another one."""
    said = ""
    for _ in range(_TRIES):
        port = _free_port()
        url = f"http://127.0.0.1:{port}"
        with (folder / "server.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "callistics", "serve"],
                cwd=folder,
                env=_environment(key, port, settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if _answers(process, url, key):
            return process, url
        process.kill()
        process.wait()
        said = (folder / "server.log").read_text(encoding="utf-8", errors="replace").strip()
        if "is taken" not in said:
            break
    raise RuntimeError(f"the server did not start: {said or 'it said nothing'}")


def _environment(key: str, port: int, settings: dict[str, str]) -> dict[str, str]:
    """The environment without settings of anybody else; the database is where it is started."""
    own = {
        "host": "127.0.0.1",
        "port": str(port),
        "admin_key": key,
        "log_level": "error",
        **settings,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CALLISTICS_")}
    return kept | {f"CALLISTICS_{name.upper()}": value for name, value in own.items()}


def _answers(process: "subprocess.Popen[bytes]", url: str, key: str) -> bool:
    """Whether it comes to answer, before it ends and within a minute.

    Another server that took the port does not know the key.
    """
    # Loaded here: pytest loads this wherever the package is installed.
    import httpx  # noqa: PLC0415

    from callistics.client.options import verifying  # noqa: PLC0415

    latest = time.monotonic() + _LONGEST_START
    verify = verifying(url)
    own = {"Authorization": f"Bearer {key}"}
    with httpx.Client(
        base_url=url, headers=own, trust_env=False, timeout=5.0, verify=verify
    ) as client:
        while process.poll() is None and time.monotonic() < latest:
            try:
                if all(client.get(path).is_success for path in ("/health/ready", "/keys")):
                    return True
            except httpx.TransportError:
                pass
            time.sleep(0.05)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
